/**
 * What the refusals of an OpenAI-compatible service and of whisper.cpp's server mean.
 *
 * OpenAI says `{"error":{"message","type","param","code"}}`, whisper.cpp `{"error":"…"}` or `{"status":"loading model"}`.
 */
import { detailOf } from '../wire/detail.ts';
import { objectAt, objectIn, stringAt } from '../wire/json.ts';
import type { Failure, FailureKind } from '../../../machines/failure.ts';
import type { SocketEnd } from '../../ports/socket.ts';
import { retryAfterMsOf } from '../retry-hints.ts';

/** Only a person can raise these. */
const QUOTA_CODES: readonly string[] = [
  'insufficient_quota',
  'billing_hard_limit_reached',
  'billing_not_active',
];

/** Ours: what was missing before anything was sent. */
const CONFIG_ERROR_CODES: readonly string[] = ['HTTP_UNSUPPORTED', 'PACKAGE_MISSING', 'VAD_FAILED'];

/** The clip is wrong and the next one may not be: unreadable, too long, of a kind it does not know. */
const CLIP_STATUSES: readonly number[] = [400, 413, 415, 422];

export function classifyWhisperEnd(end: SocketEnd, secrets: readonly string[] = []): Failure {
  const failure = classify(end, secrets);
  // Before a socket stands there is no clip that could be at fault.
  const kind = failure.kind === 'perRequest' && end.kind === 'refused' ? 'config' : failure.kind;
  return { ...failure, kind, detail: detailOf(failure.detail, secrets) };
}

function classify(end: SocketEnd, secrets: readonly string[]): Failure {
  const { status, errorCode } = end;
  if (status !== undefined) return refusalOf(status, end, secrets);
  if (errorCode !== undefined && CONFIG_ERROR_CODES.includes(errorCode)) {
    return { kind: 'config', code: errorCode, detail: end.reason };
  }
  const code = errorCode ?? (end.kind === 'refused' ? 'refused' : String(end.code));
  return { kind: 'transient', code, detail: end.reason || 'no answer' };
}

function refusalOf(status: number, end: SocketEnd, secrets: readonly string[]): Failure {
  const error = objectAt(objectIn(end.body ?? ''), 'error');
  const said = stringAt(error, 'code') ?? stringAt(error, 'type');
  const name = said === null ? '' : ` ${detailOf(said, secrets).slice(0, 60)}`;
  const code = `http ${status}${name}`;
  const kind = kindOf(status, end);
  const failure = { kind, code, detail: detailIn(end) };
  if (kind !== 'rateLimited') return failure;

  const { headers, body, reason } = end;
  const retryAfterMs = retryAfterMsOf({ headers, body, text: reason }) ?? resetMsOf(headers);
  return retryAfterMs === null ? failure : { ...failure, retryAfterMs };
}

function kindOf(status: number, { body = '' }: SocketEnd): FailureKind {
  const error = objectAt(objectIn(body), 'error');
  const names = [stringAt(error, 'code'), stringAt(error, 'type')];
  const isQuota = names.some((name) => name !== null && QUOTA_CODES.includes(name));
  if (isQuota || status === 402) return 'quota';
  if (status === 401 || status === 403) return 'auth';
  if (status === 429) return 'rateLimited';
  if (status < 300 || status >= 500 || status === 408 || status === 409) return 'transient';
  if (!CLIP_STATUSES.includes(status)) return 'config';
  // A parameter other than the file is as wrong for the next clip.
  const param = stringAt(error, 'param');
  const isOurs = (param !== null && param !== 'file') || names.includes('model_not_found');
  return isOurs ? 'config' : 'perRequest';
}

function detailIn({ body = '', reason }: SocketEnd): string {
  const answer = objectIn(body);
  const error = objectAt(answer, 'error');
  const said =
    stringAt(error, 'message') ?? stringAt(answer, 'error') ?? stringAt(answer, 'status');
  return said ?? (reason || body);
}

const RESET_UNITS_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const MAX_RESET_MS = 86_400_000;

/**
 * `x-ratelimit-reset-requests` and `-tokens` say "6m0s", "1s", "20ms": how long until that limit is as if unused
 * (platform.openai.com, "Rate limits", headers). The one that nothing remains of counts; where neither says so, the longer.
 */
function resetMsOf(headers: SocketEnd['headers'] = {}): number | null {
  const limits = ['requests', 'tokens'].map((what) => ({
    isUsedUp: headers[`x-ratelimit-remaining-${what}`]?.trim() === '0',
    resetMs: durationMsOf(headers[`x-ratelimit-reset-${what}`]),
  }));
  const told = limits.filter(({ resetMs }) => resetMs !== null);
  const usedUp = told.filter(({ isUsedUp }) => isUsedUp);
  const counting = usedUp.length > 0 ? usedUp : told;
  if (counting.length === 0) return null;

  return Math.min(MAX_RESET_MS, Math.max(...counting.map(({ resetMs }) => resetMs ?? 0)));
}

function durationMsOf(text: string | undefined): number | null {
  if (text === undefined || !/^\s*(\d{1,9}(\.\d{1,9})?(ms|s|m|h))+\s*$/.test(text)) return null;
  let totalMs = 0;
  for (const [, amount = '', unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) {
    totalMs += Number(amount) * (RESET_UNITS_MS[unit] ?? 0);
  }
  return Math.round(totalMs);
}
