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
import { SimulatorServer, answer } from '../server/simulator-server.ts';
import type { HttpAnswer, ListeningServer } from '../server/simulator-server.ts';
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

class Simulator implements GeminiSimulator {
  readonly #keys: ReadonlySet<string>;
  readonly #tokens = new Set<string>();
  readonly #connections = new Set<LiveConnection>();
  readonly #world: LiveWorld;
  readonly #refusals: HttpAnswer[] = [];
  readonly #setupCloses: CloseLike[] = [];
  readonly #httpAnswers: HttpAnswer[] = [];
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
    this.#world = this.#worldOf(options);
  }

  async listen(address: GeminiSimulatorOptions): Promise<void> {
    this.#server = await SimulatorServer.start(
      {
        onUpgrade: (request, url) => this.#onUpgrade(request, url),
        onRequest: (request, response, url) => this.#onRequest(request, response, url),
      },
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

  goAway(timeLeft: string | null, endsInMs: number): void {
    for (const connection of this.#connections) connection.goAway(timeLeft, endsInMs);
  }

  closeAll(close: CloseLike): void {
    for (const connection of this.#connections) connection.close(close);
  }

  cutAll(): void {
    for (const connection of this.#connections) connection.cut();
  }

  forgetHandles(): void {
    this.#world.handles.clear();
  }

  spendQuota(isSpent: boolean): void {
    this.#isQuotaSpent = isSpent;
  }

  refuseUpgrade(...answers: readonly HttpAnswer[]): void {
    this.#refusals.push(...answers);
  }

  closeSetup(...closes: readonly CloseLike[]): void {
    this.#setupCloses.push(...closes);
  }

  answerHttp(...answers: readonly HttpAnswer[]): void {
    this.#httpAnswers.push(...answers);
  }

  async close(): Promise<void> {
    this.cutAll();
    await this.#server?.close();
  }

  #worldOf({ faults = {}, clock = systemClock, ...options }: GeminiSimulatorOptions): LiveWorld {
    return {
      clock,
      faults,
      recogniser: options.recogniser,
      mind: options.mind ?? simpleMind,
      hears: options.hears ?? (() => 'hello'),
      speaksAtRatio: options.speaksAtRatio ?? 4,
      handles: new HandleStore(clock, faults.handleTtlMs ?? HANDLE_TTL_MS),
      isQuotaSpent: () => this.#isQuotaSpent,
      takeSetupClose: () => this.#setupCloses.shift() ?? null,
      isHeld: (sessionId, by) =>
        [...this.#connections].some(
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
      this.#refusals.shift() ??
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
      this.#connections.add(connection);
      if (!isKnown && refusesKeysBy !== 'http') connection.close(refusesKeysBy);
    };
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const planned = this.#httpAnswers.shift();
    const key = keyOf(request, url);
    if (planned !== undefined) this.#refuse(response, planned);
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

  #refuse(response: ServerResponse, refusal: HttpAnswer): void {
    count(this.#refusedByStatus, refusal.status);
    answer(response, refusal);
  }
}

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
