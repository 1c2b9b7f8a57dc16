/**
 * A local server that speaks OpenAI Realtime (GA): it hears with whatever recogniser it is given, thinks little, and
 * answers aloud.
 *
 * It takes and refuses what the service takes and refuses, in the service's order and words as far as they were recorded.
 * Where nobody recorded them, `frames.ts` and `items.ts` say what was chosen.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { numberAt, objectAt, objectIn } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { Clock, WallClock } from '../../ports/clock.ts';
import { systemClock, systemWallClock } from '../../ports/clock.ts';
import type { Random } from '../../ports/random.ts';
import { systemRandom } from '../../ports/random.ts';
import { simpleMind } from '../persona/mind.ts';
import type { Mind } from '../persona/mind.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import { answer, bodyOf, SimulatorServer } from '../server/simulator-server.ts';
import type { HttpAnswer, ListeningServer, ServerAddress } from '../server/simulator-server.ts';
import { RealtimeConnection } from './connection.ts';
import { Credentials, readKey } from './credentials.ts';
import { Faults } from './faults.ts';
import type { OpenAiFault } from './faults.ts';
import { ENDINGS, newId } from './frames.ts';
import type { Ending } from './frames.ts';
import type { Item } from './items.ts';
import { newSession, updatedSession } from './session-state.ts';
import { Transcriber } from './transcriber.ts';
import type { Hint } from './transcriber.ts';

export type { OpenAiFault } from './faults.ts';

export interface OpenAiSimulatorOptions extends ServerAddress {
  /** Without one the user is taken to say what `hint` says. Who made it closes it. */
  readonly recogniser?: Recogniser;
  /** The text of a turn, where no recogniser hears it. Default: none. */
  readonly hint?: Hint;
  /** Default: one that repeats what it heard, and calls a tool whose name it hears. */
  readonly mind?: Mind;
  /** Keys that may connect, and make ephemeral ones. Default `local`. */
  readonly apiKeys?: readonly string[];
  /** Beginnings of the names of models. Default `gpt-realtime`, `gpt-4o-realtime`, `gpt-4o-mini-realtime`. */
  readonly models?: readonly string[];
  /** How long a session lives. Default 3,600,000. */
  readonly sessionMs?: number;
  /** How it ends then: both forms are reported of the service. Default `both`: the event, and the close with it. */
  readonly expiresBy?: 'event' | 'close' | 'both';
  /** Answers come this much faster than they sound. Default 8. */
  readonly replySpeedRatio?: number;
  readonly clock?: Clock;
  readonly wallClock?: WallClock;
  /** For what is sent at random (`oddities`). */
  readonly random?: Random;
}

interface OpenAiSimulatorStats {
  readonly connectionsOpened: number;
  readonly connectionsOpen: number;
  readonly refusedByStatus: Readonly<Record<number, number>>;
  readonly closesByCode: Readonly<Record<number, number>>;
  readonly audioSamples: number;
  readonly repliesAsked: number;
}

/** A session that stands: what the service would know of it. */
export interface SimulatedSession {
  readonly session: JsonObject;
  readonly items: readonly Item[];
}

export interface OpenAiSimulator {
  /** For `openaiRealtime({ baseUrl })`: such as `ws://127.0.0.1:40123/v1`. */
  readonly baseUrl: string;
  /** For the service's own client, and for HTTP: such as `https://127.0.0.1:40123/v1`. */
  readonly httpUrl: string;
  readonly port: number;
  /** Counted since the start; a copy on every reading. */
  readonly stats: OpenAiSimulatorStats;
  /** In the order in which they were opened. */
  readonly sessions: readonly SimulatedSession[];
  inject(fault: OpenAiFault): void;
  /** Cuts every socket and frees the port. */
  close(): Promise<void>;
}

const MODELS = ['gpt-realtime', 'gpt-4o-realtime', 'gpt-4o-mini-realtime'];
const SESSION_MS = 3_600_000;
const PATHS = ['/v1/realtime', '/realtime'];
/** Of ephemeral keys, in seconds. */
const TTL = { usual: 600, min: 10, max: 7_200 } as const;

/** Throws PORT_IN_USE where another server has the port. */
export async function startOpenAiSimulator(
  options: OpenAiSimulatorOptions = {},
): Promise<OpenAiSimulator> {
  const simulator = new RealtimeSimulator(options);
  await simulator.listen();
  return simulator;
}

class RealtimeSimulator implements OpenAiSimulator {
  readonly #options: OpenAiSimulatorOptions;
  readonly #credentials: Credentials;
  readonly #wallClock: WallClock;
  readonly #faults = new Faults();
  readonly #connections = new Set<RealtimeConnection>();
  readonly #refusedByStatus: Record<number, number> = {};
  readonly #closesByCode: Record<number, number> = {};
  #server: ListeningServer | null = null;
  #opened = 0;
  #audioSamples = 0;
  #repliesAsked = 0;

  constructor(options: OpenAiSimulatorOptions) {
    this.#options = options;
    this.#credentials = new Credentials(options.apiKeys ?? ['local']);
    this.#wallClock = options.wallClock ?? systemWallClock;
  }

