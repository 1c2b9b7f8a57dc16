/**
 * A local server that speaks Deepgram's protocols on one port: listen v1 and Flux (listen v2), with whatever recogniser
 * it is given, and speak v1 over a WebSocket and over HTTP.
 *
 * It refuses what the real service refuses and ends where the real service ends, so that a client that works here has met
 * the rules it will meet there. Where the documentation names no code or reason, `wire.ts` says what was chosen.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { generate } from 'selfsigned';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import { systemClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import { Credentials, DEFAULT_TTL_SECONDS, readCredential } from './credentials.ts';
import { DOCUMENTED_REFUSALS } from './faults.ts';
import type { DeepgramFault, DeepgramServiceName, DocumentedRefusal } from './faults.ts';
import { readGrantTtl } from './grant.ts';
import type { DeepgramSimulator, DeepgramSimulatorOptions } from './options.ts';
import type { Refusal } from './refusal.ts';
import * as refusals from './refusal.ts';
import { serviceAt } from './services.ts';
import type { Connection, Serve } from './services.ts';
import { Tally } from './tally.ts';
import { answerSpeech, readSpeakText } from './speak-http.ts';
import { parseSpeakQuery } from './speak-query.ts';

export type { DeepgramSimulator, DeepgramSimulatorOptions } from './options.ts';

const MAX_FRAME_BYTES = 1_048_576;
/** How long a peer may take to answer a close frame. The published types of `ws` do not know this option yet. */
const CLOSE_HANDSHAKE = { closeTimeout: 2_000 };

/** Throws PORT_IN_USE where another server has the port. */
export async function startDeepgramSimulator(
  options: DeepgramSimulatorOptions,
): Promise<DeepgramSimulator> {
  const certificate = options.tls === true ? await selfSigned() : null;
  const server = new DeepgramServer(options, certificate);
  await server.listen(options.port ?? 0, options.host ?? '127.0.0.1');
  return server;
}

