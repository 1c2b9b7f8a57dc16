/** Which upgrades are ours, before anything is kept of them. */
import type { IncomingHttpHeaders } from 'node:http';

import { invalid } from '../../ports/option-errors.ts';
import { GATEWAY_PATH } from '../../protocol/address.ts';
import { SUBPROTOCOL } from '../../protocol/subprotocol.ts';

/** Parts of names that members of a query have where they carry a credential. */
const CREDENTIAL_NAME = /key|token|secret|auth|sig|pass|credential|jwt|bearer/i;
/** Longer than any host's name with its scheme and port. */
const MAX_ORIGIN_CHARS = 270;
/** An address that is longer has nothing to ask here. */
const MAX_URL_CHARS = 2_048;

export interface Asked {
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** The status line of a refusal; null where there is none. */
export function refusalOfUpgrade(
  { url = '/', headers }: Asked,
  origins: ReadonlySet<string>,
): string | null {
  if (url.length > MAX_URL_CHARS) return '414 URI Too Long';
  if (hasCredential(url)) return '400 Bad Request';
  if (pathOf(url) !== GATEWAY_PATH) return '404 Not Found';
  if (!isOriginAllowed(headers.origin, origins)) return '403 Forbidden';
  const offered = headers['sec-websocket-protocol'] ?? '';
  const isOurs = offered.split(',').some((name) => name.trim() === SUBPROTOCOL);
  return isOurs ? null : '400 Bad Request';
}

/** For whoever looks at it: programs and proxies; a browser's script sees nothing of it. */
const WORDS: Readonly<Record<string, string>> = {
  '400': `subprotocol ${SUBPROTOCOL} is spoken here, and no credential belongs in an address`,
  '403': 'this origin is not among the origins of the gateway',
  '404': `sockets are at ${GATEWAY_PATH}`,
  '503': 'too many sockets have not said who they are: come again',
};

/** The whole answer. @param status its status line. */
export function refusedUpgrade(status: string): string {
  const words = WORDS[status.slice(0, 3)];
  const body = words === undefined ? '' : `${words}\n`;
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8`;
  return `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

export function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? '';
}

/** A credential in an address stands in every log on the way: refused, so that it is noticed. */
export function hasCredential(url: string): boolean {
  const query = url.split('?').slice(1).join('&');
  if (query === '') return false;
  return [...new URLSearchParams(query).keys()].some((name) => CREDENTIAL_NAME.test(name));
}

/**
 * Browsers name the page that a socket is opened for, and no page can change that (RFC 6455, section 10.2). What sends
 * none is no browser: it has nobody's cookies, and a bearer of its own or nothing.
 */
function isOriginAllowed(origin: string | undefined, allowed: ReadonlySet<string>): boolean {
  return origin === undefined || allowed.has(origin);
}

/** Fit for a log: null for what is no origin. */
export function originIn({ origin = '' }: IncomingHttpHeaders): string | null {
  return origin.length <= MAX_ORIGIN_CHARS && URL.canParse(origin) ? new URL(origin).origin : null;
}

/**
 * The origins as browsers send them: one that is written otherwise would never match, in silence.
 *
 * @throws TenutoError OPTION_INVALID
 */
export function originsOf(given: readonly string[] = []): ReadonlySet<string> {
  for (const origin of given) {
    const isExact = URL.canParse(origin) && new URL(origin).origin === origin && origin !== 'null';
    if (isExact) continue;
    throw invalid(
      `origins has "${origin}".`,
      'Give each as its browser sends it: scheme, host in lower case, and the port where it is not the usual one.',
    );
  }
  return new Set(given);
}
