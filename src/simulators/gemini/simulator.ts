/**
 * A local server that speaks Gemini: the Live API (`BidiGenerateContent`) and `streamGenerateContent` over HTTP.
 *
 * It refuses what the real service refuses and ends where the real service ends. What Google does not document is as it
 * was recorded or reported; `wire.ts` and `faults.ts` say what was chosen.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';
import { systemClock } from '../../ports/clock.ts';
import { simpleMind } from '../persona/mind.ts';
import { FaultDesk } from '../control/desk.ts';
import type { FaultReceipt, FaultRequest } from '../control/on-demand.ts';
import { listenWithFaults } from '../control/endpoint.ts';
import { PongPace } from '../control/pongs.ts';
import { answer } from '../server/simulator-server.ts';
import type { ListeningServer } from '../server/handlers.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import { GEMINI_FAULTS } from './fault-table.ts';
import type { GeminiFaultTarget, LastingFaults, RefusedThing } from './fault-table.ts';
import type { CloseLike } from './faults.ts';
import { HandleStore } from './handles.ts';
import type { GeminiSimulator, GeminiSimulatorOptions, GeminiSimulatorStats } from './options.ts';
import { LiveConnection } from './live-connection.ts';
import type { LiveWorld } from './live-connection.ts';
import { answerContent } from './llm.ts';
import { httpError, refusedKey } from './wire.ts';

export type { GeminiSimulator, GeminiSimulatorOptions } from './options.ts';

const LIVE_PATH =
  /^\/ws\/google\.ai\.generativelanguage\.(v1|v1beta|v1alpha)\.GenerativeService\.(BidiGenerateContent|BidiGenerateContentConstrained)$/;
const CONTENT_PATH =
  /^\/(?:v1|v1beta|v1alpha)\/(?:models|tunedModels)\/[^/:]+:(stream)?[gG]enerateContent$/;
const MODELS_PATH = /^\/(?:v1|v1beta|v1alpha)\/models$/;
const TOKENS_PATH = '/v1alpha/auth_tokens';

const HANDLE_TTL_MS = 7_200_000; // "valid for 2 hr after the last session termination"

/** @throws TenutoError PORT_IN_USE where another server has the port. */
export async function startGeminiSimulator(
  options: GeminiSimulatorOptions = {},
): Promise<GeminiSimulator> {
  const simulator = new Simulator(options);
  await simulator.listen(options);
  return simulator;
}

/** Waits for the next one. */
interface Planned<What> {
  readonly what: What;
  readonly told?: (() => void) | undefined;
}

class Simulator implements GeminiSimulator, GeminiFaultTarget {
  readonly #keys: ReadonlySet<string>;
  readonly #tokens = new Set<string>();
  readonly #connections = new Map<LiveConnection, WebSocket>();
  readonly #world: LiveWorld;
  readonly #desk: FaultDesk<GeminiFaultTarget>;
  readonly pongs: PongPace;
  readonly lasting: LastingFaults;
  readonly #refusals: (Planned<HttpAnswer> & { readonly on: RefusedThing })[] = [];
  readonly #setupCloses: Planned<CloseLike>[] = [];
  readonly #refusedByStatus: Record<number, number> = {};
  readonly #closesByCode: Record<number, number> = {};
  #server: ListeningServer | null = null;
  #isQuotaSpent: boolean;
  #opened = 0;
  #audioSamples = 0;
  #calls = 0;

  constructor(options: GeminiSimulatorOptions) {
    this.#keys = new Set(options.apiKeys ?? ['local']);
    this.#isQuotaSpent = options.faults?.isQuotaSpent ?? false;
    const { clock = systemClock, faults } = options;
    this.lasting = { ...LASTING_BY_DEFAULT, ...faults };
    this.pongs = new PongPace(options.pongDelayMs ?? 0, clock);
    this.#desk = new FaultDesk({ ...options, clock, table: GEMINI_FAULTS, target: this });
    this.#world = this.#worldOf(options);
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
    const token = `auth_tokens/${randomUUID()}`;
    this.#tokens.add(token);
    return token;
  }

  get faults() {
    return this.#desk.faults;
  }

  ask(request: FaultRequest): FaultReceipt {
    return this.#desk.ask(request);
  }

  goAway(timeLeft: string | null, endsInMs: number): void {
    this.sendAway(timeLeft, endsInMs, null);
  }

  sendAway(timeLeft: string | null, endsInMs: number, only: WebSocket | null): number {
    return this.#each(only, (connection) => connection.goAway(timeLeft, endsInMs));
  }

  closeAll(close: CloseLike): void {
    this.closeThose(close, null);
  }

  closeThose(close: CloseLike, only: WebSocket | null): number {
    return this.#each(only, (connection) => connection.close(close));
  }

  cutAll(): void {
    this.cutThose(null);
  }

  cutThose(only: WebSocket | null): number {
    return this.#each(only, (connection) => connection.cut());
  }

  forgetHandles(): void {
    this.#world.handles.clear();
  }

  spendQuota(isSpent: boolean): void {
    this.#isQuotaSpent = isSpent;
  }

