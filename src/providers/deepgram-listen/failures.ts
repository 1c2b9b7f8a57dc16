/**
 * What Deepgram's closes and refusals mean.
 *
 * The service documents `DATA-0000` and `NET-0001`, but the reason on the wire is prose with a link such as
 * `dpgr.am/net0001`: both are read.
 */
import { detailOf } from '../wire/detail.ts';
import type { Failure, FailureKind } from '../../../machines/failure.ts';
import type { SocketEnd } from '../../ports/socket.ts';
import { retryAfterMsOf } from '../retry-hints.ts';

const DOCUMENTED_CODE = /(NET|DATA)-?(\d{4})/i;

/** The same bytes would be refused again: not audio (1003, 1008), too long (1009). */
const CONFIG_CODES: readonly number[] = [1_003, 1_008, 1_009];

/** @param secrets credentials that must not appear in the detail, should the service echo them. */
export function classifyListenEnd(end: SocketEnd, secrets: readonly string[] = []): Failure {
  const failure = classify(end);
  return { ...failure, detail: detailOf(failure.detail, secrets) };
}

function classify(end: SocketEnd): Failure {
  if (end.status !== undefined) return refusal(end.status, end);
  if (end.errorCode === 'HEADERS_UNSUPPORTED') {
    return { kind: 'config', code: end.errorCode, detail: end.reason };
  }
  if (end.kind === 'refused') {
    const detail = end.reason || 'the dial failed';
    return { kind: 'transient', code: end.errorCode ?? 'refused', detail };
  }

  const documented = DOCUMENTED_CODE.exec(end.reason);
  const code = documented
    ? `${end.code} ${(documented[1] ?? '').toUpperCase()}-${documented[2] ?? ''}`
    : (end.errorCode ?? String(end.code));
  const kind: FailureKind = CONFIG_CODES.includes(end.code) ? 'config' : 'transient';

  return { kind, code, detail: end.reason || 'closed without a reason' };
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
    case 429: {
      // Concurrency rather than rate: a stream that ends makes room. Only a hint makes it a wait of its own.
      const retryAfterMs = retryAfterMsOf({
        headers: end.headers,
        body: end.body,
        text: end.reason,
      });
      if (retryAfterMs === null) return { kind: 'transient', code, detail };
      return { kind: 'rateLimited', code, detail, retryAfterMs };
    }
    case 408:
      return { kind: 'transient', code, detail };
    default:
      return { kind: status >= 400 && status < 500 ? 'config' : 'transient', code, detail };
  }
}

function saidBy(end: SocketEnd): string {
  const fromHeader = end.headers?.['dg-error'];
  try {
    const body: unknown = JSON.parse(end.body ?? '');
    if (typeof body === 'object' && body !== null) {
      const { err_code: errCode, err_msg: errMsg } = body as Record<string, unknown>;
      const parts = [errCode, errMsg].filter((part) => typeof part === 'string');
      if (parts.length > 0) return parts.join(': ');
    }
  } catch {
    // The body is not JSON: the header or the status speaks for itself.
  }
  return fromHeader ?? end.reason;
}
