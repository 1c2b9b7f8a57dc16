/** What Deepgram's services have in common: how they are dialled, and how they refuse and close. */
import { detailOf } from './detail.ts';
import { objectIn, stringAt } from './json.ts';
import type { Failure } from '../../../machines/failure.ts';
import type { DialRequest, SocketEnd } from '../../ports/socket.ts';
import { retryAfterMsOf } from '../retry-hints.ts';

export interface DeepgramDialling {
  /** `token` for API keys, `bearer` for temporary tokens. */
  readonly scheme: 'token' | 'bearer';
  /** Browsers cannot send headers on a WebSocket: there the credential travels as a subprotocol. */
  readonly authVia: 'header' | 'subprotocol';
  readonly timeoutMs: number;
}

export type QueryValue = string | number | boolean | undefined;

/** @param query in order; a list is a name that is repeated, and what is undefined is left out. */
export function deepgramDial(
  address: string,
  query: Readonly<Record<string, QueryValue | readonly string[]>>,
  credential: string,
  { scheme, authVia, timeoutMs }: DeepgramDialling,
): DialRequest {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const values = typeof value === 'object' ? value : [value];
    for (const each of values) if (each !== undefined) parameters.append(name, String(each));
  }
  // A space as %20 is read alike by every server; as + it is not.
  const url = `${address}?${parameters.toString().replaceAll('+', '%20')}`;
  if (authVia === 'subprotocol') return { url, timeoutMs, protocols: [scheme, credential] };

  const word = scheme === 'token' ? 'Token' : 'Bearer';
  return { url, timeoutMs, headers: { authorization: `${word} ${credential}` } };
}

/** `NET-0001` as documented, or `dpgr.am/net0001` as it stands in the prose of a close. */
const DOCUMENTED_CODE = /(NET|DATA|BIG|MESSAGE)-?(\d{4})/i;

/** Such as `NET-0001`; null where the reason names none. */
function documentedCodeIn(reason: string): string | null {
  const [, family = '', number = ''] = DOCUMENTED_CODE.exec(reason) ?? [];
  return family === '' ? null : `${family.toUpperCase()}-${number}`;
}

/** No socket lives for longer than this: a time beyond it is none. */
const MAX_SECONDS = 10_000_000;

/** Seconds since the first sample of a socket, 0 to 10,000,000; null for what cannot be that. */
export function secondsIn(value: unknown): number | null {
  return typeof value === 'number' && value >= 0 && value <= MAX_SECONDS ? value : null;
}

/** What a code of the service's own means, where the close code says less. */
export type CodeMeanings = Readonly<Record<string, Pick<Failure, 'kind' | 'retryAfterMs'>>>;

/** The same frames would be refused again: not what it takes (1003, 1008), too long (1009). */
const CONFIG_CLOSES: readonly number[] = [1_003, 1_008, 1_009];

/**
 * @param byCode what the service's own documented codes mean, where that is not what the close code says.
 * @param secrets credentials that must not appear in the detail, should the service echo them.
 */
export function classifyDeepgramEnd(
  end: SocketEnd,
  secrets: readonly string[] = [],
  byCode: CodeMeanings = {},
): Failure {
  const failure = classify(end, byCode);
  return { ...failure, detail: detailOf(failure.detail, secrets) };
}

function classify(end: SocketEnd, byCode: CodeMeanings): Failure {
  if (end.status !== undefined) return refusal(end.status, end);
  if (end.errorCode === 'HEADERS_UNSUPPORTED' || end.errorCode === 'HTTP_UNSUPPORTED') {
    return { kind: 'config', code: end.errorCode, detail: end.reason };
  }
  if (end.kind === 'refused') {
    const detail = end.reason || 'the dial failed';
    return { kind: 'transient', code: end.errorCode ?? 'refused', detail };
  }

  const documented = documentedCodeIn(end.reason);
  const detail = end.reason || 'closed without a reason';
  const byClose = CONFIG_CLOSES.includes(end.code) ? 'config' : 'transient';
  if (documented === null) {
    return { kind: byClose, code: end.errorCode ?? String(end.code), detail };
  }
  const meaning = byCode[documented] ?? { kind: byClose };
  return { ...meaning, code: `${end.code} ${documented}`, detail };
}

function refusal(status: number, end: SocketEnd): Failure {
  const detail = saidBy(end);
  const code = `http ${status}`;
  switch (status) {
    case 401:
    case 403:
      return { kind: 'auth', code, detail };
    case 402:
      return { kind: 'quota', code, detail };
    case 408:
      return { kind: 'transient', code, detail };
    case 429: {
      // Concurrency rather than rate: a stream that ends makes room. Only a hint makes it a wait of its own.
      const { headers, body, reason: text } = end;
      const retryAfterMs = retryAfterMsOf({ headers, body, text });
      if (retryAfterMs === null) return { kind: 'transient', code, detail };
      return { kind: 'rateLimited', code, detail, retryAfterMs };
    }
    default:
      return { kind: status >= 400 && status < 500 ? 'config' : 'transient', code, detail };
  }
}

/** The body's code and message, else the header's, else the platform's words. */
function saidBy(end: SocketEnd): string {
  const body = objectIn(end.body ?? '');
  const parts = [stringAt(body, 'err_code'), stringAt(body, 'err_msg')].filter(
    (part) => part !== null,
  );
  return parts.length > 0 ? parts.join(': ') : (end.headers?.['dg-error'] ?? end.reason);
}
