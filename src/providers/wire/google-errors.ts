/**
 * Errors of Google's APIs over HTTP: `{error: {code, status, message, details}}`, in a list where the answer streams.
 *
 * Sources: google/rpc/code.proto and error_details.proto (googleapis), ai.google.dev "Troubleshooting guide".
 */
import { detailOf } from './detail.ts';
import { firstObjectIn, objectAt, objectsAt, stringAt } from './json.ts';
import type { JsonObject } from './json.ts';
import type { Failure } from '../../../machines/failure.ts';
import { retryAfterMsOf } from '../retry-hints.ts';

export interface GoogleAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** Said where the body says nothing. */
  readonly reason?: string | undefined;
}

/** A limit that only tomorrow lifts, whatever delay the answer names along with it. */
const PER_DAY = /per_?day/i;

/** What a refused key is called, in `details[].reason` or at the beginning of the message. */
const REFUSED_KEY =
  /^(API_KEY_|ACCESS_TOKEN_|API key |Method doesn't allow unregistered callers|Request had (invalid|insufficient) authentication)/i;

/** @param secrets what must not be repeated, should the service echo it. */
export function googleFailureOf(answer: GoogleAnswer, secrets: readonly string[] = []): Failure {
  const error = googleErrorIn(answer.body);
  const said = [stringAt(error, 'status'), stringAt(error, 'message')].filter(
    (part) => part !== null,
  );
  const detail = detailOf(said.join(': ') || (answer.reason ?? ''), secrets);
  const code = `http ${answer.status}`;
  const retryAfterMs = retryAfterMsOf({ headers: answer.headers, body: answer.body });
  const hint = retryAfterMs === null ? {} : { retryAfterMs };

  switch (answer.status) {
    case 400:
      return { kind: namesRefusedKey(error) ? 'auth' : 'config', code, detail };
    case 401:
    case 403:
      return { kind: 'auth', code, detail };
    case 402:
      return { kind: 'quota', code, detail };
    case 408:
    case 499: // CANCELLED, of google.rpc.Code
      return { kind: 'transient', code, detail };
    case 429:
      return isPerDay(error)
        ? { kind: 'quota', code, detail }
        : { kind: 'rateLimited', code, detail, ...hint };
    default: {
      const isOurs = answer.status >= 400 && answer.status < 500;
      return isOurs
        ? { kind: 'config', code, detail }
        : { kind: 'transient', code, detail, ...hint };
    }
  }
}

/** The error in a body, or in one message of a stream. Null where there is none. */
export function googleErrorIn(body: string | undefined): JsonObject | null {
  return objectAt(firstObjectIn(body ?? ''), 'error');
}

export function saysRefusedKey(text: string): boolean {
  return REFUSED_KEY.test(text);
}

function namesRefusedKey(error: JsonObject | null): boolean {
  const reasons = objectsAt(error, 'details').map((detail) => stringAt(detail, 'reason') ?? '');
  return [...reasons, stringAt(error, 'message') ?? ''].some(saysRefusedKey);
}

function isPerDay(error: JsonObject | null): boolean {
  return objectsAt(error, 'details')
    .flatMap((detail) => objectsAt(detail, 'violations'))
    .some((violation) =>
      ['quotaId', 'quotaMetric'].some((name) => PER_DAY.test(stringAt(violation, name) ?? '')),
    );
}
