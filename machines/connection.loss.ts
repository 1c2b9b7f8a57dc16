/** What a loss leads to: total functions of context and event, so that no guard or action can throw. */
import { backoffDelayMs, pressDelayMs } from './backoff.ts';
import {
  attemptsBefore,
  isHealthyAt,
  mayPersist,
  outageAfter,
  PLANNED_END,
  silence,
} from './connection.rules.ts';
import type { LossMoment } from './connection.rules.ts';
import type { ConnectionContext, ConnectionEvent } from './connection.types.ts';
import { remedyFor } from './failure.ts';
import type { Failure } from './failure.ts';

/** The wait for a rate limit that came without a hint. */
export const RATE_LIMIT_DEFAULT_MS = 60_000;

/** Where a loss leads. */
export type Route =
  | 'error'
  | 'waitingForNetwork'
  | 'waitingForRateLimit'
  | 'backingOff'
  /** Dial at once: the end was announced, or a new credential is to be tried. */
  | 'dialing';

export interface Loss extends LossMoment {
  readonly failure: Failure;
  readonly unit: number;
  readonly holdMs?: number;
}

/** The loss that an event tells of, or null where it is none of the current link's. */
export function lossOf(context: ConnectionContext, event: ConnectionEvent): Loss | null {
  if (event.type === 'socket.lost') return event.id === context.socketId ? event : null;
  if (event.type === 'link.died') {
    const aliveAtMs = event.atMs - event.silentForMs;
    return { ...event, aliveAtMs, failure: silence(event.silentForMs) };
  }
  return event.type === 'session.rotate' ? { ...event, failure: PLANNED_END, unit: 0 } : null;
}

export function routeAfterLoss(context: ConnectionContext, loss: Loss): Route {
  const { policy } = context;
  const remedy = remedyFor(loss.failure);
  const attempts = attemptsBefore(context, loss);

  if (remedy === 'giveUp' || policy.maxAttempts === 0) return 'error';
  const isAgain = attempts > 0 && context.failure?.kind === loss.failure.kind;
  if (!context.hasBeenConnected && !policy.retryInitialConnect) {
    // Sent elsewhere, or away for a moment, is no refusal.
    if (remedy === 'redial') return isAgain ? 'error' : 'dialing';
    return remedy === 'refreshCredential' && canRefresh(context, loss) ? 'dialing' : 'error';
  }
  if (remedy === 'refreshCredential') return canRefresh(context, loss) ? 'dialing' : 'error';
  if (attempts >= policy.maxAttempts && !mayPersist(context, loss)) return 'error';
  if (!context.isOnline) return 'waitingForNetwork';
  if (remedy === 'waitForRateLimit') return 'waitingForRateLimit';
  if (remedy === 'redial' || remedy === 'dropHandle') {
    const waits = isAgain || holdMsOf(context, loss) > 0;
    if (!waits) return 'dialing'; // at once, but not twice in a row: that would be a storm
    if (loss.failure.retryAfterMs !== undefined) return 'waitingForRateLimit';
  }
  return 'backingOff';
}

/** Whoever keeps our session and did not ask for time is tried at a steady pace, for a while. */
function isToBePressed(context: ConnectionContext, loss: Loss): boolean {
  const { hasBeenConnected, policy } = context;
  if (!hasBeenConnected || loss.aliveAtMs !== undefined || isOverloaded(loss.failure)) return false;
  return loss.atMs - unhealthySinceMs(context, loss) < policy.pressForMs;
}

/** It is dialled at once also after silence, which took its time already: that is no pressing, and counts as none. */
function isSilenceOfKeeper(context: ConnectionContext, loss: Loss): boolean {
  if (!context.hasBeenConnected || loss.aliveAtMs === undefined) return false;
  return loss.atMs - unhealthySinceMs(context, loss) < context.policy.pressForMs;
}

function pressedAttempts(context: ConnectionContext, loss: Loss, attempt: number): number {
  const before = attempt === 1 ? 0 : context.pressedAttempts;
  const isPressed = routeAfterLoss(context, loss) === 'backingOff' && isToBePressed(context, loss);
  return isPressed ? before + 1 : before;
}

/** Since when no spell was healthy, this loss included. */
function unhealthySinceMs(context: ConnectionContext, loss: Loss): number {
  const wasHealthy = isHealthyAt(context, loss.aliveAtMs ?? loss.atMs);
  return wasHealthy ? loss.atMs : (context.unhealthySinceMs ?? loss.atMs);
}

