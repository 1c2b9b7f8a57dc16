/** The demonstration on one port of this machine: its page, the two ways of each tab, and what breaks them. */
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

import { DEMO_FAULTS, DemoFaults } from './faults.ts';
import { Guard } from './guard.ts';
import { House } from './house.ts';
import { WAYS } from './lane.ts';
import { Lanes } from './lanes.ts';
import type { Tab } from './lanes.ts';
import { closeHere, listenHere, LOCAL_HOST } from '../local-page/listen.ts';
import { LocalPage, refuse } from '../local-page/pages.ts';
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

const USUAL_PORT = 8_770;
/** What the page has in it where the token belongs. */
const TOKEN_PLACE = '__DEMO_TOKEN__';
const BESIDE = {
  /** What hears the microphone, apart from the page. From dist/src/cli/demo/. */
  '/worklet.js': new URL('../../../worklet.js', import.meta.url),
  '/speech/minute.wav': new URL('../../../../test/fixtures/speech/minute.wav', import.meta.url),
};

/** @throws TenutoError PORT_IN_USE, PACKAGE_MISSING, RECOGNISER_UNAVAILABLE, INTERNAL. */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  const { clock, speedRatio } = options;
  const http = createServer();
  const port = await listenSomewhere(http, options.port);
  const guard = new Guard(port);
  let tell = (): void => undefined;
  try {
    const page = await LocalPage.read({
      name: 'demo',
      port,
      fill: (html) => html.replace(TOKEN_PLACE, guard.token),
      beside: BESIDE,
    });
    const house = await House.open({
      speedRatio,
      origins: guard.origins,
      clock,
    });
    const lanes = new Lanes({ clock, targets: house.targets });
    const faults = new DemoFaults({ house, clock, onChange: () => tell() });
    const newsFor = ({ name }: Tab): object => ({ faults: faults.runningFor(name) });
    tell = () => lanes.tell(newsFor);
    const doors = new Doors({ page, guard, lanes, faults, newsFor });
    http.on('request', (request, response) => doors.answer(request, response));
    http.on('upgrade', (request, stream, head) => {
      if (stream instanceof Socket) doors.upgrade(request, stream, head);
      else stream.destroy();
    });
    return {
      url: `http://${LOCAL_HOST}:${port}/`,
      port,
      house,
      async close() {
        faults.close();
        tell = () => undefined;
        await lanes.close();
        await Promise.all([closeHere(http), house.close()]);
      },
    };
  } catch (error) {
    http.close();
    throw error;
  }
}

interface DoorsOptions {
  readonly page: LocalPage;
  readonly guard: Guard;
  readonly lanes: Lanes;
  readonly faults: DemoFaults;
  readonly newsFor: (tab: Tab) => object;
}

class Doors {
  readonly #options: DoorsOptions;

  constructor(options: DoorsOptions) {
    this.#options = options;
  }

  answer(request: IncomingMessage, response: ServerResponse): void {
    const { guard, page } = this.#options;
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    const [, start, name = '', last] = path.split('/');
    if (!guard.isForUs(request)) refuse(response, 403, 'This page has another address.');
    else if (start === 'lanes' && last === 'faults') this.#breakIt(request, response, name);
    else if (start === 'lanes' && last === 'news') this.#tellNews(request, response, name);
    else page.answer(request, response);
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

  #tellNews(request: IncomingMessage, response: ServerResponse, name: string): void {
    const { guard, lanes, newsFor } = this.#options;
    if (request.method !== 'GET') {
      refuse(response, 405, 'News can be read only.');
      return;
    }
    if (!guard.isReadByOurPage(request)) {
      refuse(response, 403, 'Only the page itself may listen.');
      return;
    }
    const tab = lanes.of(name);
    if (tab === null) {
      refuse(response, 503, 'There are too many tabs.');
      return;
    }
    lanes.listen(tab, response);
    lanes.tell((one) => (one === tab ? newsFor(tab) : null));
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

/** Null: the usual port, and where that is taken any other. */
async function listenSomewhere(http: Server, port: number | null): Promise<number> {
  try {
    return await listenHere(http, port ?? USUAL_PORT);
  } catch (error) {
    if (port === null && TenutoError.is(error)) return listenHere(http, 0);
    throw error;
  }
}
