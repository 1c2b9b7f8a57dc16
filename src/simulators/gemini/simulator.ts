/**
 * A local server that speaks Gemini: the Live API (`BidiGenerateContent`) and `streamGenerateContent` over HTTP.
 *
 * It refuses what the real service refuses and ends where the real service ends. What Google does not document is as it
 * was recorded or reported; `wire.ts` and `faults.ts` say what was chosen.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { systemClock } from '../../ports/clock.ts';
import { simpleMind } from '../persona/mind.ts';
import { FaultDesk } from '../control/desk.ts';
import type { FaultReceipt, FaultRequest } from '../control/on-demand.ts';
import { listenWithFaults } from '../control/endpoint.ts';
import { newUuid } from '../control/names.ts';
import { PongPace } from '../control/pongs.ts';
import { answer } from '../server/simulator-server.ts';
import type { ListeningServer } from '../server/handlers.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import { GEMINI_FAULTS } from './fault-table.ts';
import type { GeminiFaultTarget, LastingFaults } from './fault-table.ts';
import { Door } from './door.ts';
import type { CloseLike } from './faults.ts';
import { HandleStore } from './handles.ts';
import type { GeminiSimulator, GeminiSimulatorOptions, GeminiSimulatorStats } from './options.ts';
import { LiveConnection } from './live-connection.ts';
import type { LiveWorld } from './live-connection.ts';
import { Planned } from './planned.ts';
import { serve } from './requests.ts';

export type { GeminiSimulator, GeminiSimulatorOptions } from './options.ts';

const HANDLE_TTL_MS = 7_200_000; // "valid for 2 hr after the last session termination"

/** @throws TenutoError PORT_IN_USE where another server has the port. */
export async function startGeminiSimulator(
  options: GeminiSimulatorOptions = {},
): Promise<GeminiSimulator> {
  const simulator = new Simulator(options);
  await simulator.listen(options);
  return simulator;
}

class Simulator implements GeminiSimulator, GeminiFaultTarget {
  readonly #door: Door;
  readonly #connections = new Map<LiveConnection, WebSocket>();
  readonly #world: LiveWorld;
  readonly #desk: FaultDesk<GeminiFaultTarget>;
  readonly pongs: PongPace;
  readonly lasting: LastingFaults;
  readonly planned = new Planned();
  readonly #refusedByStatus: Record<number, number> = {};
  readonly #closesByCode: Record<number, number> = {};
  #server: ListeningServer | null = null;
  #isQuotaSpent: boolean;
  #opened = 0;
  #audioSamples = 0;
  #calls = 0;

  constructor(options: GeminiSimulatorOptions) {
    const newName = (): string => newUuid(options.secrets);
    this.#door = new Door(options.apiKeys ?? ['local'], newName);
    this.#isQuotaSpent = options.faults?.isQuotaSpent ?? false;
    const { clock = systemClock, faults } = options;
    this.lasting = { ...LASTING_BY_DEFAULT, ...faults };
    this.pongs = new PongPace(options.pongDelayMs ?? 0, clock);
    this.#desk = new FaultDesk({ ...options, clock, table: GEMINI_FAULTS, target: this });
    this.#world = this.#worldOf(options, newName);
  }

  async listen(address: GeminiSimulatorOptions): Promise<void> {
    this.#server = await listenWithFaults(
      {
        onUpgrade: (request, url) => this.#onUpgrade(request, url),
        onRequest: (request, response, url) => this.#onRequest(request, response, url),
      },
      { desk: this.#desk, pongs: this.pongs },
      address,
    );
  }

  get url(): string {
    return this.#server?.socketUrl ?? '';
  }

  get httpUrl(): string {
    return this.#server?.httpUrl ?? '';
  }

  get port(): number {
    return this.#server?.port ?? 0;
  }

