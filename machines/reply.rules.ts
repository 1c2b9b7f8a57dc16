/** When an answer may be asked for again: total functions, so that no guard or action can throw. */
import { LONGEST_TIMER_MS } from './backoff.ts';
import { RATE_LIMIT_DEFAULT_MS } from './connection.loss.ts';
import { remedyFor } from './failure.ts';
import type { Failure } from './failure.ts';
import type { ReplyEvent } from './reply.types.ts';

/** How long a refusal holds; null where the same request would be refused at any time. */
export function limitMsOf(failure: Failure): number | null {
  const isLimit = remedyFor(failure) === 'waitForRateLimit';
  const hintMs = failure.retryAfterMs ?? (isLimit ? RATE_LIMIT_DEFAULT_MS : null);
  return hintMs === null ? null : Math.min(hintMs, LONGEST_TIMER_MS);
}

/** Once more, and no second time. */
export function isWorthWaiting(event: ReplyEvent): boolean {
  return (
    event.type === 'reply.refused' && !event.wasAskedAgain && limitMsOf(event.failure) !== null
  );
}
