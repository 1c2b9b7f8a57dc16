/**
 * What the service's errors, closes and refusals mean.
 *
 * A socket opens whatever the credential is: a bad one is told by an `error` event and a close in the same instant. The
 * close's reason is `error.type`, and `.error.code` after it where there is one.
 */
import { detailOf } from '../wire/detail.ts';
import { numberAt, objectAt, objectIn, objectsAt, stringAt } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';
import { retryAfterMsOf } from '../retry-hints.ts';
import type { Failure, FailureKind } from '../../../machines/failure.ts';
import type { SocketEnd } from '../../ports/socket.ts';

/** Errors that end a session, by the service's `error.code`. */
const KINDS: ReadonlyMap<string, FailureKind> = new Map([
  ['invalid_api_key', 'auth'],
  ['account_deactivated', 'auth'],
  ['inference_not_authorized_error', 'auth'],
  ['insufficient_quota', 'quota'],
  ['billing_hard_limit_reached', 'quota'],
  ['session_expired', 'planned'],
  ['invalid_model', 'config'],
  ['missing_model', 'config'],
  ['model_not_found', 'config'],
  ['beta_api_shape_disabled', 'config'],
]);

const RATE_LIMITS: ReadonlySet<string> = new Set([
  'rate_limit_exceeded',
  'inference_rate_limit_exceeded', // Azure's
]);

/** Without any credential the error has no code. Other sentences that speak of authentication may be a tool's. */
const MISSING_CREDENTIAL = /^Missing bearer or basic authentication\b/;

/** Limits are those of a minute: by then what nobody hinted at is over. */
const LIMIT_RESETS_MS = 60_000;

/** "Retry your request after a brief wait": OpenAI, "Error codes", 500. */
const SERVER_ERROR_WAIT_MS = 1_000;

/** The same would be refused again: not understood, too long, against the rules. */
const CONFIG_CLOSES: readonly number[] = [1_003, 1_007, 1_008, 1_009, 1_010, 4_000, 4_004];

/** An `error` event: most leave the session as it is. @param error the event's `error`. */
export function failureOfError(error: unknown, secrets: readonly string[]): Failure {
  const named = stringAt(error, 'code');
  const type = stringAt(error, 'type');
  const message = stringAt(error, 'message') ?? '';
  const code = detailOf(named ?? type ?? 'error', secrets);
  const detail = detailOf(message, secrets);
  const kind = KINDS.get(named ?? '');
  if (kind !== undefined) return { kind, code, detail };
  if (named === null && MISSING_CREDENTIAL.test(message)) return { kind: 'auth', code, detail };
  if (type === 'server_error') return { kind: 'transient', code, detail };

  return { kind: 'perRequest', code, detail, ...hintOf(named, message) };
}

/**
 * A reply that failed. The session stands, so a rate limit is no reason to dial: it is the request that has to wait.
 * @param resetMs when the service last said that its tokens are full again.
 */
export function failureOfReply(
  error: unknown,
  resetMs: number | null,
  secrets: readonly string[],
): Failure {
  const code = stringAt(error, 'code');
  const message = stringAt(error, 'message') ?? '';
  const known = KINDS.get(code ?? '');
  const failure = {
    kind: known === 'quota' || known === 'auth' ? known : 'perRequest',
    code: detailOf(code ?? stringAt(error, 'type') ?? 'response failed', secrets),
    detail: detailOf(message, secrets),
  } as const;
  const hint = hintOf(code, message, resetMs);
  if (hint.retryAfterMs !== undefined) return { ...failure, ...hint };
  return code === 'server_error' || stringAt(error, 'type') === 'server_error'
    ? { ...failure, retryAfterMs: SERVER_ERROR_WAIT_MS }
    : failure;
}

/**
 * When the service's tokens are full again; null while there are some. The only limit that it names in practice is that of
 * tokens a minute.
 * @param event a `rate_limits.updated`.
 * @param beforeMs what holds where it says nothing of tokens.
 */
export function tokensResetMsOf(event: JsonObject, beforeMs: number | null): number | null {
  let resetMs = beforeMs;
  for (const limit of objectsAt(event, 'rate_limits')) {
    const resetS = numberAt(limit, 'reset_seconds');
    if (resetS === null || stringAt(limit, 'name') === 'requests') continue;
    const isEmpty = (numberAt(limit, 'remaining') ?? 1) <= 0;
    resetMs = isEmpty ? Math.max(0, Math.round(resetS * 1_000)) : null;
  }
  return resetMs;
}

export function classifyRealtimeEnd(end: SocketEnd, secrets: readonly string[]): Failure {
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
  const code = end.errorCode ?? String(end.code);
  return { kind: kindOfClose(end), code, detail: end.reason || 'closed without a reason' };
}

function kindOfClose({ code, reason }: SocketEnd): FailureKind {
  const named = KINDS.get(reason.split('.')[1] ?? '');
  if (named !== undefined) return named;
  if (code === 1_001) return 'planned';
  if (code === 3_000) return 'auth';
  return CONFIG_CLOSES.includes(code) ? 'config' : 'transient';
}

function refusal(status: number, end: SocketEnd): Failure {
  const error = objectAt(objectIn(end.body ?? ''), 'error');
  const said = stringAt(error, 'code') ?? '';
  const code = `http ${status}`;
  const detail = [said, stringAt(error, 'message') ?? end.reason].filter(Boolean).join(': ');
  const named = KINDS.get(said);
  if (named !== undefined) return { kind: named, code, detail };
  switch (status) {
    case 401:
    case 403:
      return { kind: 'auth', code, detail };
    case 402:
      return { kind: 'quota', code, detail };
    case 429: {
      const { headers, body, reason: text } = end;
      const retryAfterMs = retryAfterMsOf({ headers, body, text });
      return {
        kind: 'rateLimited',
        code,
        detail,
        ...(retryAfterMs === null ? {} : { retryAfterMs }),
      };
    }
    case 408:
    case 409:
      return { kind: 'transient', code, detail };
    default:
      return { kind: status >= 400 && status < 500 ? 'config' : 'transient', code, detail };
  }
}

/** Of a rate limit, when to come back; of anything else nothing. */
function hintOf(
  code: string | null,
  message: string,
  resetMs: number | null = null,
): { readonly retryAfterMs?: number } {
  if (!RATE_LIMITS.has(code ?? '')) return {};
  return { retryAfterMs: retryAfterMsOf({ text: message }) ?? resetMs ?? LIMIT_RESETS_MS };
}
