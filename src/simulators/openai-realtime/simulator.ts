/**
 * A local server that speaks OpenAI Realtime (GA): it hears with whatever recogniser it is given, thinks little, and
 * answers aloud.
 *
 * It takes and refuses what the service takes and refuses, in the service's order and words as far as they were recorded.
 * Where nobody recorded them, `frames.ts` and `items.ts` say what was chosen.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import type { WallClock } from '../../ports/clock.ts';
import { systemClock, systemWallClock } from '../../ports/clock.ts';
import { systemRandom } from '../../ports/random.ts';
import { systemSecrets } from '../../ports/secrets.ts';
import { simpleMind } from '../persona/mind.ts';
import { FaultDesk } from '../control/desk.ts';
import type { FaultReceipt, FaultRequest } from '../control/on-demand.ts';
import { listenWithFaults } from '../control/endpoint.ts';
import { PongPace } from '../control/pongs.ts';
import { answer } from '../server/simulator-server.ts';
import type { ListeningServer } from '../server/handlers.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import { admit } from './admission.ts';
import type { Admitted } from './admission.ts';
import { Calls } from './calls.ts';
import type { Call } from './calls.ts';
import { RealtimeConnection } from './connection.ts';
import { Credentials } from './credentials.ts';
import { Endpoints, notFound } from './endpoints.ts';
import { OPENAI_FAULTS } from './fault-table.ts';
import type { OpenAiFaultTarget } from './fault-table.ts';
import { Faults } from './faults.ts';
import type { OpenAiFault } from './faults.ts';
import { ENDINGS, idsFrom } from './frames.ts';
import type { Ending, NewId } from './frames.ts';
import { Items } from './items.ts';
import type {
  OpenAiSimulator,
  OpenAiSimulatorOptions,
  OpenAiSimulatorStats,
  SimulatedSession,
} from './options.ts';
import { newSession } from './session-state.ts';
import { Transcriber } from './transcriber.ts';

export type { OpenAiSimulator, OpenAiSimulatorOptions } from './options.ts';

const MODELS = ['gpt-realtime', 'gpt-4o-realtime', 'gpt-4o-mini-realtime'];
const SESSION_MS = 3_600_000;
const PATHS = ['/v1/realtime', '/realtime'];
const { expiredByEvent: event, expiredByClose: close, expired: both } = ENDINGS;
const EXPIRES = { event, close, both };

/** Throws PORT_IN_USE where another server has the port. */
export async function startOpenAiSimulator(
  options: OpenAiSimulatorOptions = {},
): Promise<OpenAiSimulator> {
  const simulator = new RealtimeSimulator(options);
  await simulator.listen();
  return simulator;
}

class RealtimeSimulator implements OpenAiSimulator, OpenAiFaultTarget {
  readonly #options: OpenAiSimulatorOptions;
  readonly #credentials: Credentials;
  readonly #wallClock: WallClock;
  readonly #desk: FaultDesk<OpenAiFaultTarget>;
  readonly #sockets = new WeakMap<RealtimeConnection, WebSocket>();
  readonly lasting: Faults;
  readonly pongs: PongPace;
  readonly #newId: NewId;
  readonly #calls: Calls;
  readonly #endpoints: Endpoints;
  /** With the call that each controls, if it is one's. */
  readonly #connections = new Map<RealtimeConnection, Call | null>();
  readonly #refusedByStatus: Record<number, number> = {};
  readonly #closesByCode: Record<number, number> = {};
  #server: ListeningServer | null = null;
  #opened = 0;
  #audioSamples = 0;
  #repliesAsked = 0;

