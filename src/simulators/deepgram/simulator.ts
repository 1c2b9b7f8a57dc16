/**
 * A local server that speaks Deepgram listen v1 and transcribes with whatever recogniser it is given.
 *
 * It refuses what the real service refuses and ends where the real service ends, so that a client that works here has met
 * the rules it will meet there. Where the documentation names no code or reason, `wire.ts` says what was chosen.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { Clock } from '../../ports/clock.ts';
import { systemClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { Logger } from '../../ports/logger.ts';
import { silentLogger } from '../../ports/logger.ts';
import type { Recogniser } from '../recogniser/recogniser.ts';
import { ListenConnection } from './connection.ts';
import { Credentials, DEFAULT_TTL_SECONDS, readCredential } from './credentials.ts';
import { readGrantTtl } from './grant.ts';
import type { ListenQuery } from './query.ts';
import { parseListenQuery } from './query.ts';
import type { Refusal } from './refusal.ts';
import * as refusals from './refusal.ts';

const MAX_FRAME_BYTES = 1_048_576;
/** How long a peer may take to answer a close frame. The published types of `ws` do not know this option yet. */
const CLOSE_HANDSHAKE = { closeTimeout: 2_000 };

export interface DeepgramSimulatorOptions {
  readonly recogniser: Recogniser;
  /** Default 0: a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Keys that may connect and grant tokens. Default `local`. */
  readonly apiKeys?: readonly string[];
  /** Audio may come this much faster than it sounds, beyond 2 s of slack. Default 1.25, as the real service has it. */
  readonly maxRateRatio?: number;
  /** A socket is closed after this long without audio or text, and unless audio comes this soon. Default 10,000. */
  readonly idleTimeoutMs?: number;
  /** Sockets open at once; one more is refused with 429. Default 100. */
  readonly maxConcurrent?: number;
  readonly clock?: Clock;
  readonly logger?: Logger;
}

interface DeepgramSimulatorStats {
  readonly connectionsOpened: number;
  readonly connectionsOpen: number;
  readonly refusedByStatus: Readonly<Record<number, number>>;
  readonly closesByCode: Readonly<Record<number, number>>;
  readonly audioSamples: number;
}

export interface DeepgramSimulator {
  /** The server's root, such as `ws://127.0.0.1:40123`. */
  readonly url: string;
  readonly port: number;
  /** Counted since the start; a copy on every reading. */
  readonly stats: DeepgramSimulatorStats;
  /** A temporary token, good for connecting within 30 s. */
  grantToken(): string;
  /** Cuts every socket and frees the port. The recogniser stays: who made it closes it. */
  close(): Promise<void>;
}

/** Throws PORT_IN_USE where another server has the port. */
export async function startDeepgramSimulator(
  options: DeepgramSimulatorOptions,
): Promise<DeepgramSimulator> {
  const server = new ListenServer(options);
  await server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return server;
}

