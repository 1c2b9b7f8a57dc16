/**
 * A local server that speaks Deepgram's protocols on one port: listen v1 and Flux (listen v2), with whatever recogniser
 * it is given, and speak v1 over a WebSocket and over HTTP.
 *
 * It refuses what the real service refuses and ends where the real service ends, so that a client that works here has met
 * the rules it will meet there. Where the documentation names no code or reason, `wire.ts` says what was chosen.
 */
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { systemClock } from '../../ports/clock.ts';
import { systemRandom } from '../../ports/random.ts';
import { FaultDesk } from '../control/desk.ts';
import type { FaultReceipt, FaultRequest } from '../control/on-demand.ts';
import { listenWithFaults } from '../control/endpoint.ts';
import { newUuid } from '../control/names.ts';
import { PongPace } from '../control/pongs.ts';
import type { ListeningServer, Welcome } from '../server/handlers.ts';
import type { HttpAnswer } from '../server/http-answer.ts';
import type { Random } from '../../ports/random.ts';
import { Credentials, DEFAULT_TTL_SECONDS, readCredential } from './credentials.ts';
import { Endpoints } from './endpoints.ts';
import { DEEPGRAM_FAULTS } from './fault-table.ts';
import type { DeepgramFaultTarget } from './fault-table.ts';
import { DOCUMENTED_REFUSALS } from './faults.ts';
import type { DeepgramFault, DeepgramServiceName, DocumentedRefusal } from './faults.ts';
import type { DeepgramSimulator, DeepgramSimulatorOptions } from './options.ts';
import type { Refusal } from './refusal.ts';
import * as refusals from './refusal.ts';
import { serviceAt } from './services.ts';
import type { Connection, Serve } from './services.ts';
import { Tally } from './tally.ts';

export type { DeepgramSimulator, DeepgramSimulatorOptions } from './options.ts';

const MAX_FRAME_BYTES = 1_048_576;

/** Throws PORT_IN_USE where another server has the port. */
export async function startDeepgramSimulator(
  options: DeepgramSimulatorOptions,
): Promise<DeepgramSimulator> {
  const simulator = new DeepgramServer(options);
  await simulator.listen();
  return simulator;
}

class DeepgramServer implements DeepgramSimulator, DeepgramFaultTarget {
  readonly #options: DeepgramSimulatorOptions;
  readonly #credentials: Credentials;
  readonly #connections = new Map<Connection, WebSocket>();
  readonly #tally = new Tally();
  readonly #endpoints: Endpoints;
  readonly #refusing: { readonly refusal: Refusal; readonly told?: (() => void) | undefined }[] =
    [];
  readonly #desk: FaultDesk<DeepgramFaultTarget>;
  readonly pongs: PongPace;
  readonly oddities: { ratio: number; readonly random: Random };
  readonly hearing: { finalizeDelayMs: number; waveringRatio: number };
  #server: ListeningServer | null = null;

  constructor(options: DeepgramSimulatorOptions) {
    const { clock = systemClock, oddities, finalizeDelayMs = 0, waveringRatio = 0 } = options;
    this.#options = options;
    this.#credentials = new Credentials(options.apiKeys ?? ['local'], clock, options.secrets);
    this.#endpoints = new Endpoints({
      options,
      credentials: this.#credentials,
      tally: this.#tally,
      isSocket: (url) => this.#serviceAt(url) !== null,
      takeRefusal: () => this.#takeRefusal(),
    });
    this.pongs = new PongPace(options.pongDelayMs ?? 0, clock);
    this.oddities = { ratio: oddities?.ratio ?? 0, random: oddities?.random ?? systemRandom };
    this.hearing = { finalizeDelayMs, waveringRatio };
    this.#desk = new FaultDesk({ ...options, clock, table: DEEPGRAM_FAULTS, target: this });
  }

  async listen(): Promise<void> {
    this.#server = await listenWithFaults(
      {
        onUpgrade: (request, url) => this.#onUpgrade(request, url),
        onRequest: (request, response, url) => this.#endpoints.serve(request, response, url),
      },
      { desk: this.#desk, pongs: this.pongs },
      { ...this.#options, maxFrameBytes: MAX_FRAME_BYTES },
    );
  }

  get faults() {
    return this.#desk.faults;
  }

  ask(request: FaultRequest): FaultReceipt {
    return this.#desk.ask(request);
  }

  callOff(): void {
    this.#desk.close();
    this.#refusing.length = 0;
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

  get stats() {
    return this.#tally.read(this.#connections.size);
  }

  grantToken(): string {
    return this.#credentials.grant(DEFAULT_TTL_SECONDS);
  }

  provoke(
    fault: DeepgramFault,
    on: DeepgramServiceName | null = null,
    only: WebSocket | null = null,
  ): number {
    const struck = [...this.#connections].filter(
      ([{ service }, socket]) =>
        socket.readyState === socket.OPEN &&
        service === (on ?? service) &&
        socket === (only ?? socket),
    );
    for (const [connection] of struck) connection.suffer(fault);
    return struck.length;
  }

  refuseNext(refusal: DocumentedRefusal | Refusal, times = 1, told?: () => void): void {
    const whole = typeof refusal === 'number' ? DOCUMENTED_REFUSALS[refusal] : refusal;
    for (let at = 0; at < times; at += 1) this.#refusing.push({ refusal: whole, told });
  }

  async close(): Promise<void> {
    await Promise.all([...this.#connections.keys()].map((connection) => connection.cut()));
    await this.#server?.close();
  }

  #onUpgrade(request: IncomingMessage, url: URL): HttpAnswer | Welcome {
    const requestId = newUuid(this.#options.secrets);
    const serve = this.#admit(request, url);
    if (typeof serve !== 'function') {
      this.#tally.refused(serve.status);
      return refusals.answerOf(serve, requestId);
    }
    return {
      headers: { 'dg-request-id': requestId },
      take: (socket) => this.#serve(serve, socket, requestId),
    };
  }

  #serve(serve: Serve, socket: WebSocket, requestId: string): void {
    this.#tally.opened();
    const connection: Connection = serve({
      socket,
      requestId,
      onAudio: (samples) => this.#tally.heard(samples),
      onSpoken: (chars) => this.#tally.spoken(chars),
      onClosing: (code) => this.#tally.closed(code),
      onEnd: () => this.#connections.delete(connection),
    });
    this.#connections.set(connection, socket);
  }

  #admit(request: IncomingMessage, url: URL): Serve | Refusal {
    const service = this.#serviceAt(url);
    if (service === null) return refusals.NOT_FOUND;
    const { authorization, 'sec-websocket-protocol': subprotocols } = request.headers;
    if (!this.#credentials.accepts(readCredential(authorization, subprotocols))) {
      return refusals.INVALID_AUTH;
    }
    const asked = this.#takeRefusal();
    if (asked !== undefined) return asked;
    const serve = service();
    if (typeof serve !== 'function') return serve;
    if (this.#connections.size >= (this.#options.maxConcurrent ?? 100)) {
      return refusals.TOO_MANY_REQUESTS;
    }
    return serve;
  }

  /** As things are now: faults change the options while the server runs. */
  #serviceAt(url: URL): ReturnType<typeof serviceAt> {
    return serviceAt(url, { ...this.#options, oddities: this.oddities }, this.hearing);
  }

  #takeRefusal(): Refusal | undefined {
    const next = this.#refusing.shift();
    next?.told?.();
    return next?.refusal;
  }
}
