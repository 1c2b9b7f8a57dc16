/**
 * `tenuto serve --inspect`: tells what happens in the charts, to whoever has its token.
 *
 * It has a port of its own, on this machine only, and no page is let in: `tenuto inspect` comes here, and shows it to pages. What
 * goes out is chosen by src/observability/shown.ts. While nobody watches nothing is made of what happens, and a watcher that
 * does not read costs a session nothing: what waits for it is bounded.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';

import { closeHere, listenHere, LOCAL_HOST } from '../local-page/listen.ts';
import { INSPECT_PATH } from '../inspect/attached.ts';
import { Viewers } from '../inspect/viewers.ts';
import type { InspectionFeed } from '../../observability/inspection-feed.ts';
import { WireHistory } from '../../observability/wire-history.ts';
import { invalid } from '../../ports/option-errors.ts';
import { systemSecrets } from '../../ports/secrets.ts';

export interface InspectDoorOptions {
  /** 0: a free one. */
  readonly port: number;
  /** Null: one is made. */
  readonly token: string | null;
  readonly feed: InspectionFeed;
  /** Told of whoever is not let in: how, and from where. */
  readonly onRefused: (status: number) => void;
}

export interface InspectDoor {
  readonly url: string;
  /** The one that was made; null where one was given: that is not told again. */
  readonly madeToken: string | null;
  readonly viewers: number;
  close(): Promise<void>;
}

const MOST_VIEWERS = 8;
const SHORTEST_TOKEN = 16;
const MAX_MESSAGE_BYTES = 1_024;
/** A watcher whose machine is gone gives its place to another. */
const KEEP_ALIVE_MS = 10_000;
const HTTP_TIMEOUTS = { headersTimeout: 6_000, requestTimeout: 8_000 };

/** @throws TenutoError PORT_IN_USE, OPTION_INVALID. */
export async function openInspectDoor(options: InspectDoorOptions): Promise<InspectDoor> {
  const { port, feed, onRefused } = options;
  if (options.token !== null) checkToken(options.token);
  const token = options.token ?? Buffer.from(systemSecrets.bytes(32)).toString('base64url');
  const digest = digestOf(`Bearer ${token}`);
  const watched = new Watched(feed);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const http = createServer(HTTP_TIMEOUTS, (_request, response) => {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('not found\n');
  });
  http.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const status = refusalOf(request, digest, watched.size);
    if (status !== null) {
      onRefused(status);
      stream.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    if (stream instanceof Socket) stream.setKeepAlive(true, KEEP_ALIVE_MS);
    sockets.handleUpgrade(request, stream, head, (socket) => watched.add(socket));
  });
  const bound = await listenHere(http, port, '--inspect-port');
  return {
    url: `ws://${LOCAL_HOST}:${bound}`,
    madeToken: options.token === null ? token : null,
    get viewers() {
      return watched.size;
    },
    close: async () => {
      watched.close();
      await closeHere(http);
    },
  };
}

/** Listens to the feed while somebody watches, and no longer. */
class Watched {
  readonly #feed: InspectionFeed;
  #viewers: Viewers | null = null;
  #leave: () => void = () => undefined;

  constructor(feed: InspectionFeed) {
    this.#feed = feed;
  }

  get size(): number {
    return this.#viewers?.size ?? 0;
  }

  add(socket: Parameters<Viewers['add']>[0]): void {
    this.#viewers ??= this.#begin();
    this.#viewers.add(socket, () => {
      if (this.size === 0) this.#end();
    });
  }

  close(): void {
    this.#viewers?.close();
    this.#end();
  }

  #begin(): Viewers {
    const history = new WireHistory();
    const viewers = new Viewers(history, { title: '', note: '' });
    this.#leave = this.#feed.subscribe((event) => {
      history.add(event);
      viewers.pump();
    });
    return viewers;
  }

  #end(): void {
    this.#leave();
    this.#viewers = null;
  }
}

/** A status; null where the watcher is let in. Who has no token learns nothing, not even whether there is room. */
function refusalOf(
  { headers, url = '/' }: IncomingMessage,
  digest: Buffer,
  viewers: number,
): number | null {
  if (headers.origin !== undefined) return 403;
  if (url !== INSPECT_PATH) return 404;
  if (!timingSafeEqual(digestOf(headers.authorization ?? ''), digest)) return 401;
  return viewers >= MOST_VIEWERS ? 503 : null;
}

function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function checkToken(token: string): void {
  if (token.length >= SHORTEST_TOKEN && /^[\x21-\x7e]+$/.test(token)) return;
  throw invalid(
    `The token for --inspect is shorter than ${SHORTEST_TOKEN} characters, or has a space or an unusual character in it.`,
    'Give a longer one, or leave it out: then one is made and printed.',
  );
}
