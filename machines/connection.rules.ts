/** The connection chart's arithmetic: total functions of context and event, so that no guard or action can throw. */
import type { LinkPolicy } from './backoff.ts';
import type { Failure } from './failure.ts';
import type { Outage } from './connection.owner.ts';
import type { ConnectionContext, ConnectionInput, NetworkEvent } from './connection.types.ts';

/** A link counts as healthy after this long, provided that the server spoke. */
export const HEALTHY_AFTER_MS = 10_000;

/** A link on which nobody speaks has nothing to answer: it counts as healthy when it stood for this long. */
const HEALTHY_MUTE_AFTER_MS = 60_000;

/** A network that is back is tried within this time: at once for a person, spread for a crowd. */
const RESTORE_WITHIN_MS = 250;

const SILENCE_CODE = 'halfOpen';

export const PLANNED_END: Failure = {
  kind: 'planned',
  code: 'rotation',
  detail: 'a known end was near',
};

/** When a link was lost, and when it last showed life. */
export interface LossMoment {
  readonly atMs: number;
  /** The last sign of life of a link that died of silence; a loss that was told at once has none of its own. */
  readonly aliveAtMs?: number;
}

// Shared, since an idle connection should weigh little.
const NO_LIMITS = {};
const NOTHING_RESTORED = { resumed: false, toolCallsCarried: 0, atMs: 0 };

export function initialContext(input: ConnectionInput): ConnectionContext {
  return {
    ...input,
    refreshesCredential: input.refreshesCredential ?? false,
    canProbe: input.canProbe ?? true,
    hedges: input.hedges ?? true,
    limits: input.limits ?? NO_LIMITS,
    role: input.role ?? 'carrier',
    lane: input.lane ?? 0,
    candidate: input.candidate ?? 0,
    outage: input.outage ?? null,
    attempts: 0,
    pressedAttempts: 0,
    lastSocketId: 0,
    socketId: 0,
    hedgeId: null,
    isHedgeRefused: false,
    hedgePause: null,
    isLeaving: false,
    dialReason: 'connect',
    waitMs: 0,
    isOnline: true,
    hasBeenConnected: input.hasBeenConnected ?? false,
    connectedAtMs: null,
    answeredAtMs: null,
    silentSinceMs: null,
    stalledSinceMs: null,
    isWatched: false,
    rtt: null,
    unhealthySinceMs: null,
    credentialRefreshed: false,
    restore: NOTHING_RESTORED,
    failure: null,
    lostAtMs: 0,
    lostDial: false,
  };
}

/** The user asks anew: nothing of the attempts before counts. */
export const STARTED_OVER = {
  attempts: 0,
  dialReason: 'connect',
  hasBeenConnected: false,
  hedgeId: null,
  isHedgeRefused: false,
  connectedAtMs: null,
  answeredAtMs: null,
  silentSinceMs: null,
  unhealthySinceMs: null,
  credentialRefreshed: false,
  outage: null,
  failure: null,
} as const satisfies Partial<ConnectionContext>;

/** The socket actor's id. Unique for every dial: the same id twice would orphan the first. */
export function socketName(id: number | null): string {
  return `socket.${id ?? 'none'}`;
}

/** The path of a link that fell silent may be a hole: a dial that hangs on it does not notice when it carries again. */
export function redialEveryMs({ failure, policy }: ConnectionContext): number | null {
  return failure?.code === SILENCE_CODE ? besideEveryMs(policy) : null;
}

/** Only of services that hold dials off by themselves. */
export function besideEveryMs({ pressForMs, pressEveryMs }: LinkPolicy): number | null {
  return pressForMs > 0 && pressEveryMs > 0 ? pressEveryMs : null;
}

/** A planned end is met by dialling at once, where that is of any use. */
export function mayRotate(context: ConnectionContext, atMs: number): boolean {
  return context.isOnline && attemptsBefore(context, { atMs }) < context.policy.maxAttempts;
}

/** The link stands: the break is over. */
export function afterConnect(context: ConnectionContext, atMs: number): Partial<ConnectionContext> {
  return {
    hasBeenConnected: true,
    connectedAtMs: atMs,
    answeredAtMs: null,
    outage: endedAt(context.outage, atMs),
  };
}

/** A standby takes the audio over, and with it the break that the last carrier left behind. */
export function afterChoice(
  context: ConnectionContext,
  { atMs, outage }: { readonly atMs: number; readonly outage: Outage | null },
): Partial<ConnectionContext> {
  const stands = context.connectedAtMs !== null;
  // Its own was told to nobody, and is over where it stands.
  return { role: 'carrier', outage: stands ? endedAt(outage, atMs) : (outage ?? context.outage) };
}

/** The network is back, or another one is there: the wait is over, but for a little chance. */
export function afterNetwork(
  context: ConnectionContext,
  event: Exclude<NetworkEvent, { type: 'network.lost' }>,
): Partial<ConnectionContext> {
  const resets = event.type === 'network.restored' && event.resetsAttempts;
  return {
    isOnline: true,
    waitMs: event.unit * RESTORE_WITHIN_MS,
    attempts: resets ? Math.min(1, context.attempts) : context.attempts,
    unhealthySinceMs: resets ? event.atMs : context.unhealthySinceMs,
  };
}

function endedAt(outage: Outage | null, atMs: number): Outage | null {
  if (outage === null) return null;
  return { ...outage, downtimeMs: outage.downtimeMs + Math.max(0, atMs - outage.sinceMs) };
}

/** A failed dial prolongs the break; the loss of a link that stood begins another. */
export function outageAfter(context: ConnectionContext, sinceMs: number, cause: Failure): Outage {
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

export function silence(silentForMs: number): Failure {
  return {
    kind: 'transient',
    code: SILENCE_CODE,
    detail: `nothing came for ${Math.round(silentForMs)} ms`,
  };
}

export function attemptsBefore(context: ConnectionContext, loss: LossMoment): number {
  return isHealthyAt(context, loss.aliveAtMs ?? loss.atMs) ? 0 : context.attempts;
}

export function isHealthyAt(context: ConnectionContext, atMs: number): boolean {
  const { answeredAtMs, connectedAtMs, silentSinceMs, policy } = context;
  if (connectedAtMs === null) return false;
  const stoodMs = Math.min(atMs, silentSinceMs ?? atMs) - connectedAtMs;
  const byDefaultMs = answeredAtMs === null ? HEALTHY_MUTE_AFTER_MS : HEALTHY_AFTER_MS;
  return stoodMs >= (policy.healthyAfterMs ?? byDefaultMs);
}

/** Beyond the count, a link that once stood is tried for as long as the policy says retention can cover. */
export function mayPersist(context: ConnectionContext, loss: LossMoment): boolean {
  return persistsForMsAt(context, loss.atMs) > 0;
}

/** For how much longer. */
export function persistsForMsAt(context: ConnectionContext, atMs: number): number {
  const { hasBeenConnected, policy, unhealthySinceMs } = context;
  if (!hasBeenConnected) return 0;
  return Math.max(0, policy.persistMs - (atMs - (unhealthySinceMs ?? atMs)));
}