  constructor(options: OpenAiSimulatorOptions) {
    this.#options = options;
    this.#newId = idsFrom(options.secrets ?? systemSecrets);
    this.#credentials = new Credentials(options.apiKeys ?? ['local'], this.#newId);
    this.#calls = new Calls(this.#newId);
    this.#wallClock = options.wallClock ?? systemWallClock;
    this.lasting = new Faults(options);
    const { clock = systemClock, pongDelayMs = 0 } = options;
    this.pongs = new PongPace(pongDelayMs, clock);
    this.#desk = new FaultDesk({ ...options, clock, table: OPENAI_FAULTS, target: this });
    this.#endpoints = new Endpoints({
      credentials: this.#credentials,
      calls: this.#calls,
      models: options.models ?? MODELS,
      wallClock: this.#wallClock,
      newId: this.#newId,
      expiresAtS: () => this.#expiresAtS(),
      onHangUp: (callId) => {
        for (const [connection, call] of [...this.#connections]) {
          if (call?.id === callId) connection.end(ENDINGS.normal);
        }
      },
    });
  }

  async listen(): Promise<void> {
    this.#server = await listenWithFaults(
      {
        onUpgrade: (request, url) => this.#onUpgrade(request, url),
        onRequest: (request, response, url) => this.#onRequest(request, response, url),
      },
      { desk: this.#desk, pongs: this.pongs },
      this.#options,
    );
  }

  get baseUrl(): string {
    return `${this.#server?.socketUrl ?? ''}/v1`;
  }

  get httpUrl(): string {
    return `${this.#server?.httpUrl ?? ''}/v1`;
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  get stats(): OpenAiSimulatorStats {
    return {
      connectionsOpened: this.#opened,
      connectionsOpen: this.#connections.size,
      refusedByStatus: { ...this.#refusedByStatus },
      closesByCode: { ...this.#closesByCode },
      audioSamples: this.#audioSamples,
      repliesAsked: this.#repliesAsked,
    };
  }

  get sessions(): readonly SimulatedSession[] {
    const connections = [...this.#connections.keys()];
    return connections.map(({ session, items }) => ({ session, items: items.all }));
  }

  inject(fault: OpenAiFault): void {
    if (fault.kind !== 'end') {
      this.lasting.add(fault);
      return;
    }
    this.endThose(fault.how === 'reset' ? 'reset' : ENDINGS[fault.how], null);
  }

  endThose(how: Ending | 'reset', only: WebSocket | null): number {
    const struck = [...this.#connections.keys()].filter(
      (connection) => only === null || this.#sockets.get(connection) === only,
    );
    const standing = struck.filter((connection) => this.#sockets.get(connection)?.readyState === 1);
    for (const connection of struck) {
      if (how === 'reset') connection.cut();
      else connection.end(how);
    }
    return standing.length;
  }

  get faults() {
    return this.#desk.faults;
  }

  ask(request: FaultRequest): FaultReceipt {
    return this.#desk.ask(request);
  }

  callOff(): void {
    this.#desk.close();
    this.lasting.callOff();
  }

  async close(): Promise<void> {
    for (const connection of [...this.#connections.keys()]) connection.cut();
    await this.#server?.close();
  }

  #onUpgrade(request: IncomingMessage, url: URL): HttpAnswer | ((socket: WebSocket) => void) {
    const refused = this.lasting.take('refuse')?.answer ?? null;
    if (refused !== null) return this.#refused(refused);
    if (!PATHS.includes(url.pathname)) return this.#refused(notFound(url.pathname));
    const admitted = admit(request, url, {
      credentials: this.#credentials,
      calls: this.#calls,
      models: this.#options.models ?? MODELS,
      newId: this.#newId,
      nowMs: this.#wallClock(),
      expiresAtS: this.#expiresAtS(),
    });
    // Whatever is wrong with the request, the socket opens first.
    return (socket) => this.#serve(socket, admitted);
  }

  #expiresAtS(): number {
    return Math.floor((this.#wallClock() + (this.#options.sessionMs ?? SESSION_MS)) / 1_000);
  }

  #serve(socket: WebSocket, admitted: Admitted | Ending): void {
    const { sessionMs = SESSION_MS, expiresBy = 'both', recogniser, hint, mind } = this.#options;
    const isAdmitted = 'session' in admitted;
    const call = isAdmitted ? admitted.call : null;
    this.#opened += 1;
    const connection: RealtimeConnection = new RealtimeConnection({
      socket,
      session: isAdmitted ? admitted.session : newSession('', '', 0),
      items: call?.items ?? new Items(this.#newId),
      rejection: isAdmitted ? null : admitted,
      transcriber: new Transcriber(recogniser ?? null, hint ?? (() => '')),
      mind: mind ?? simpleMind,
      clock: this.#options.clock ?? systemClock,
      random: this.#options.random ?? systemRandom,
      newId: this.#newId,
      faults: this.lasting,
      replySpeedRatio: this.#options.replySpeedRatio ?? 8,
      sessionMs,
      endsBy: EXPIRES[expiresBy],
      onAudio: (samples) => {
        this.#audioSamples += samples;
      },
      onSession: (session) => {
        if (call !== null) call.session = session;
      },
      onReply: () => {
        this.#repliesAsked += 1;
      },
      onEnd: (code) => {
        this.#connections.delete(connection);
        this.#closesByCode[code] = (this.#closesByCode[code] ?? 0) + 1;
      },
    });
    this.#connections.set(connection, call);
    this.#sockets.set(connection, socket);
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const answered = await this.#endpoints.answer(request, url);
    answer(response, answered.status < 400 ? answered : this.#refused(answered));
  }

  #refused(refusal: HttpAnswer): HttpAnswer {
    this.#refusedByStatus[refusal.status] = (this.#refusedByStatus[refusal.status] ?? 0) + 1;
    return refusal;
  }
}
