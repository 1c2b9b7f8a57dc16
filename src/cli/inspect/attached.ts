/** A gateway that is watched: `tenuto serve --inspect` tells what happens, to whoever has its token. */
import { WebSocket } from 'ws';
import type { RawData } from 'ws';

import { FEED_VERSION } from './viewers.ts';
import { isInspectionEvent } from '../../observability/wire.ts';
import type { StatelyInspectionEvent } from '../../observability/wire.ts';
import type { Clock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import { isLoopback } from '../../ports/loopback.ts';
import { invalid } from '../../ports/option-errors.ts';

export interface AttachOptions {
  readonly url: string;
  readonly token: string;
  /** The token may go to other machines in the clear. */
  readonly insecure: boolean;
  readonly clock: Clock;
  readonly onEvent: (event: StatelyInspectionEvent) => void;
  /** The gateway is lost and dialled again, or is there again. */
  readonly onLink: (isUp: boolean) => void;
  /** It left out so many events: whoever watches was too slow. */
  readonly onDropped: (events: number) => void;
}

export interface Attached {
  close(): void;
}

export const INSPECT_PATH = '/inspect';
const AGAIN_AFTER_MS = 1_000;
const HANDSHAKE_MS = 10_000;
const MAX_MESSAGE_BYTES = 4 * 1_024 * 1_024;

/**
 * Resolves when the gateway has said who it is. From then on a lost link is dialled again, once a second.
 *
 * @throws TenutoError OPTION_INVALID, AUTH_REFUSED, CONNECTION_FAILED.
 */
export async function attach(options: AttachOptions): Promise<Attached> {
  const url = addressOf(options.url, options.insecure);
  const { clock, onLink } = options;
  let socket = await connected(url, options);
  let timer: unknown = null;
  let isClosed = false;
  const again = (): void => {
    timer = clock.setTimeout(() => {
      connected(url, options).then(watch, (error: unknown) => {
        if (!isClosed && !isFinal(error)) again();
      });
    }, AGAIN_AFTER_MS);
  };
  const watch = (next: WebSocket): void => {
    socket = next;
    if (isClosed) {
      socket.terminate();
      return;
    }
    onLink(true);
    socket.on('close', () => {
      if (isClosed) return;
      onLink(false);
      again();
    });
  };
  watch(socket);
  return {
    close: () => {
      isClosed = true;
      clock.clearTimeout(timer);
      socket.terminate();
    },
  };
}

function isFinal(error: unknown): boolean {
  return TenutoError.is(error) && !error.retryable;
}

function connected(url: URL, options: AttachOptions): Promise<WebSocket> {
  const socket = new WebSocket(url, {
    headers: { authorization: `Bearer ${options.token}` },
    handshakeTimeout: HANDSHAKE_MS,
    maxPayload: MAX_MESSAGE_BYTES,
    followRedirects: false,
  });
  return new Promise((resolve, reject) => {
    const fail = (error: TenutoError): void => {
      socket.on('error', () => undefined);
      socket.terminate();
      reject(error);
    };
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      fail(refusalOf(url, response.statusCode ?? 0));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => fail(unreached(url, error)));
    socket.once('close', () => fail(unreached(url, new Error('it closed at once'))));
    socket.on('message', (data: RawData) => {
      const message = parsed(data);
      if (isInspectionEvent(message)) options.onEvent(message);
      else if (message?.['type'] === 'tenuto.dropped') options.onDropped(Number(message['events']));
      else if (message?.['type'] === 'tenuto.shown') {
        if (Number(message['version']) > FEED_VERSION) fail(tooNew(url));
        else resolve(socket);
      }
    });
  });
}

function parsed(data: RawData): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(data as Buffer).toString());
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

function refusalOf(url: URL, status: number): TenutoError {
  if (status === 401) {
    return new TenutoError({
      code: 'AUTH_REFUSED',
      message: `The gateway at ${url.host} does not know this token.`,
      remediation:
        'Give the one that `tenuto serve --inspect` printed, by --token or TENUTO_INSPECT_TOKEN.',
    });
  }
  return new TenutoError({
    code: 'CONNECTION_FAILED',
    message: `Nobody is to be watched at ${url.host} (HTTP ${status}).`,
    remediation: 'Start the gateway with --inspect, and give the address that it prints for it.',
  });
}

function unreached(url: URL, error: NodeJS.ErrnoException): TenutoError {
  return new TenutoError({
    code: 'CONNECTION_FAILED',
    message: `${url.host} cannot be reached (${error.code ?? error.message}).`,
    remediation: 'Start the gateway with --inspect, and give the address that it prints for it.',
    retryable: true,
    cause: error,
  });
}

function tooNew(url: URL): TenutoError {
  return new TenutoError({
    code: 'CONNECTION_FAILED',
    message: `The gateway at ${url.host} is newer than this tenuto, and tells things otherwise.`,
    remediation: 'Update the tenuto that you watch with.',
  });
}
