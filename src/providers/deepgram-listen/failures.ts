/**
 * What Deepgram's closes and refusals mean.
 *
 * The service documents `DATA-0000` and `NET-0001`, but the reason on the wire is prose with a link such as
 * `dpgr.am/net0001`: both are read.
 */
import type { Failure, FailureKind } from '../../../machines/failure.ts';
import type { SocketEnd } from '../../ports/socket.ts';

const DOCUMENTED_CODE = /(NET|DATA)-?(\d{4})/i;
const DETAIL_CHARS = 200;

export function classifyListenEnd(end: SocketEnd): Failure {
  if (end.status !== undefined) return refusal(end.status, end);
  if (end.errorCode === 'HEADERS_UNSUPPORTED') return failure('config', end.errorCode, end.reason);
  if (end.kind === 'refused') {
    return failure('transient', end.errorCode ?? 'refused', end.reason || 'the dial failed');
  }

  const documented = DOCUMENTED_CODE.exec(end.reason);
  const code = documented
    ? `${end.code} ${(documented[1] ?? '').toUpperCase()}-${documented[2] ?? ''}`
    : (end.errorCode ?? String(end.code));
  const kind: FailureKind = end.code === 1008 ? 'config' : 'transient';

  return failure(kind, code, end.reason || 'closed without a reason');
}

function refusal(status: number, end: SocketEnd): Failure {
  const detail = detailOf(end);
  const code = `http ${status}`;
  switch (status) {
    case 401:
    case 403:
      return failure('auth', code, detail);
    case 402:
      return failure('quota', code, detail);
    case 429: {
      // Concurrency rather than rate: a stream that ends makes room. Only a hint makes it a wait of its own.
      const retryAfterMs = retryAfterOf(end.headers?.['retry-after']);
      if (retryAfterMs === null) return failure('transient', code, detail);
      return { ...failure('rateLimited', code, detail), retryAfterMs };
    }
    case 408:
      return failure('transient', code, detail);
    default:
      return failure(status >= 400 && status < 500 ? 'config' : 'transient', code, detail);
  }
}

/** Seconds (RFC 9110, section 10.2.3). The date form is not used by this service, and would need a wall clock. */
function retryAfterOf(header: string | undefined): number | null {
  if (header === undefined || !/^\s*\d+(\.\d+)?\s*$/.test(header)) return null;
  return Number(header) * 1_000;
}

function detailOf(end: SocketEnd): string {
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

function failure(kind: FailureKind, code: string, detail: string): Failure {
  // eslint-disable-next-line no-control-regex -- a reason from the wire may hold anything
  return {
    kind,
    code,
    detail: detail.replace(/[\u0000-\u001f\u007f]/g, ' ').slice(0, DETAIL_CHARS),
  };
}
