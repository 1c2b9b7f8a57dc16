/** When a second socket is dialled beside a silent link, and when it is not: each may be paid for, and is sent the audio again. */
import { RATE_LIMIT_DEFAULT_MS } from './connection.loss.ts';
import {
  attemptsBefore,
  HEALTHY_AFTER_MS,
  isHealthyAt,
  mayPersist,
  outageAfter,
  PLANNED_END,
  silence,
} from './connection.rules.ts';
import type { ConnectionContext, HedgePause } from './connection.types.ts';
import { remedyFor } from './failure.ts';
import type { Failure } from './failure.ts';

/** After a second socket that took over, or was let go since the first was only slow; then twice as long, and so on. */
const FIRST_PAUSE_MS = 500;
/** A link that was not silent for so long is healthy: the next silence is met at once. */
const LONGEST_PAUSE_MS = HEALTHY_AFTER_MS;

/** A second socket is an attempt as well, once it takes over: one that opens and is silent is no success. */
export function mayHedge(context: ConnectionContext, atMs: number): boolean {
  const { policy, hedgeId, hedges, isHedgeRefused } = context;
  if (!hedges || isHedgeRefused || hedgeId !== null || policy.maxAttempts === 0) return false;
  if (isPaused(context, atMs)) return false;

  return attemptsBefore(context, { atMs }) < policy.maxAttempts || mayPersist(context, { atMs });
}

/** One that is to follow a link which ends has times of its own. */
function isPaused({ hedgePause, isLeaving }: ConnectionContext, atMs: number): boolean {
  return hedgePause !== null && !isLeaving && atMs - hedgePause.atMs < hedgePause.ms;
}

/** The second socket failed. Who refuses it for good says the same to the next one; who says when to come again is heeded. */
export function afterHedgeLoss({
  atMs,
  failure,
}: {
  readonly atMs: number;
  readonly failure: Failure;
}): Partial<ConnectionContext> {
  switch (remedyFor(failure)) {
    case 'giveUp':
    case 'refreshCredential': // that is for the link that follows
      return { isHedgeRefused: true };
    case 'waitForRateLimit':
      return { hedgePause: { atMs, ms: failure.retryAfterMs ?? RATE_LIMIT_DEFAULT_MS } };
    default:
      return {};
  }
}

/** The second socket takes over: what was silent is now an outage with a cause, and what was left in time a planned end. */
export function afterPromotion(
  context: ConnectionContext,
  atMs: number,
): Partial<ConnectionContext> {
  const { silentSinceMs } = context;
  const sinceMs = silentSinceMs ?? atMs;
  const cause = silentSinceMs === null ? PLANNED_END : silence(atMs - silentSinceMs);
  const wasHealthy = isHealthyAt(context, atMs);

  return {
    attempts: (wasHealthy ? 0 : context.attempts) + 1,
    socketId: context.hedgeId ?? context.socketId,
    hedgeId: null,
    hedgePause: silentSinceMs === null ? context.hedgePause : pauseAfter(context, atMs),
    dialReason: 'reconnect',
    silentSinceMs: null,
    unhealthySinceMs: wasHealthy ? sinceMs : (context.unhealthySinceMs ?? sinceMs),
    outage: outageAfter(context, sinceMs, cause),
  };
}

/** The silent link speaks again. One that is slow again and again is given more time, and no second socket each time. */
export function afterRecovery(
  context: ConnectionContext,
  atMs: number,
): Partial<ConnectionContext> {
  const { hedgeId, hedgePause } = context;
  const kept = hedgePause === null ? null : { ...hedgePause, atMs };
  return { silentSinceMs: null, hedgePause: hedgeId === null ? kept : pauseAfter(context, atMs) };
}

/** What a second socket that brought nothing lasting is followed by. */
function pauseAfter(context: ConnectionContext, atMs: number): HedgePause {
  const { hedgePause, silentSinceMs } = context;
  const wellMs = hedgePause === null ? Infinity : (silentSinceMs ?? atMs) - hedgePause.atMs;
  const ms =
    hedgePause === null || wellMs >= HEALTHY_AFTER_MS
      ? FIRST_PAUSE_MS
      : Math.min(LONGEST_PAUSE_MS, 2 * hedgePause.ms);
  return { atMs, ms };
}
