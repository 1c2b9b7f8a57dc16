/** The gateway on HTTP: sockets at `/v1/session`, and beside them what operators ask. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';

import { Gateway } from './gateway.ts';
import type { GatewayOptions } from './gateway.ts';
import { listenTo, socketOf } from './ws-socket.ts';
import { TenutoError } from '../ports/errors.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';

export interface GatewayServerOptions extends GatewayOptions {
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
}

export interface GatewayServer {
  readonly gateway: Gateway;
  /** For `gateway({ url })`. */
  readonly url: string;
  readonly port: number;
  /** Sends clients elsewhere, waits for them, and ends. */
  drain(deadlineMs?: number): Promise<void>;
  /** Ends at once: sessions stay in the log. */
  close(): Promise<void>;
}

const PATH = '/v1/session';
const SUBPROTOCOL = 'tenuto.v1';
/** Of a request; a socket has its own time for HELLO. */
const HEADERS_TIMEOUT_MS = 10_000;
/** A credential in an address stands in every log on the way: refused, so that it is noticed. */
const CREDENTIAL_IN_QUERY = /(^|[?&])(token|auth|key|access_token|bearer)=/i;

/** @throws TenutoError PORT_IN_USE */
export async function startGateway(options: GatewayServerOptions): Promise<GatewayServer> {
  const gateway = new Gateway(options);
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_FRAME_BYTES,
    perMessageDeflate: false,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const http = createServer({ headersTimeout: HEADERS_TIMEOUT_MS }, (request, response) => {
    respond(gateway, request, response);
  });
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const refusal = refusalOf(request);
    if (refusal !== null) {
      stream.end(`HTTP/1.1 ${refusal}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const address = request.socket.remoteAddress ?? '';
      listenTo(socket, gateway.accept(socketOf(socket, stream, address)));
    });
  });
  const { host = '127.0.0.1', port = 0 } = options;
  await listening(http, host, port).catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  const bound = (http.address() as AddressInfo).port;
  const close = async (): Promise<void> => {
    await gateway.close();
    await new Promise((resolve) => {
      http.close(resolve);
      http.closeAllConnections();
    });
  };
  return {
    gateway,
    url: `ws://${host}:${bound}${PATH}`,
    port: bound,
    close,
    async drain(deadlineMs) {
      await gateway.drain(deadlineMs);
      await close();
    },
  };
}

function listening(http: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      reject(isTaken ? portTaken(port) : error);
    });
    http.listen(port, host, resolve);
  });
}

function portTaken(port: number): TenutoError {
  return new TenutoError({
    code: 'PORT_IN_USE',
    message: `Port ${port} is in use.`,
    remediation: 'Choose another port, or 0 for a free one.',
  });
}

/** Why an upgrade is none of ours; null where it is. */
function refusalOf({ url = '/', headers }: IncomingMessage): string | null {
  if (CREDENTIAL_IN_QUERY.test(url)) return '400 Bad Request';
  if (url.split('?')[0] !== PATH) return '404 Not Found';
  const offered = headers['sec-websocket-protocol'] ?? '';
  const isOurs = offered.split(',').some((name) => name.trim() === SUBPROTOCOL);
  return isOurs ? null : '400 Bad Request';
}

function respond(
  gateway: Gateway,
  { url, method }: IncomingMessage,
  response: ServerResponse,
): void {
  const answer = (status: number, body: string): void => {
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(body);
  };
  if (method !== 'GET') answer(405, 'method not allowed\n');
  else if (url === '/healthz') answer(200, 'ok\n');
  else if (url === '/readyz')
    answer(gateway.isReady ? 200 : 503, gateway.isReady ? 'ready\n' : 'draining\n');
  else if (url === PATH) answer(426, 'upgrade required\n');
  else answer(404, 'not found\n');
}
