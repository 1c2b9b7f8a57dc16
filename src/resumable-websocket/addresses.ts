/** What a WebSocket's constructor and `close` take, by the WHATWG WebSockets Standard (sections 3.1 and 3.2). */
import { domException } from './platform-events.ts';

const NORMAL_CLOSURE = 1_000;
/** For applications and libraries: RFC 6455, section 7.4.2. */
const FIRST_OF_OURS = 3_000;
const LAST_OF_OURS = 4_999;
/** A close frame has 125 bytes, two of which are the code: RFC 6455, section 5.5. */
const MAX_REASON_BYTES = 123;
const MAX_UNSIGNED_SHORT = 65_535;

/** A token of HTTP, as a subprotocol is one (RFC 6455, section 4.1; RFC 9110, section 5.6.2). */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

const encoder = new TextEncoder();

/** @throws DOMException SyntaxError */
export function socketUrl(given: string | URL): URL {
  const { location } = globalThis as { location?: { href?: string } };
  const text = String(given);
  if (!URL.canParse(text, location?.href)) throw syntaxError('The address is no URL.');
  const url = new URL(text, location?.href);
  if (url.protocol === 'http:') url.protocol = 'ws:';
  if (url.protocol === 'https:') url.protocol = 'wss:';
  if (url.protocol !== 'ws:' && url.protocol !== 'wss:') {
    throw syntaxError(`The address begins with ${url.protocol} and not with ws: or wss:.`);
  }
  if (url.href.includes('#')) throw syntaxError('The address has a fragment.');
  return url;
}

/** @throws DOMException SyntaxError */
export function subprotocols(given: string | Iterable<string> | null | undefined): string[] {
  const list = typeof given === 'string' ? [given] : Array.from(given ?? [], String);
  for (const protocol of list) {
    if (!TOKEN.test(protocol)) throw syntaxError('A subprotocol is no token of HTTP.');
  }
  if (new Set(list.map((protocol) => protocol.toLowerCase())).size < list.length) {
    throw syntaxError('A subprotocol is given twice.');
  }
  return list;
}

export interface Farewell {
  /** Null: a close frame without a code. */
  readonly code: number | null;
  readonly reason: string;
}

/** @throws DOMException InvalidAccessError for another code than 1000 and 3000 to 4999, SyntaxError for a reason over 123 bytes. */
export function farewell(code: unknown, reason: string | undefined): Farewell {
  const given = code === undefined ? null : clamped(code);
  if (given !== null && given !== NORMAL_CLOSURE && !isOurs(given)) {
    throw domException(
      `The close code is ${given}, and neither 1000 nor 3000 to 4999.`,
      'InvalidAccessError',
    );
  }
  const why = reason ?? '';
  if (encoder.encode(why).length > MAX_REASON_BYTES) {
    throw syntaxError(`The reason has more than ${MAX_REASON_BYTES} bytes.`);
  }
  return { code: given === null && why !== '' ? NORMAL_CLOSURE : given, reason: why };
}

function isOurs(code: number): boolean {
  return code >= FIRST_OF_OURS && code <= LAST_OF_OURS;
}

/** `[Clamp] unsigned short` of Web IDL: to the nearest, of two the even one. */
function clamped(code: unknown): number {
  const number = Math.min(Math.max(Number(code), 0), MAX_UNSIGNED_SHORT);
  if (Number.isNaN(number)) return 0;
  const floor = Math.floor(number);
  const isHalf = number - floor === 0.5;
  return isHalf ? floor + (floor % 2) : Math.round(number);
}

function syntaxError(message: string): DOMException {
  return domException(message, 'SyntaxError');
}