  refuseUpgrade(...answers: readonly HttpAnswer[]): void {
    for (const what of answers) this.#refusals.push({ what, on: 'live' });
  }

  closeSetup(...closes: readonly CloseLike[]): void {
    for (const what of closes) this.#setupCloses.push({ what });
  }

  answerHttp(...answers: readonly HttpAnswer[]): void {
    for (const what of answers) this.#refusals.push({ what, on: 'content' });
  }

  refuse(what: HttpAnswer, on: RefusedThing, told: () => void): void {
    this.#refusals.push({ what, on, told });
  }

  closeSetups(what: CloseLike, told: () => void): void {
    this.#setupCloses.push({ what, told });
  }

  async close(): Promise<void> {
    for (const connection of this.#connections.keys()) connection.cut();
    await this.#server?.close();
  }

  #worldOf({ clock = systemClock, ...options }: GeminiSimulatorOptions): LiveWorld {
    const faults = this.lasting;
    return {
      clock,
      faults,
      recogniser: options.recogniser,
      mind: options.mind ?? simpleMind,
      hears: options.hears ?? (() => 'hello'),
      speaksAtRatio: options.speaksAtRatio ?? 4,
      handles: new HandleStore(clock, faults.handleTtlMs ?? HANDLE_TTL_MS),
      isQuotaSpent: () => this.#isQuotaSpent,
      takeSetupClose: () => {
        const planned = this.#setupCloses.shift();
        planned?.told?.();
        return planned?.what ?? null;
      },
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
    const [, version = '', method] = LIVE_PATH.exec(url.pathname) ?? [];
    const key = url.searchParams.get('access_token') ?? keyOf(request, url);
    const isToken = method === 'BidiGenerateContentConstrained';
    const isKnown = isToken ? this.#tokens.has(key ?? '') : this.#keys.has(key ?? '');
    const { refusesKeysBy = 'http' } = this.#world.faults;
    const refusal =
      this.#takeRefusal('live') ??
      (method === undefined || (isToken && version !== 'v1alpha')
        ? NOT_FOUND
        : !isKnown && refusesKeysBy === 'http'
          ? refusedKey(key)
          : null);
    if (refusal !== null) {
      count(this.#refusedByStatus, refusal.status);
      return refusal;
    }
    return (socket) => {
      this.#opened += 1;
      const connection = new LiveConnection(socket, version, this.#world);
      this.#connections.set(connection, socket);
      if (!isKnown && refusesKeysBy !== 'http') connection.close(refusesKeysBy);
    };
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const planned = this.#takeRefusal('content');
    const key = keyOf(request, url);
    if (planned !== null) this.#refuse(response, planned);
    else if (!this.#keys.has(key ?? '')) this.#refuse(response, refusedKey(key));
    else await this.#serve(request, response, url);
  }

  async #serve(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [isContent, streams] = CONTENT_PATH.exec(url.pathname) ?? [];
    const isPost = request.method === 'POST';
    if (isPost && isContent !== undefined) {
      const { mind } = this.#world;
      await answerContent(request, response, { mind, streams: streams !== undefined });
    } else if (isPost && url.pathname === TOKENS_PATH) {
      answer(response, { status: 200, body: JSON.stringify({ name: this.grantToken() }) });
    } else if (request.method === 'GET' && MODELS_PATH.test(url.pathname)) {
      answer(response, { status: 200, body: MODELS });
    } else this.#refuse(response, NOT_FOUND);
  }

  #takeRefusal(by: RefusedThing): HttpAnswer | null {
    const at = this.#refusals.findIndex(({ on }) => on === 'any' || on === by);
    const planned = at < 0 ? undefined : this.#refusals.splice(at, 1)[0];
    planned?.told?.();
    return planned?.what ?? null;
  }

  /** Those that stand: of all sockets, or only this one. */
  #each(only: WebSocket | null, run: (connection: LiveConnection) => void): number {
    const struck = [...this.#connections].filter(
      ([connection, socket]) => connection.isOpen && socket === (only ?? socket),
    );
    for (const [connection] of struck) run(connection);
    return struck.length;
  }

  #refuse(response: ServerResponse, refusal: HttpAnswer): void {
    count(this.#refusedByStatus, refusal.status);
    answer(response, refusal);
  }
}

const LASTING_BY_DEFAULT = {
  sendsBytes: false,
  mergesMembers: false,
  isSilentAfterGoAway: false,
  noiseRatio: 0,
};

const NOT_FOUND = httpError({
  status: 404,
  name: 'NOT_FOUND',
  message: 'Requested entity was not found.',
});

const MODELS = JSON.stringify({
  models: ['gemini-2.5-flash-native-audio-preview-09-2025', 'gemini-2.5-flash'].map((name) => ({
    name: `models/${name}`,
    displayName: name,
    supportedGenerationMethods: ['generateContent', 'bidiGenerateContent'],
  })),
});

function keyOf({ headers }: IncomingMessage, url: URL): string | null {
  const header = headers['x-goog-api-key'];
  return typeof header === 'string' ? header : url.searchParams.get('key');
}

function count(counts: Record<number, number>, key: number): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