class ListenServer implements DeepgramSimulator {
  readonly #options: DeepgramSimulatorOptions;
  readonly #clock: Clock;
  readonly #credentials: Credentials;
  readonly #http = createServer((request, response) => void this.#onRequest(request, response));
  readonly #upgrader = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    ...CLOSE_HANDSHAKE,
    // A client that offers subprotocols expects one of them back.
    handleProtocols: (offered) => offered.values().next().value ?? false,
  });
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<ListenConnection>();
  readonly #requestIds = new WeakMap<IncomingMessage, string>();
  readonly #refusedByStatus: Record<number, number> = {};
  readonly #closesByCode: Record<number, number> = {};
  #opened = 0;
  #audioSamples = 0;
  #url = '';
  #port = 0;

  constructor(options: DeepgramSimulatorOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#credentials = new Credentials(options.apiKeys ?? ['local'], this.#clock);
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
    this.#http.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#upgrader.on('headers', (headers, request) => {
      headers.push(`dg-request-id: ${this.#requestIds.get(request) ?? ''}`);
    });
  }

  get url(): string {
    return this.#url;
  }

  get port(): number {
    return this.#port;
  }

  get stats(): DeepgramSimulatorStats {
    return {
      connectionsOpened: this.#opened,
      connectionsOpen: this.#connections.size,
      refusedByStatus: { ...this.#refusedByStatus },
      closesByCode: { ...this.#closesByCode },
      audioSamples: this.#audioSamples,
    };
  }

  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error: NodeJS.ErrnoException) =>
        reject(listenError(error, port, host)),
      );
      this.#http.listen(port, host, resolve);
    });
    this.#port = (this.#http.address() as AddressInfo).port;
    this.#url = `ws://${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  grantToken(): string {
    return this.#credentials.grant(DEFAULT_TTL_SECONDS);
  }

  async close(): Promise<void> {
    if (!this.#http.listening) return;
    const closed = new Promise((resolve) => this.#http.close(resolve));
    await Promise.all([...this.#connections].map((connection) => connection.cut()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const requestId = randomUUID();
    socket.on('error', () => socket.destroy());
    const admitted = this.#admit(request);
    if ('refusal' in admitted) {
      this.#count(this.#refusedByStatus, admitted.refusal.status);
      refusals.refuseUpgrade(socket, admitted.refusal, requestId);
      return;
    }
    this.#requestIds.set(request, requestId);
    this.#upgrader.handleUpgrade(request, socket, head, (webSocket) => {
      this.#opened += 1;
      const connection = new ListenConnection({
        socket: webSocket,
        requestId,
        query: admitted.query,
        recogniser: this.#options.recogniser,
        maxRateRatio: this.#options.maxRateRatio ?? 1.25,
        idleTimeoutMs: this.#options.idleTimeoutMs ?? 10_000,
        clock: this.#clock,
        logger: this.#options.logger ?? silentLogger,
        onAudio: (samples) => {
          this.#audioSamples += samples;
        },
        onClosing: (code) => this.#count(this.#closesByCode, code),
        onEnd: () => this.#connections.delete(connection),
      });
      this.#connections.add(connection);
    });
  }

  #admit(request: IncomingMessage): { query: ListenQuery } | { refusal: Refusal } {
    const url = urlOf(request);
    if (url?.pathname !== '/v1/listen') return { refusal: refusals.NOT_FOUND };
    const { authorization, 'sec-websocket-protocol': subprotocols } = request.headers;
    if (!this.#credentials.accepts(readCredential(authorization, subprotocols))) {
      return { refusal: refusals.INVALID_AUTH };
    }
    const parsed = parseListenQuery(url.searchParams);
    if (!parsed.ok) return { refusal: refusals.badRequest(parsed.problem) };
    if (this.#connections.size >= (this.#options.maxConcurrent ?? 100)) {
      return { refusal: refusals.TOO_MANY_REQUESTS };
    }
    return { query: parsed.query };
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = urlOf(request)?.pathname;
    if (request.method === 'POST' && path === '/v1/auth/grant') {
      await this.#onGrant(request, response);
    } else {
      const isListen = request.method === 'GET' && path === '/v1/listen';
      this.#refuse(response, isListen ? refusals.UPGRADE_REQUIRED : refusals.NOT_FOUND);
    }
  }

  async #onGrant(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (!this.#credentials.isKey(readCredential(request.headers.authorization, undefined))) {
      this.#refuse(response, refusals.INVALID_AUTH);
      return;
    }
    const ttlSeconds = await readGrantTtl(request);
    if (ttlSeconds === null) {
      this.#refuse(response, refusals.badRequest('Bad Request: ttl_seconds takes 1 to 3600.'));
      return;
    }
    const body = { access_token: this.#credentials.grant(ttlSeconds), expires_in: ttlSeconds };
    response.writeHead(200, { 'content-type': 'application/json', 'dg-request-id': randomUUID() });
    response.end(JSON.stringify(body));
  }

  #refuse(response: ServerResponse, refusal: Refusal): void {
    this.#count(this.#refusedByStatus, refusal.status);
    const { headers, body } = refusals.refusalParts(refusal, randomUUID());
    response.writeHead(refusal.status, headers);
    response.end(body);
  }

  #count(counts: Record<number, number>, key: number): void {
    counts[key] = (counts[key] ?? 0) + 1;
  }
}

function urlOf(request: IncomingMessage): URL | null {
  const path = request.url ?? '/';
  return URL.canParse(path, 'http://localhost') ? new URL(path, 'http://localhost') : null;
}

function listenError(error: NodeJS.ErrnoException, port: number, host: string): TenutoError {
  const isInUse = error.code === 'EADDRINUSE';
  return new TenutoError({
    code: isInUse ? 'PORT_IN_USE' : 'OPTION_INVALID',
    message: isInUse
      ? `Port ${port} on ${host} is in use.`
      : `The simulator cannot listen on ${host}, port ${port}: ${error.code ?? error.message}.`,
    remediation: 'Choose another port, or 0 for a free one.',
    cause: error,
  });
}