  get stats(): GeminiSimulatorStats {
    return {
      connectionsOpened: this.#opened,
      connectionsOpen: this.#connections.size,
      refusedByStatus: { ...this.#refusedByStatus },
      closesByCode: { ...this.#closesByCode },
      audioSamples: this.#audioSamples,
    };
  }

  grantToken(): string {
    return this.#door.grantToken();
  }

  get faults() {
    return this.#desk.faults;
  }

  ask(request: FaultRequest): FaultReceipt {
    return this.#desk.ask(request);
  }

  callOff(): void {
    this.#desk.close();
    this.planned.callOff();
  }

  goAway(timeLeft: string | null, endsInMs: number, only: WebSocket | null = null): number {
    return this.#each(only, (connection) => connection.goAway(timeLeft, endsInMs));
  }

  closeAll(close: CloseLike, only: WebSocket | null = null): number {
    return this.#each(only, (connection) => connection.close(close));
  }

  cutAll(only: WebSocket | null = null): number {
    return this.#each(only, (connection) => connection.cut());
  }

  forgetHandles(): void {
    this.#world.handles.clear();
  }

  spendQuota(isSpent: boolean): void {
    this.#isQuotaSpent = isSpent;
  }

  refuseUpgrade(...answers: readonly HttpAnswer[]): void {
    for (const each of answers) this.planned.refuse(each, 'live');
  }

  closeSetup(...closes: readonly CloseLike[]): void {
    for (const each of closes) this.planned.closeSetup(each);
  }

  answerHttp(...answers: readonly HttpAnswer[]): void {
    for (const each of answers) this.planned.refuse(each, 'content');
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.keys()) connection.cut();
    await this.#server?.close();
  }

  #worldOf(
    { clock = systemClock, ...options }: GeminiSimulatorOptions,
    newName: () => string,
  ): LiveWorld {
    const faults = this.lasting;
    return {
      clock,
      faults,
      recogniser: options.recogniser,
      mind: options.mind ?? simpleMind,
      hears: options.hears ?? (() => 'hello'),
      speaksAtRatio: options.speaksAtRatio ?? 4,
      newName,
      handles: new HandleStore(clock, faults.handleTtlMs ?? HANDLE_TTL_MS, newName),
      isQuotaSpent: () => this.#isQuotaSpent,
      takeSetupClose: () => this.planned.takeSetupClose(),
      isHeld: (sessionId, by) =>
        [...this.#connections.keys()].some(
          (other) => other !== by && other.isOpen && other.sessionId === sessionId,
        ),
      nextCall: () => (this.#calls += 1),
      onAudio: (samples) => (this.#audioSamples += samples),
      onClosing: (code) => count(this.#closesByCode, code),
      onEnd: (connection) => this.#connections.delete(connection),
    };
  }

  #onUpgrade(request: IncomingMessage, url: URL): HttpAnswer | ((socket: WebSocket) => void) {
    const { refusesKeysBy = 'http' } = this.lasting;
    const entry = this.planned.takeRefusal('live') ?? this.#door.live(request, url, refusesKeysBy);
    if ('status' in entry) return this.#refused(entry);
    return (socket) => {
      this.#opened += 1;
      const connection = new LiveConnection(socket, entry.version, this.#world);
      this.#connections.set(connection, socket);
      if (entry.close !== null) connection.close(entry.close);
    };
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const refusal = this.planned.takeRefusal('content') ?? this.#door.refusalOf(request, url);
    const { mind } = this.#world;
    const grantToken = (): string => this.grantToken();
    const breaksOff = (): number => this.planned.takeBreak();
    const answered =
      refusal ?? (await serve(request, response, url, { mind, grantToken, breaksOff }));
    if (answered === null) return;
    answer(response, answered.status < 400 ? answered : this.#refused(answered));
  }

  /** Those that stand: of all sockets, or only this one. */
  #each(only: WebSocket | null, run: (connection: LiveConnection) => void): number {
    const struck = [...this.#connections].filter(
      ([connection, socket]) => connection.isOpen && socket === (only ?? socket),
    );
    for (const [connection] of struck) run(connection);
    return struck.length;
  }

  #refused(refusal: HttpAnswer): HttpAnswer {
    count(this.#refusedByStatus, refusal.status);
    return refusal;
  }
}

const LASTING_BY_DEFAULT = {
  sendsBytes: false,
  mergesMembers: false,
  isSilentAfterGoAway: false,
  noiseRatio: 0,
};

function count(counts: Record<number, number>, key: number): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
