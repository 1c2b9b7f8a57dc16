/**
 * A gateway that is watched: `tenuto serve --inspect` tells what happens, to whoever has its token. A `ResumableWebSocket` holds
 * the way there: its chart decides when a lost one is dialled again, and asks a silent one whether it is still there.
 */
import { FEED_VERSION } from './viewers.ts';
import { isInspectionEvent } from '../../observability/wire.ts';
import type { StatelyInspectionEvent } from '../../observability/wire.ts';
import type { Clock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import { isLoopback } from '../../ports/loopback.ts';
import { invalid } from '../../ports/option-errors.ts';
import { ResumableWebSocket } from '../../resumable-websocket/websocket.node.ts';

export interface AttachOptions {
  readonly url: string;
  readonly token: string;
  /** The token may go to other machines in the clear. */
  readonly insecure: boolean;
  readonly clock: Clock;
  /** @param chars how long it is as text. */
  readonly onEvent: (event: StatelyInspectionEvent, chars: number) => void;
  /** The gateway is lost and dialled again, or is there again. */
  readonly onLink: (isUp: boolean) => void;
  /** It is lost, and nobody is dialled any more: it would be for nothing. */
  readonly onEnd: (error: TenutoError) => void;
  /** It left out so many events: whoever watches was too slow. */
  readonly onDropped: (events: number) => void;
}

export interface Attached {
  close(): void;
}

export const INSPECT_PATH = '/inspect';
/** Whoever watches is one, and wants it soon. */
const SCHEDULE = {
  minReconnectionDelay: 250,
  reconnectionDelayGrowFactor: 2,
  maxReconnectionDelay: 2_000,
};
/** A dial, and then its first word. */
const ANSWER_WITHIN_MS = 10_000;
const CLOSE_WITHIN_MS = 1_000;
/** The same dial would be refused again. A gateway that is full (503) is not for ever. */
const FINAL = /^http (?:401|403|404)\b/;

/**
 * Resolves when the gateway has said who it is. From then on a lost link is dialled again.
 *
 * @throws TenutoError OPTION_INVALID, AUTH_REFUSED, CONNECTION_FAILED.
 */
export async function attach(options: AttachOptions): Promise<Attached> {
  const link = new Link(addressOf(options.url, options.insecure), options);
  await link.first;
  return link;
}

class Link implements Attached {
  /** Settles with the first that it comes to. */
  readonly first: Promise<void>;
  readonly #url: URL;
  readonly #options: AttachOptions;
  readonly #socket: ResumableWebSocket;
  #resolve: () => void = () => undefined;
  #reject: (error: TenutoError) => void = () => undefined;
  #hasBegun = false;
  #isUp = false;
  #isOver = false;
  #firstWord: unknown = null;

  constructor(url: URL, options: AttachOptions) {
    this.#url = url;
    this.#options = options;
    this.first = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#socket = new ResumableWebSocket(url, [], {
      ...SCHEDULE,
      mode: 'plain',
      headers: { authorization: `Bearer ${options.token}` },
      connectionTimeout: ANSWER_WITHIN_MS,
      closeTimeout: CLOSE_WITHIN_MS,
      shouldReconnect: ({ cause }) => this.#hasBegun && !FINAL.test(cause),
      clock: options.clock,
    });
    this.#socket.onopen = () => this.#awaitFirstWord();
    this.#socket.onmessage = ({ data }) => this.#take(String(data));
    this.#socket.onclose = ({ willReconnect, cause }) => {
      if (willReconnect) this.#lost();
      else this.#end(errorOf(this.#url, cause));
    };
  }

  close(): void {
    this.#isOver = true;
    this.#stopWaiting();
    this.#socket.close();
  }

  #take(text: string): void {
    const message = this.#isOver ? null : parsed(text);
    if (isInspectionEvent(message)) this.#options.onEvent(message, text.length);
    else if (message?.['type'] === 'tenuto.shown') this.#met(Number(message['version']));
    else if (message?.['type'] === 'tenuto.dropped') {
      this.#options.onDropped(Number(message['events']));
    }
  }

  #met(version: number): void {
    this.#stopWaiting();
    if (version > FEED_VERSION) this.#end(tooNew(this.#url));
    else if (!this.#isUp) {
      this.#hasBegun = true;
      this.#isUp = true;
      this.#options.onLink(true);
      this.#resolve();
    }
  }

  #lost(): void {
    this.#stopWaiting();
    if (this.#isOver || !this.#isUp) return;
    this.#isUp = false;
    this.#options.onLink(false);
  }

  #end(error: TenutoError): void {
    if (this.#isOver) return;
    this.#lost();
    this.close();
    if (this.#hasBegun) this.#options.onEnd(error);
    else this.#reject(error);
  }

  /** Whoever answers the dial and then says nothing is no gateway, or one whose way here is broken. */
  #awaitFirstWord(): void {
    this.#firstWord = this.#options.clock.setTimeout(() => {
      if (this.#hasBegun) this.#socket.reconnect();
      else this.#end(errorOf(this.#url, 'silence'));
    }, ANSWER_WITHIN_MS);
  }

  #stopWaiting(): void {
    this.#options.clock.clearTimeout(this.#firstWord);
  }
}

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** A token does not belong in an address, and nowhere in the clear. */
function addressOf(text: string, isInsecure: boolean): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['ws:', 'wss:', 'http:', 'https:'].includes(url.protocol)) {
    throw invalid(
      'This is no address of a gateway.',
      'Give the one that `tenuto serve --inspect` prints.',
    );
  }
  if (url.username + url.password + url.search + url.hash !== '') {
    throw invalid(
      'The address has a name, a password, a query or a fragment in it.',
      'Give scheme, host and port; the token goes into --token or TENUTO_INSPECT_TOKEN.',
    );
  }
  url.protocol = url.protocol.replace('http', 'ws');
  if (url.pathname === '/') url.pathname = INSPECT_PATH;
  if (url.protocol === 'ws:' && !isInsecure && !isLoopback(url.hostname)) {
    throw invalid(
      `${url.host} is another machine: everybody on the way could take the token.`,
      'Give a wss: address, lead its port here by ssh -L, or give --insecure for a network of your own.',
    );
  }
  return url;
}

