/** What every stand-in server is made of: one port for HTTP and WebSocket, plain or TLS, that can be closed at once. */
import { STATUS_CODES, createServer } from 'node:http';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { TenutoError } from '../../ports/errors.ts';
import type { ServerAddress } from './address.ts';
import { selfSigned } from './certificate.ts';
import type { Certificate } from './certificate.ts';
import type { ListeningServer, ServerHandlers, Take, Welcome } from './handlers.ts';
import type { HttpAnswer } from './http-answer.ts';

export type { HttpAnswer } from './http-answer.ts';

/** How a server behaves that nobody outside asks about. */
interface ServerLimits {
  /** A frame that is longer ends its socket with 1009. Default 16 MiB. */
  readonly maxFrameBytes?: number;
}

const MAX_FRAME_BYTES = 16 * 1_024 * 1_024;

/** How long a peer may take to answer a close frame. The published types of `ws` do not know this option yet. */
const CLOSE_HANDSHAKE = { closeTimeout: 2_000 };

export class SimulatorServer implements ListeningServer {
  readonly #handlers: ServerHandlers;
  readonly #http: ReturnType<typeof createServer>;
  readonly #sockets = new Set<Socket>();
  readonly #isTls: boolean;
  readonly #upgrader: WebSocketServer;
  readonly #headers = new WeakMap<IncomingMessage, Welcome['headers']>();
  #host = '';
  #port = 0;

  private constructor(
    handlers: ServerHandlers,
    certificate: Certificate | null,
    { maxFrameBytes }: ServerLimits,
  ) {
    this.#handlers = handlers;
    this.#isTls = certificate !== null;
    this.#upgrader = new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: maxFrameBytes ?? MAX_FRAME_BYTES,
      ...CLOSE_HANDSHAKE,
      // A client that offers subprotocols expects one of them back.
      handleProtocols: (offered) => offered.values().next().value ?? false,
    });
    this.#upgrader.on('headers', (lines, request) => {
      const headers = Object.entries(this.#headers.get(request) ?? {});
      lines.push(...headers.map(([name, value]) => `${name}: ${value}`));
    });
    const listener: RequestListener = (request, response) => void this.#answer(request, response);
    this.#http =
      certificate === null ? createServer(listener) : createTlsServer(certificate, listener);
    this.#http.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket, head);
    });
    this.#http.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** @throws TenutoError PORT_IN_USE, or OPTION_INVALID where nobody can listen there. */
  static async start(
    handlers: ServerHandlers,
    address: ServerAddress & ServerLimits,
  ): Promise<ListeningServer> {
    if (address.network !== undefined) return address.network.listen(handlers);
    const certificate = address.tls === true ? await selfSigned() : null;
    const server = new SimulatorServer(handlers, certificate, address);
    await server.#listen(address.port ?? 0, address.host ?? '127.0.0.1');
    return server;
  }

  get port(): number {
    return this.#port;
  }

  get socketUrl(): string {
    return `${this.#isTls ? 'wss' : 'ws'}://${this.#host}:${this.#port}`;
  }

  get httpUrl(): string {
    return `${this.#isTls ? 'https' : 'http'}://${this.#host}:${this.#port}`;
  }

  async close(): Promise<void> {
    if (!this.#http.listening) return;
    const closed = new Promise((resolve) => this.#http.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #listen(port: number, host: string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#http.once('error', (error: NodeJS.ErrnoException) => {
        reject(listenError(error, port, host));
      });
      this.#http.listen(port, host, resolve);
    });
    this.#port = (this.#http.address() as AddressInfo).port;
    this.#host = host.includes(':') ? `[${host}]` : host;
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    socket.on('error', () => socket.destroy());
    const verdict = this.#handlers.onUpgrade(request, urlOf(request));
    if ('status' in verdict) {
      socket.once('finish', () => socket.destroy());
      socket.end(rawAnswer(verdict));
      return;
    }
    const { take, headers } = welcomeOf(verdict);
    this.#headers.set(request, headers);
    this.#upgrader.handleUpgrade(request, socket, head, take);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.#handlers.onRequest(request, response, urlOf(request));
    } catch (error) {
      if (!response.headersSent) response.writeHead(500);
      response.end(error instanceof Error ? error.message : String(error));
    }
  }
}

function welcomeOf(verdict: Take | Welcome): Welcome {
  return typeof verdict === 'function' ? { take: verdict, headers: {} } : verdict;
}

/** @throws RangeError where there is more than `maxBytes`. */
export async function bodyOf(request: IncomingMessage, maxBytes = 32_000_000): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new RangeError(`more than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

/** Writes a whole answer, JSON unless its headers say otherwise. */
export function answer(response: ServerResponse, { status, headers, body = '' }: HttpAnswer): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(body);
}

function urlOf(request: IncomingMessage): URL {
  const path = (request.url ?? '/').replace(/^\/+/, '/'); // some clients send //path
  return URL.canParse(path, 'http://localhost')
    ? new URL(path, 'http://localhost')
    : new URL('http://localhost/');
}

function rawAnswer({ status, headers, body = '' }: HttpAnswer): string {
  const all = {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Refused'}\r\n${lines.join('')}\r\n${body}`;
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
