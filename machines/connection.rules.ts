/** The connection chart's arithmetic: total functions of context and event, so that no guard or action can throw. */
import { backoffDelayMs } from './backoff.ts';
import { remedyFor } from './failure.ts';
import type { Failure } from './failure.ts';
import type {
  ConnectionContext,
  ConnectionEvent,
  ConnectionInput,
  ConnectionSignal,
  Outage,
  ReplayResult,
} from './connection.types.ts';

/** A link counts as healthy after this long, provided that the server spoke. */
export const HEALTHY_AFTER_MS = 10_000;

/** A link on which nobody speaks has nothing to answer: it counts as healthy when it stood for this long. */
const HEALTHY_MUTE_AFTER_MS = 60_000;

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

export interface Loss {
  readonly failure: Failure;
  readonly atMs: number;
  /** The last sign of life of a link that died of silence; a loss that was told at once has none of its own. */
  readonly aliveAtMs?: number;
  readonly unit: number;
}

export function initialContext(input: ConnectionInput): ConnectionContext {
  return {
    ...input,
    refreshesCredential: input.refreshesCredential ?? false,
    canProbe: input.canProbe ?? true,
    attempts: 0,
    lastSocketId: 0,
    socketId: 0,
    hedgeId: null,
    dialReason: 'connect',
    waitMs: 0,
    isOnline: true,
    hasBeenConnected: false,
    connectedAtMs: null,
    answeredAtMs: null,
    silentSinceMs: null,
    isWatched: false,
    rtt: null,
    unhealthySinceMs: null,
    credentialRefreshed: false,
    outage: null,
    restore: { resumed: false, toolCallsCarried: 0 },
    failure: null,
  };
}

/** The socket actor's id. Unique for every dial: the same id twice would orphan the first. */
export function socketName(id: number | null): string {
  return `socket.${id ?? 'none'}`;
}

/** The loss that an event tells of, or null where it is none of the current link's. */
export function lossOf(context: ConnectionContext, event: ConnectionEvent): Loss | null {
  if (event.type === 'socket.lost') return event.id === context.socketId ? event : null;
  if (event.type === 'link.died') {
    const aliveAtMs = event.atMs - event.silentForMs;
    return { ...event, aliveAtMs, failure: silence(event.silentForMs) };
  }
  return null;
}

export function routeAfterLoss(context: ConnectionContext, loss: Loss): Route {
  const { policy } = context;
  const remedy = remedyFor(loss.failure);
  const attempts = attemptsBefore(context, loss);

  if (remedy === 'giveUp' || policy.maxAttempts === 0) return 'error';
  if (!context.hasBeenConnected && !policy.retryInitialConnect) {
    return remedy === 'refreshCredential' && canRefresh(context, loss) ? 'dialing' : 'error';
  }
  if (remedy === 'refreshCredential') return canRefresh(context, loss) ? 'dialing' : 'error';
  if (attempts >= policy.maxAttempts && !mayPersist(context, loss)) return 'error';
  if (!context.isOnline) return 'waitingForNetwork';
  if (remedy === 'waitForRateLimit') return 'waitingForRateLimit';
  if (remedy === 'redial' || remedy === 'dropHandle') {
    const isAgain = attempts > 0 && context.failure?.kind === loss.failure.kind;
    return isAgain ? 'backingOff' : 'dialing'; // at once, but not twice in a row: that would be a storm
  }
  return 'backingOff';
}

/** What is remembered of a loss; the route was taken from the context before it. */
export function afterLoss(context: ConnectionContext, loss: Loss): Partial<ConnectionContext> {
  const wasHealthy = isHealthyAt(context, loss.aliveAtMs ?? loss.atMs);
  const attempts = attemptsBefore(context, loss) + 1;
  const refused = remedyFor(loss.failure) === 'refreshCredential';
  const sinceMs = wasHealthy ? loss.atMs : (context.unhealthySinceMs ?? loss.atMs);

  return {
    attempts,
    socketId: 0, // what is still told of the lost socket concerns nobody
    waitMs: waitAfterLossMs(context, loss, attempts),
    dialReason: refused ? 'refused' : context.hasBeenConnected ? 'reconnect' : 'connect',
    unhealthySinceMs: sinceMs,
    credentialRefreshed: (context.credentialRefreshed && !wasHealthy) || refused,
    outage: outageAfter(context, context.silentSinceMs ?? loss.atMs, loss.failure),
    connectedAtMs: null,
    answeredAtMs: null,
    silentSinceMs: null,
    hedgeId: null,
    failure: loss.failure,
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
  };
}

export function reconnectingSignal(
  context: ConnectionContext,
  bufferedAudioChunks: number,
): ConnectionSignal {
  return {
    type: 'connection.reconnecting',
    attempt: context.attempts,
    maxAttempts: Math.max(context.attempts, context.policy.maxAttempts),
    backoffDelayMs: context.waitMs,
    component: context.component,
    bufferedAudioChunks,
  };
}

export function reconnectedSignal(
  context: ConnectionContext,
  outage: NonNullable<ConnectionContext['outage']>,
  replay: ReplayResult,
): ConnectionSignal {
  const { restore } = context;
  const replayed = replay.replayedChunks > 0 ? 'replayed' : 'restarted';

  return {
    type: 'connection.reconnected',
    attempts: outage.attempts,
    component: context.component,
    outcome: restore.resumed ? 'resumed' : replayed,
    downtimeMs: outage.downtimeMs,
    audioReplayedMs: replay.audioReplayedMs,
    audioLostMs: replay.audioLostMs,
    duplicatesDropped: replay.duplicatesDropped,
    toolCallsCarried: restore.toolCallsCarried,
    cause: outage.cause,
  };
}

