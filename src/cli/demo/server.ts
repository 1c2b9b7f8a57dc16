/** The demonstration on one port of this machine: its page, the two ways of each tab, and what breaks them. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

import { DEMO_FAULTS, DemoFaults } from './faults.ts';
import { Guard } from './guard.ts';
import { House } from './house.ts';
import { WAYS } from './lane.ts';
import { Lanes } from './lanes.ts';
import type { Tab } from './lanes.ts';
import { readPages } from './pages.ts';
import type { ServedFile } from './pages.ts';
import type { Clock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';

export interface DemoServerOptions {
  /** Null: the usual one, or a free one where that is taken. */
  readonly port: number | null;
  readonly speedRatio: number;
  readonly clock: Clock;
}

export interface DemoServer {
  readonly url: string;
  readonly port: number;
  readonly house: House;
  /** When it settles no process, socket, timer or file is left. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const USUAL_PORT = 8_770;

/** Nothing is loaded from elsewhere, and nobody shows the page in theirs. */
const contentPolicy = (port: number): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    "media-src 'self' blob:",
    "worker-src 'self' blob:",
    `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

/** @throws TenutoError PORT_IN_USE, PACKAGE_MISSING, RECOGNISER_UNAVAILABLE, INTERNAL. */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { clock, speedRatio } = options;
  const http = createServer();
  http.on('error', () => undefined); // running out of descriptors on accept costs that connection
  const port = await listenSomewhere(http, options.port);
  const guard = new Guard(port);
  let tell = (): void => undefined;
  try {
    const files = await readPages(guard.token);
    const house = await House.open({
      speedRatio,
      origins: guard.origins,
      clock,
      onChange: () => tell(),
    });
    const lanes = new Lanes({ clock, targets: house.targets });
    const faults = new DemoFaults({ house, clock, onChange: () => tell() });
    const newsFor = ({ name }: Tab): object => ({
      faults: faults.runningFor(name),
      gatewayIsUp: house.gateway.isUp,
    });
    tell = () => lanes.tell(newsFor);
    const doors = new Doors({ port, guard, files, lanes, faults, newsFor });
    http.on('request', (request, response) => doors.answer(request, response));
    http.on('upgrade', (request, stream, head) => {
      if (stream instanceof Socket) doors.upgrade(request, stream, head);
      else stream.destroy();
    });
    return {
      url: `http://${HOST}:${port}/`,
      port,
      house,
      async close() {
        faults.close();
        tell = () => undefined;
        const closed = new Promise((resolve) => http.close(resolve));
        await lanes.close();
        http.closeAllConnections();
        await Promise.all([closed, house.close()]);
      },
    };
  } catch (error) {
    http.close();
    throw error;
  }
}

interface DoorsOptions {
  readonly port: number;
  readonly guard: Guard;
  readonly files: ReadonlyMap<string, ServedFile>;
  readonly lanes: Lanes;
  readonly faults: DemoFaults;
  readonly newsFor: (tab: Tab) => object;
}

class Doors {
  readonly #options: DoorsOptions;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(options: DoorsOptions) {
    this.#options = options;
    this.#headers = {
      'content-security-policy': contentPolicy(options.port),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    };
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const [path = '/', query = ''] = (request.url ?? '/').split('?');
    const [, start, name = '', last] = path.split('/');
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (!this.#options.guard.isForUs(request)) {
      refuse(response, 403, 'This page has another address.');
    } else if (start === 'lanes' && last === 'faults') {
      this.#breakIt(request, response, name);
    } else if (!isReading) {
      refuse(response, 405, 'Only reading is possible here.');
    } else if (start === 'lanes' && last === 'news') {
      this.#tellNews(response, name);
    } else if (path === '/' || path === '/demo') {
      const location = `/demo/${query === '' ? '' : `?${query}`}`;
      response.writeHead(302, { ...this.#headers, location }).end();
    } else {
      this.#serve(path, response);
    }
  }

  upgrade(request: IncomingMessage, stream: Socket, head: Buffer): void {
    const { guard, lanes } = this.#options;
    stream.on('error', () => stream.destroy());
    const [, start, name = '', last] = (request.url ?? '/').split(/[/?]/);
    const way = WAYS.find((one) => one === last);
    const tab = start === 'lanes' && guard.isFromOurPage(request) ? lanes.of(name) : null;
    if (way === undefined || tab === null) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    tab.lane.accept(way, request, stream, head);
  }

  #tellNews(response: ServerResponse, name: string): void {
    const { lanes, newsFor } = this.#options;
    const tab = lanes.of(name);
    if (tab === null) {
      refuse(response, 503, 'There are too many tabs.');
      return;
    }
    lanes.listen(tab, response);
    lanes.tell((one) => (one === tab ? newsFor(tab) : null));
  }

  #serve(path: string, response: ServerResponse): void {
    const file = this.#options.files.get(path);
    if (file === undefined) {
      refuse(response, 404, 'There is nothing here.');
      return;
    }
    const caching = file.isForEver ? 'public, max-age=31536000, immutable' : 'no-store';
    response.writeHead(200, {
      ...this.#headers,
      'content-type': file.type,
      'content-length': file.bytes.length,
      'cache-control': caching,
    });
    response.end(file.bytes);
  }

  #breakIt(request: IncomingMessage, response: ServerResponse, name: string): void {
    const { guard, lanes, faults } = this.#options;
    request.resume();
    const isAllowed = guard.mayBreak(request);
    const wanted = new URL(request.url ?? '/', 'http://localhost').searchParams.get('fault');
    const fault = DEMO_FAULTS.find((one) => one === wanted);
    const tab = isAllowed ? lanes.of(name) : null;
    if (request.method !== 'POST') refuse(response, 405, 'Faults are asked for by POST.');
    else if (!isAllowed) refuse(response, 403, 'Only the page itself may do this.');
    else if (fault === undefined || tab === null) refuse(response, 400, 'There is no such fault.');
    else {
      faults.begin(fault, name, tab.lane);
      response.writeHead(204).end();
    }
  }
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
  response.end(`${message}\n`);
}

async function listenSomewhere(http: Server, port: number | null): Promise<number> {
  try {
    return await listen(http, port ?? USUAL_PORT);
  } catch (error) {
    if (port === null) return listen(http, 0);
    const { code } = error as NodeJS.ErrnoException;
    throw new TenutoError({
      code: code === 'EADDRINUSE' ? 'PORT_IN_USE' : 'OPTION_INVALID',
      message:
        code === 'EADDRINUSE'
          ? `Port ${port} on ${HOST} is in use.`
          : `Nobody can listen on port ${port} (${code ?? 'unknown error'}).`,
      remediation: 'Choose another port, 0 for a free one, or leave --port out.',
      cause: error,
    });
  }
}

function listen(http: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, HOST, () => {
      http.off('error', reject);
      resolve((http.address() as AddressInfo).port);
    });
  });
}
