/**
 * The page of `tenuto inspect` on this machine, and who may come to it.
 *
 * A page of elsewhere cannot read what is shown: it has another Origin. Nor can one that has its own name lead here (DNS
 * rebinding): the Host has to be this machine's. Apps that are watched tell what happens at `/`; they read nothing.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { TenutoError } from '../../ports/errors.ts';
import { isLoopback } from '../../ports/loopback.ts';

export interface PageDoorOptions {
  /** 0: a free one. */
  readonly port: number;
  readonly onViewer: (socket: WebSocket) => void;
  /** An app that is watched; null where none is expected: then none is let in. */
  readonly onApp: ((socket: WebSocket) => void) | null;
  /** Default: where the build puts it. */
  readonly pages?: string;
}

export interface PageDoor {
  readonly port: number;
  /** Of the page. */
  readonly url: string;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Three folders up from dist/src/cli/inspect/. */
const PAGES = fileURLToPath(new URL('../../../pages/', import.meta.url));
const FEED_PATH = '/inspector/feed';
const MAX_APP_MESSAGE_BYTES = 4 * 1_024 * 1_024;
const MAX_PAGE_MESSAGE_BYTES = 1_024;
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
};
const SAFE_PATH = /^\/(?:inspector\/index\.html|assets\/[A-Za-z0-9._-]+)$/;
const HEADERS = {
  // The icon is a data: address, so that no browser asks for another.
  'content-security-policy':
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** @throws TenutoError PORT_IN_USE, OPTION_INVALID, PACKAGE_MISSING. */
export async function openPageDoor(options: PageDoorOptions): Promise<PageDoor> {
  const { port, onViewer, onApp, pages = PAGES } = options;
  await checkPages(pages);
  const http = createServer((request, response) => {
    answer(pages, request, response);
  });
  const viewers = new WebSocketServer({ noServer: true, maxPayload: MAX_PAGE_MESSAGE_BYTES });
  const apps = new WebSocketServer({ noServer: true, maxPayload: MAX_APP_MESSAGE_BYTES });
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const who = whoIs(request, onApp !== null);
    if (typeof who === 'number') {
      stream.end(`HTTP/1.1 ${who} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const server = who === 'viewer' ? viewers : apps;
    server.handleUpgrade(request, stream, head, (socket) => {
      if (who === 'viewer') onViewer(socket);
      else onApp?.(socket);
    });
  });
  await listening(http, port);
  const bound = (http.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://${HOST}:${bound}/inspector/`,
    close: async () => {
      for (const socket of [...viewers.clients, ...apps.clients]) socket.terminate();
      await new Promise((resolve) => {
        http.close(resolve);
        http.closeAllConnections();
      });
    },
  };
}

/** A status where nobody is let in. */
function whoIs(
  { headers, url = '/' }: IncomingMessage,
  takesApps: boolean,
): 'viewer' | 'app' | number {
  const { host, origin } = headers;
  if (!isOurs(host)) return 403;
  const [path = '/'] = url.split('?', 1);
  if (path === FEED_PATH) return origin === `http://${host ?? ''}` ? 'viewer' : 403;
  if (path !== '/' || !takesApps) return 404;
  // No browser is one that names no page; a page of this machine is an app in its developer's hands.
  const isHere =
    origin === undefined || (URL.canParse(origin) && isLoopback(new URL(origin).hostname));
  return isHere ? 'app' : 403;
}

function isOurs(host: string | undefined): boolean {
  return (
    host !== undefined &&
    URL.canParse(`http://${host}`) &&
    isLoopback(new URL(`http://${host}`).hostname)
  );
}

function answer(pages: string, request: IncomingMessage, response: ServerResponse): void {
  const { method = '', url = '/', headers } = request;
  const [path = '/'] = url.split('?', 1);
  const isAsking = method === 'GET' || method === 'HEAD';
  if (!isOurs(headers.host) || !isAsking) {
    refuse(response, isAsking ? 403 : 405);
    return;
  }
  if (path === '/' || path === '/inspector') {
    response.writeHead(302, { ...HEADERS, location: '/inspector/' }).end();
    return;
  }
  const file = path === '/inspector/' ? '/inspector/index.html' : path;
  if (!SAFE_PATH.test(file)) {
    refuse(response, 404);
    return;
  }
  const stream = createReadStream(join(pages, file));
  stream.on('error', () => refuse(response, 404));
  stream.on('open', () => {
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { ...HEADERS, 'content-type': type });
    if (method === 'HEAD') {
      stream.destroy();
      response.end();
    } else stream.pipe(response);
  });
}

const REFUSALS = {
  403: 'this name does not lead here\n',
  404: 'not found\n',
  405: 'method not allowed\n',
} as const;

function refuse(response: ServerResponse, status: keyof typeof REFUSALS): void {
  const type = 'text/plain; charset=utf-8';
  response.writeHead(status, { ...HEADERS, 'content-type': type }).end(REFUSALS[status]);
}

async function checkPages(pages: string): Promise<void> {
  await stat(join(pages, 'inspector/index.html')).catch((cause: unknown) => {
    throw new TenutoError({
      code: 'PACKAGE_MISSING',
      message: 'The page was not built.',
      remediation: 'Run `npm run build` in this clone; the published package brings it along.',
      cause,
    });
  });
}

function listening(http: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => reject(notListening(port, error)));
    http.listen(port, HOST, () => resolve());
  });
}

function notListening(port: number, error: NodeJS.ErrnoException): TenutoError {
  const isInUse = error.code === 'EADDRINUSE';
  return new TenutoError({
    code: isInUse ? 'PORT_IN_USE' : 'OPTION_INVALID',
    message: isInUse
      ? `Another program listens on port ${port}.`
      : `Nobody can listen on port ${port} (${error.code ?? error.message}).`,
    remediation: 'Give another --port, or 0 for a free one.',
    cause: error,
  });
}