  async listen(): Promise<void> {
    this.#server = await SimulatorServer.start(
      {
        onUpgrade: (request, url) => this.#onUpgrade(request, url),
        onRequest: (request, response, url) => this.#onRequest(request, response, url),
      },
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
    return [...this.#connections].map(({ session, items }) => ({ session, items: items.all }));
  }

  inject(fault: OpenAiFault): void {
    if (fault.kind !== 'end') {
      this.#faults.add(fault);
      return;
    }
    for (const connection of [...this.#connections]) {
      if (fault.how === 'reset') connection.cut();
      else connection.end(ENDINGS[fault.how]);
    }
  }

  async close(): Promise<void> {
    for (const connection of [...this.#connections]) connection.cut();
    await this.#server?.close();
  }

  #onUpgrade(request: IncomingMessage, url: URL): HttpAnswer | ((socket: WebSocket) => void) {
    const refused = this.#faults.take('refuse')?.answer ?? null;
    if (refused !== null) return this.#refused(refused);
    if (!PATHS.includes(url.pathname)) return this.#refused(notFound(url.pathname));
    const admitted = this.#admit(request, url);
    // Whatever is wrong with the request, the socket opens first.
    return (socket) => this.#serve(socket, admitted);
  }

  #admit(request: IncomingMessage, url: URL): JsonObject | Ending {
    const key = readKey(request);
    if (key === null) return ENDINGS.missingKey;
    const begun = this.#credentials.admits(key, this.#wallClock());
    if (begun === null) return ENDINGS.invalidKey;
    if (request.headers['openai-beta']?.includes('realtime=v1') === true) return ENDINGS.betaShape;
    const model = url.searchParams.get('model') ?? begun['model'];
    if (typeof model !== 'string' || model === '') return ENDINGS.missingModel;
    const isKnown = (this.#options.models ?? MODELS).some((name) => model.startsWith(name));
    return isKnown ? { ...begun, model } : ENDINGS.invalidModel;
  }

  #serve(socket: WebSocket, admitted: JsonObject | Ending): void {
    const { sessionMs = SESSION_MS, expiresBy = 'both', recogniser, hint, mind } = this.#options;
    const expiresAtS = Math.floor((this.#wallClock() + sessionMs) / 1_000);
    const { model = '', ...changes } = admitted as JsonObject;
    const isEnding = 'close' in admitted;
    const fresh = newSession(newId('sess'), String(model), expiresAtS);
    this.#opened += 1;
    const connection: RealtimeConnection = new RealtimeConnection({
      socket,
      session: isEnding ? fresh : begunWith(fresh, changes),
      rejection: isEnding ? admitted : null,
      transcriber: new Transcriber(recogniser ?? null, hint ?? (() => '')),
      mind: mind ?? simpleMind,
      clock: this.#options.clock ?? systemClock,
      random: this.#options.random ?? systemRandom,
      faults: this.#faults,
      replySpeedRatio: this.#options.replySpeedRatio ?? 8,
      sessionMs,
      endsBy: {
        event: ENDINGS.expiredByEvent,
        close: ENDINGS.expiredByClose,
        both: ENDINGS.expired,
      }[expiresBy],
      onAudio: (samples) => {
        this.#audioSamples += samples;
      },
      onReply: () => {
        this.#repliesAsked += 1;
      },
      onEnd: (code) => {
        this.#connections.delete(connection);
        this.#closesByCode[code] = (this.#closesByCode[code] ?? 0) + 1;
      },
    });
    this.#connections.add(connection);
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const key = readKey(request);
    if (!this.#credentials.isKey(key)) {
      const { error } = key === null ? ENDINGS.missingKey : ENDINGS.invalidKey;
      answer(response, this.#refused({ status: 401, body: JSON.stringify({ error }) }));
      return;
    }
    if (request.method === 'POST' && url.pathname === '/v1/realtime/client_secrets') {
      answer(response, this.#mint(objectIn((await bodyOf(request, 100_000)).toString()) ?? {}));
    } else if (request.method === 'GET' && url.pathname === '/v1/models') {
      const data = (this.#options.models ?? MODELS).map((id) => ({ id, object: 'model' }));
      answer(response, { status: 200, body: JSON.stringify({ object: 'list', data }) });
    } else answer(response, this.#refused(notFound(url.pathname)));
  }

  #mint(body: JsonObject): HttpAnswer {
    const seconds = numberAt(objectAt(body, 'expires_after'), 'seconds') ?? TTL.usual;
    if (seconds < TTL.min || seconds > TTL.max) {
      const message = `Invalid 'expires_after.seconds': expected ${TTL.min} to ${TTL.max}.`;
      return this.#refused(badRequest(message, 'invalid_value'));
    }
    const asked = objectAt(body, 'session') ?? { type: 'realtime' };
    const { model = MODELS[0] } = asked;
    const fresh = newSession(newId('sess'), String(model), 0);
    const updated = updatedSession(fresh, asked, false);
    if ('complaint' in updated) {
      return this.#refused(badRequest(updated.complaint.message, updated.complaint.code));
    }
    const expiresAtMs = this.#wallClock() + seconds * 1_000;
    const value = this.#credentials.mint({ ...asked, model }, expiresAtMs);
    const session = 'session' in updated ? updated.session : fresh;
    const secret = { value, expires_at: Math.floor(expiresAtMs / 1_000), session };
    return { status: 200, body: JSON.stringify(secret) };
  }

  #refused(refusal: HttpAnswer): HttpAnswer {
    this.#refusedByStatus[refusal.status] = (this.#refusedByStatus[refusal.status] ?? 0) + 1;
    return refusal;
  }
}

/** What an ephemeral key was made for is what its sessions begin with. */
function begunWith(fresh: JsonObject, changes: JsonObject): JsonObject {
  if (Object.keys(changes).length === 0) return fresh;
  const updated = updatedSession(fresh, changes, false);
  return 'session' in updated ? updated.session : fresh;
}

function notFound(path: string): HttpAnswer {
  return { ...badRequest(`Invalid URL (${path})`, null), status: 404 };
}

function badRequest(message: string, code: string | null): HttpAnswer {
  const error = { message, type: 'invalid_request_error', param: null, code };
  return { status: 400, body: JSON.stringify({ error }) };
}