export function failedSignal(context: ConnectionContext): ConnectionSignal {
  const failure = context.failure ?? UNKNOWN_FAILURE;

  return {
    type: 'connection.failed',
    attempts: context.attempts,
    reason: failure.detail === '' ? failure.code : `${failure.code}: ${failure.detail}`,
    component: context.component,
    failure,
  };
}

/** A second socket is an attempt as well, once it takes over: one that opens and is silent is no success. */
export function mayHedge(context: ConnectionContext, atMs: number): boolean {
  const { policy, hedgeId } = context;
  if (hedgeId !== null || policy.maxAttempts === 0) return false;

  return attemptsBefore(context, { atMs }) < policy.maxAttempts || mayPersist(context, { atMs });
}

/** The second socket takes over: what was silent is now an outage with a cause. */
export function afterPromotion(
  context: ConnectionContext,
  atMs: number,
): Partial<ConnectionContext> {
  const sinceMs = context.silentSinceMs ?? atMs;
  const wasHealthy = isHealthyAt(context, atMs);

  return {
    attempts: (wasHealthy ? 0 : context.attempts) + 1,
    socketId: context.hedgeId ?? context.socketId,
    hedgeId: null,
    dialReason: 'reconnect',
    silentSinceMs: null,
    unhealthySinceMs: wasHealthy ? sinceMs : (context.unhealthySinceMs ?? sinceMs),
    outage: outageAfter(context, sinceMs, silence(atMs - sinceMs)),
  };
}

/** The link stands: the break is over. */
export function afterConnect(context: ConnectionContext, atMs: number): Partial<ConnectionContext> {
  const { outage } = context;

  return {
    hasBeenConnected: true,
    connectedAtMs: atMs,
    answeredAtMs: null,
    outage: outage && {
      ...outage,
      downtimeMs: outage.downtimeMs + Math.max(0, atMs - outage.sinceMs),
    },
  };
}

/** A failed dial prolongs the break; the loss of a link that stood begins another. */
function outageAfter(context: ConnectionContext, sinceMs: number, cause: Failure): Outage | null {
  if (!context.hasBeenConnected) return null;
  const { outage, connectedAtMs } = context;
  if (outage === null) return { sinceMs, downtimeMs: 0, cause, attempts: 1 };

  return {
    ...outage,
    sinceMs: connectedAtMs === null ? outage.sinceMs : sinceMs,
    attempts: outage.attempts + 1,
  };
}

/** An actor that we were given broke: a bug of the embedder's, not of the network. */
export function faultOf(event: unknown): Failure {
  const error =
    typeof event === 'object' && event !== null && 'error' in event ? event.error : null;
  const detail = error instanceof Error ? error.message : 'an actor of the chart failed';

  return { kind: 'config', code: 'actor', detail };
}

const UNKNOWN_FAILURE: Failure = { kind: 'transient', code: 'unknown', detail: '' };

function silence(silentForMs: number): Failure {
  return {
    kind: 'transient',
    code: 'halfOpen',
    detail: `nothing came for ${Math.round(silentForMs)} ms`,
  };
}

function attemptsBefore(
  context: ConnectionContext,
  loss: Pick<Loss, 'atMs' | 'aliveAtMs'>,
): number {
  return isHealthyAt(context, loss.aliveAtMs ?? loss.atMs) ? 0 : context.attempts;
}

function isHealthyAt(context: ConnectionContext, atMs: number): boolean {
  const { answeredAtMs, connectedAtMs, silentSinceMs } = context;
  if (connectedAtMs === null) return false;
  const stoodMs = Math.min(atMs, silentSinceMs ?? atMs) - connectedAtMs;
  return stoodMs >= (answeredAtMs === null ? HEALTHY_MUTE_AFTER_MS : HEALTHY_AFTER_MS);
}

function canRefresh(context: ConnectionContext, loss: Loss): boolean {
  const isInARow =
    context.credentialRefreshed && !isHealthyAt(context, loss.aliveAtMs ?? loss.atMs);
  return context.refreshesCredential && !isInARow;
}

/** Beyond the count, a link that once stood is tried for as long as the policy says retention can cover. */
function mayPersist(context: ConnectionContext, loss: Pick<Loss, 'atMs'>): boolean {
  const sinceMs = context.unhealthySinceMs ?? loss.atMs;
  return context.hasBeenConnected && loss.atMs - sinceMs < context.policy.persistMs;
}

function waitAfterLossMs(context: ConnectionContext, loss: Loss, attempt: number): number {
  switch (routeAfterLoss(context, loss)) {
    case 'waitingForRateLimit':
      // A hint of 0 s is none: the attempts would be spent at once.
      return loss.failure.retryAfterMs === 0
        ? backoffDelayMs(attempt, context.policy, loss.unit, false)
        : (loss.failure.retryAfterMs ?? RATE_LIMIT_DEFAULT_MS);
    case 'backingOff':
      return backoffDelayMs(
        attempt,
        context.policy,
        loss.unit,
        isHealthyAt(context, loss.aliveAtMs ?? loss.atMs),
      );
    default:
      return 0;
  }
}
