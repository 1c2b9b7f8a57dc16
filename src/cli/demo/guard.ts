/** Whom the demonstration answers: its own page in a browser on this machine, and no page of anybody else's. */
import type { IncomingMessage } from 'node:http';
import { randomBytes, timingSafeEqual } from 'node:crypto';

const TOKEN_HEADER = 'x-tenuto-demo';

const NAMES = ['127.0.0.1', 'localhost'];
const TOKEN_BYTES = 18;

export class Guard {
  /** Stands in the page; who cannot read the page does not know it. */
  readonly token: string = randomBytes(TOKEN_BYTES).toString('base64url');
  readonly #hosts: ReadonlySet<string>;
  /** By which names the page can be opened. */
  readonly origins: readonly string[];

  constructor(port: number) {
    this.#hosts = new Set(NAMES.map((name) => `${name}:${port}`));
    this.origins = [...this.#hosts].map((host) => `http://${host}`);
  }

  /** A name that somebody else has pointed at this machine is refused: its page would count as ours. */
  isForUs({ headers }: IncomingMessage): boolean {
    return this.#hosts.has(headers.host ?? '');
  }

  /** Of sockets and of what changes something: browsers name the page that asks. */
  isFromOurPage(request: IncomingMessage): boolean {
    const { origin, host } = request.headers;
    return this.isForUs(request) && origin === `http://${host ?? ''}`;
  }

  /** Of what is only read browsers name no page; but they say whose it is. Who is no browser says nothing. */
  isReadByOurPage(request: IncomingMessage): boolean {
    const { origin, 'sec-fetch-site': site = 'same-origin' } = request.headers;
    const isOurs = origin === undefined || this.isFromOurPage(request);
    return isOurs && this.isForUs(request) && site === 'same-origin';
  }

  mayBreak(request: IncomingMessage): boolean {
    const given = request.headers[TOKEN_HEADER];
    return this.isFromOurPage(request) && typeof given === 'string' && isSame(given, this.token);
  }
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
