/** The gateway on HTTP: sockets at `/v1/session`, and beside them what operators ask. */
import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';

import type { DrainOptions, DrainReport } from './departure.ts';
import { Gateway } from './gateway.ts';
import { GATEWAY_OPTIONS } from './gateway-options.ts';
import type { GatewayOptions } from './gateway.types.ts';
import { respond } from './http/answers.ts';
import { guard } from './http/guarded-stream.ts';
import { originIn, originsOf, refusalOfUpgrade, refusedUpgrade } from './http/upgrade.ts';
import { GatewayWebSocket, listenTo, socketOf } from './ws-socket.ts';
import { TenutoError } from '../ports/errors.ts';
import { silentLogger } from '../ports/logger.ts';
import { isLoopback } from '../ports/loopback.ts';
import { checkOptions, invalid } from '../ports/option-errors.ts';
import { GATEWAY_PATH } from '../protocol/address.ts';
import { MAX_FRAME_BYTES } from '../protocol/limits.ts';
import { SUBPROTOCOL } from '../protocol/subprotocol.ts';

export interface GatewayServerOptions extends Omit<GatewayOptions, 'verify'> {
  /** Who a bearer was issued to. Default: nobody is asked, and only this machine can come (127.0.0.1, ::1, localhost). */
  readonly verify?: GatewayOptions['verify'];
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /**
   * Pages that may connect, each exactly as its browser names it, such as `https://app.example`. Default: none. What names
   * no page is no browser, and may.
   */
  readonly origins?: readonly string[];
  /** In PEM. Default: none, for this machine or behind what speaks TLS. */
  readonly tls?: { readonly key: string | Buffer; readonly cert: string | Buffer };
}

export interface GatewayServer {
  readonly gateway: Gateway;
  /** For `gateway({ url })`. */
  readonly url: string;
  readonly port: number;
  /** Sends clients elsewhere, to those addresses or to where they had dialled, waits for them, and ends. */
  drain(options?: number | DrainOptions): Promise<DrainReport>;
  /** Ends at once: sessions stay in the log. */
  close(): Promise<void>;
}

const SERVER_OPTIONS = { host: 0, port: 0, origins: 0, tls: 0 } satisfies Record<
  Exclude<keyof GatewayServerOptions, keyof GatewayOptions>,
  0
>;

/** How long a request may take, each looked at once a second; a socket has its own time for HELLO. */
const HTTP_TIMEOUTS = {
  headersTimeout: 6_000,
  requestTimeout: 8_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};
/** Of one message. No client of ours sends more than one. */
const MAX_FRAGMENTS = 64;
/** After its close frame a peer has this long to answer. */
const CLOSE_WITHIN_MS = 2_000;

const SOCKET_OPTIONS = {
  WebSocket: GatewayWebSocket,
  noServer: true,
  maxPayload: MAX_FRAME_BYTES,
  maxFragments: MAX_FRAGMENTS,
  closeTimeout: CLOSE_WITHIN_MS,
  perMessageDeflate: false,
  clientTracking: false,
  handleProtocols: (offered: ReadonlySet<string>) =>
    offered.has(SUBPROTOCOL) ? SUBPROTOCOL : (false as const),
};

/** @throws TenutoError PORT_IN_USE, OPTION_INVALID */
export async function startGateway(options: GatewayServerOptions): Promise<GatewayServer> {
  checkOptions('startGateway', options, { ...GATEWAY_OPTIONS, ...SERVER_OPTIONS });
  const { host = '127.0.0.1', port = 0, verify = null, tls, origins: pages, ...house } = options;
  const { logger = silentLogger } = house;
  const origins = originsOf(pages);
  if (verify === null) checkThatNobodyElseComes(host);
  const gateway = new Gateway({ ...house, verify });
  const sockets = new WebSocketServer(SOCKET_OPTIONS);
  const http = serverFor(tls, (request, response) => {
    respond(gateway, request, response);
  });
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const address = request.socket.remoteAddress ?? '';
    const refusal =
      refusalOfUpgrade(request, origins) ??
      (gateway.hasRoomFor(address) ? null : '503 Service Unavailable');
    if (refusal !== null) {
      stream.on('error', () => stream.destroy());
      const status = Number(refusal.slice(0, 3));
      gateway.turnedAway.upgrade(status, originIn(request.headers), address);
      stream.end(refusedUpgrade(refusal));
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const door = gateway.accept(socketOf(socket, stream, address));
      listenTo(socket, door);
      guard(socket, stream, gateway.clock, door);
    });
  });
  await listening(http, host, port).catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  http.on('error', (error) => {
    logger.error('The HTTP server errs.', { what: error.message });
  });
  const bound = (http.address() as AddressInfo).port;
  if (verify === null) {
    logger.warn('Nobody is asked for a bearer: only this machine can connect.', { host });
  } else if (tls === undefined && !isLoopback(host)) {
    logger.warn('Bearers and audio come in the clear: something before it has to speak TLS.', {
      host,
    });
  }
  const close = async (): Promise<void> => {
    await gateway.close();
    await new Promise((resolve) => {
      http.close(resolve);
      http.closeAllConnections();
    });
  };
  return {
    gateway,
    url: `${tls === undefined ? 'ws' : 'wss'}://${inAddress(host)}:${bound}${GATEWAY_PATH}`,
    port: bound,
    close,
    async drain(options) {
      const report = await gateway.drain(options);
      await close();
      return report;
    },
  };
}

/** @throws TenutoError OPTION_INVALID */
function checkThatNobodyElseComes(host: string): void {
  if (isLoopback(host)) return;
  throw invalid(
    `Without a verifier anybody could use the gateway at ${host}.`,
    'Give verify, such as createJwtVerifier({ secret }), or listen on 127.0.0.1.',
  );
}

/** @throws TenutoError OPTION_INVALID for a key or a certificate that is none. */
function serverFor(tls: GatewayServerOptions['tls'], respondTo: RequestListener): Server {
  if (tls === undefined) return createServer(HTTP_TIMEOUTS, respondTo);
  const { key, cert } = tls;
  try {
    return createTlsServer({ ...HTTP_TIMEOUTS, key, cert, minVersion: 'TLSv1.2' }, respondTo);
  } catch {
    throw invalid('tls has no key and certificate that fit.', 'Give both in PEM.');
  }
}

function inAddress(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
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