class DeepgramServer implements DeepgramSimulator {
  readonly #options: DeepgramSimulatorOptions;
  readonly #credentials: Credentials;
  readonly #http: ReturnType<typeof createServer>;
  readonly #isTls: boolean;
  readonly #upgrader = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    ...CLOSE_HANDSHAKE,
    // A client that offers subprotocols expects one of them back.
    handleProtocols: (offered) => offered.values().next().value ?? false,
  });
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<Connection>();
  readonly #requestIds = new WeakMap<IncomingMessage, string>();
  readonly #tally = new Tally();
  readonly #refusing: Refusal[] = [];
  #address = '';
  #port = 0;

  constructor(options: DeepgramSimulatorOptions, certificate: Certificate | null) {
    this.#options = options;
    this.#credentials = new Credentials(options.apiKeys ?? ['local'], options.clock ?? systemClock);
    this.#isTls = certificate !== null;
    const listener: RequestListener = (request, response) =>
      void this.#onRequest(request, response);
    this.#http =
      certificate === null ? createServer(listener) : createTlsServer(certificate, listener);
    this.#http.on('upgrade', (request, socket, head) => this.#onUpgrade(request, socket, head));
    this.#http.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#upgrader.on('headers', (headers, request) => {
      headers.push(`dg-request-id: ${this.#requestIds.get(request) ?? ''}`);
    });
  }

  get url(): string {
    return `${this.#isTls ? 'wss' : 'ws'}://${this.#address}`;
  }

  get httpUrl(): string {
    return `${this.#isTls ? 'https' : 'http'}://${this.#address}`;
  }

  get port(): number {
    return this.#port;
  }

  get stats() {
    return this.#tally.read(this.#connections.size);
  }

  async listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error: NodeJS.ErrnoException) =>
        reject(listenError(error, port, host)),
      );
      this.#http.listen(port, host, resolve);
    });
    this.#port = (this.#http.address() as AddressInfo).port;
    this.#address = `${host.includes(':') ? `[${host}]` : host}:${this.#port}`;
  }

  grantToken(): string {
    return this.#credentials.grant(DEFAULT_TTL_SECONDS);
  }

  provoke(fault: DeepgramFault, on?: DeepgramServiceName): number {
    const struck = [...this.#connections].filter(({ service }) => service === (on ?? service));
    for (const connection of struck) connection.suffer(fault);
    return struck.length;
  }

  refuseNext(refusal: DocumentedRefusal | Refusal, times = 1): void {
    const whole = typeof refusal === 'number' ? DOCUMENTED_REFUSALS[refusal] : refusal;
    for (let at = 0; at < times; at += 1) this.#refusing.push(whole);
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
    const serve = this.#admit(request);
    if (typeof serve !== 'function') {
      this.#tally.refused(serve.status);
      refusals.refuseUpgrade(socket, serve, requestId);
      return;
    }
    this.#requestIds.set(request, requestId);
    this.#upgrader.handleUpgrade(request, socket, head, (webSocket) => {
      this.#serve(serve, webSocket, requestId);
    });
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
    this.#connections.add(connection);
  }

  #admit(request: IncomingMessage): Serve | Refusal {
    const url = urlOf(request);
    const service = url === null ? null : serviceAt(url, this.#options);
    if (service === null) return refusals.NOT_FOUND;
    const { authorization, 'sec-websocket-protocol': subprotocols } = request.headers;
    if (!this.#credentials.accepts(readCredential(authorization, subprotocols))) {
      return refusals.INVALID_AUTH;
    }
    const asked = this.#refusing.shift();
    if (asked !== undefined) return asked;
    const serve = service();
    if (typeof serve !== 'function') return serve;
    if (this.#connections.size >= (this.#options.maxConcurrent ?? 100)) {
      return refusals.TOO_MANY_REQUESTS;
    }
    return serve;
  }

  async #onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = urlOf(request);
    const asked = `${request.method ?? ''} ${url?.pathname ?? ''}`;
    if (asked === 'POST /v1/auth/grant') await this.#onGrant(request, response);
    else if (asked === 'POST /v1/speak') await this.#onSpeak(request, response, url?.searchParams);
    else {
      const isSocket = url !== null && serviceAt(url, this.#options) !== null;
      const isKnown = isSocket && request.method === 'GET';
      this.#refuse(response, isKnown ? refusals.UPGRADE_REQUIRED : refusals.NOT_FOUND);
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

  async #onSpeak(
    request: IncomingMessage,
    response: ServerResponse,
    parameters = new URLSearchParams(),
  ): Promise<void> {
    const refuse = (refusal: Refusal): void => {
      this.#refuse(response, refusal);
    };
    if (!this.#credentials.accepts(readCredential(request.headers.authorization, undefined))) {
      refuse(refusals.INVALID_AUTH);
      return;
    }
    const asked = this.#refusing.shift();
    const parsed = parseSpeakQuery(parameters, { isHttp: true });
    const text = await readSpeakText(request).catch(() => null); // null: the client went away
    if (text === null) return;
    if (asked !== undefined) refuse(asked);
    else if (!parsed.ok) refuse(refusals.badRequest(parsed.problem));
    else if (typeof text !== 'string') refuse(text);
    else {
      const { clock = systemClock, speak: { paceRatio = Infinity } = {} } = this.#options;
      const { query } = parsed;
      this.#tally.spoken(text.length);
      await answerSpeech(response, text, { requestId: randomUUID(), query, paceRatio, clock });
    }
  }

  #refuse(response: ServerResponse, refusal: Refusal): void {
    this.#tally.refused(refusal.status);
    const { headers, body } = refusals.refusalParts(refusal, randomUUID());
    response.writeHead(refusal.status, headers);
    response.end(body);
  }
}

interface Certificate {
  readonly key: string;
  readonly cert: string;
}

async function selfSigned(): Promise<Certificate> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }]);
  return { key, cert };
}

function urlOf(request: IncomingMessage): URL | null {
  const path = (request.url ?? '/').replace(/^\/+/, '/'); // some clients send //path
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