/** @param cause as a close event tells it: `http 401 Unauthorized`, `ECONNREFUSED connect …`. */
function errorOf(url: URL, cause: string): TenutoError {
  const [code = '', status = ''] = cause.split(' ');
  if (cause.startsWith('http 401')) {
    return new TenutoError({
      code: 'AUTH_REFUSED',
      message: `The gateway at ${url.host} does not know this token.`,
      remediation:
        'Give the one that `tenuto serve --inspect` printed, by --token or TENUTO_INSPECT_TOKEN: each start makes a new one.',
    });
  }
  if (cause.startsWith('http 503')) {
    return new TenutoError({
      code: 'CONNECTION_FAILED',
      message: `The gateway at ${url.host} is watched by as many as it lets in.`,
      remediation: 'End another `tenuto inspect`.',
      retryable: true,
    });
  }
  const isRefused = code === 'http';
  return new TenutoError({
    code: 'CONNECTION_FAILED',
    message: isRefused
      ? `Nobody is to be watched at ${url.host} (HTTP ${status}).`
      : `${url.host} cannot be reached (${code}).`,
    remediation: 'Start the gateway with --inspect, and give the address that it prints for it.',
    retryable: !isRefused,
  });
}

function tooNew(url: URL): TenutoError {
  return new TenutoError({
    code: 'CONNECTION_FAILED',
    message: `The gateway at ${url.host} is newer than this tenuto, and tells things otherwise.`,
    remediation: 'Update the tenuto that you watch with.',
  });
}