function holdMsOf({ policy }: ConnectionContext, loss: Loss): number {
  return policy.isBudgeted ? (loss.holdMs ?? 0) : 0;
}

/** What is remembered of a loss; the route was taken from the context before it. */
export function afterLoss(context: ConnectionContext, loss: Loss): Partial<ConnectionContext> {
  const wasHealthy = isHealthyAt(context, loss.aliveAtMs ?? loss.atMs);
  const refused = remedyFor(loss.failure) === 'refreshCredential';
  const nth = attemptsBefore(context, loss) + 1;
  // A new credential is tried also where the last attempt was refused: that is its second half, and no further one.
  const attempts = refused ? Math.min(nth, Math.max(nth - 1, context.policy.maxAttempts)) : nth;

  return {
    attempts,
    pressedAttempts: pressedAttempts(context, loss, attempts),
    socketId: 0, // what is still told of the lost socket concerns nobody
    waitMs: waitAfterLossMs(context, loss, attempts),
    dialReason: refused ? 'refused' : context.hasBeenConnected ? 'reconnect' : 'connect',
    unhealthySinceMs: unhealthySinceMs(context, loss),
    credentialRefreshed: (context.credentialRefreshed && !wasHealthy) || refused,
    outage: outageAfter(context, context.silentSinceMs ?? loss.atMs, loss.failure),
    connectedAtMs: null,
    answeredAtMs: null,
    silentSinceMs: null,
    hedgeId: null,
    isHedgeRefused: false,
    failure: loss.failure,
    lostAtMs: loss.atMs,
    lostDial: context.connectedAtMs === null,
  };
}

/** What is remembered of a loss that nothing follows. */
export function afterFatalLoss(context: ConnectionContext, loss: Loss): Partial<ConnectionContext> {
  return {
    attempts: attemptsBefore(context, loss),
    socketId: 0,
    hedgeId: null,
    silentSinceMs: null,
    failure: loss.failure,
    lostAtMs: loss.atMs,
    lostDial: context.connectedAtMs === null,
    // A connection that never stood has interrupted nothing.
    outage:
      context.hasBeenConnected || context.outage !== null
        ? outageAfter(context, context.silentSinceMs ?? loss.atMs, loss.failure)
        : null,
  };
}

/** A service that says that it has too much to do is not asked at once, and not as soon as another. */
function isOverloaded({ code }: Failure): boolean {
  return code === 'http 503' || code === '1013'; // RFC 9110 15.6.4; the IANA registry of WebSocket close codes
}

function canRefresh(context: ConnectionContext, loss: Loss): boolean {
  const isInARow =
    context.credentialRefreshed && !isHealthyAt(context, loss.aliveAtMs ?? loss.atMs);
  return context.refreshesCredential && !isInARow;
}

function waitAfterLossMs(context: ConnectionContext, loss: Loss, attempt: number): number {
  switch (routeAfterLoss(context, loss)) {
    case 'waitingForRateLimit':
      // A hint of 0 s is none: the attempts would be spent at once.
      return loss.failure.retryAfterMs === 0
        ? backoffDelayMs(attempt, context.policy, loss.unit, false)
        : spread(loss.failure.retryAfterMs ?? RATE_LIMIT_DEFAULT_MS, context, loss);
    case 'backingOff': {
      const isPressed = isToBePressed(context, loss) || isSilenceOfKeeper(context, loss);
      if (isPressed) return pressDelayMs(attempt, context.policy, loss.unit);
      const wasHealthy = isHealthyAt(context, loss.aliveAtMs ?? loss.atMs);
      const grown = Math.max(1, attempt - pressedAttempts(context, loss, attempt));
      return Math.max(
        holdMsOf(context, loss),
        isOverloaded(loss.failure)
          ? backoffDelayMs(grown + 1, context.policy, loss.unit, false)
          : backoffDelayMs(grown, context.policy, loss.unit, wasHealthy),
      );
    }
    default:
      return 0;
  }
}

/** `unit` in the middle leaves it as it is. */
function spread(ms: number, { policy }: ConnectionContext, { unit }: Loss): number {
  return ms * (1 + policy.hintSpreadRatio * (2 * unit - 1));
}
