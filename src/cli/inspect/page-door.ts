/**
 * The page of `tenuto inspect` on this machine, and who may come to it.
 *
 * A page of elsewhere cannot read what is shown: it has another Origin. Nor can one that has its own name lead here (DNS
 * rebinding): the Host has to be this machine's. Apps that are watched tell what happens at `/`; they read nothing.
 */
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { closeHere, listenHere, LOCAL_HOST } from '../local-page/listen.ts';
import { LocalPage, refuse } from '../local-page/pages.ts';
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

const FEED_PATH = '/inspector/feed';
const MAX_APP_MESSAGE_BYTES = 4 * 1_024 * 1_024;
const MAX_PAGE_MESSAGE_BYTES = 1_024;

/** @throws TenutoError PORT_IN_USE, OPTION_INVALID, PACKAGE_MISSING. */
export async function openPageDoor(options: PageDoorOptions): Promise<PageDoor> {
  const { onViewer, onApp, pages } = options;
  const http = createServer();
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
  const port = await listenHere(http, options.port);
  const place = pages === undefined ? {} : { pages };
  const page = await LocalPage.read({ name: 'inspector', port, ...place }).catch(
    async (error: unknown) => {
      await closeHere(http);
      throw error;
    },
  );
  http.on('request', (request, response) => {
    if (isOurs(request.headers.host)) page.answer(request, response);
    else refuse(response, 403, 'This name does not lead here.');
  });
  return {
    port,
    url: `http://${LOCAL_HOST}:${port}/inspector/`,
    close: async () => {
      for (const socket of [...viewers.clients, ...apps.clients]) socket.terminate();
      await closeHere(http);
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
