/** What the connection chart tells: to whoever listens, and to the chart that owns it. */
import { persistsForMsAt } from './connection.rules.ts';
import type { OwnerFact } from './connection.owner.ts';
import type {
  ConnectionContext,
  ConnectionEvent,
  ConnectionSignal,
  ReplayResult,
} from './connection.types.ts';
import { UNKNOWN_FAILURE } from './failure.ts';

export function reconnectingSignal(
  context: ConnectionContext,
  bufferedAudioChunks: number,
): ConnectionSignal {
  const persistsForMs = persistsForMsAt(context, context.lostAtMs);

  return {
    type: 'connection.reconnecting',
    attempt: context.attempts,
    maxAttempts: persistsForMs > 0 ? Infinity : context.policy.maxAttempts,
    persistsForMs,
    backoffDelayMs: context.waitMs,
    component: context.component,
    bufferedAudioChunks,
    cause: context.failure ?? UNKNOWN_FAILURE,
  };
}

export function suspectedSignal(
  { component }: ConnectionContext,
  event: ConnectionEvent,
): ConnectionSignal {
  const silentForMs = 'silentForMs' in event ? event.silentForMs : 0;
  return { type: 'connection.suspected', silentForMs, component };
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

/** What the owner is told; each is made of the context as it is after the change. */
export const tell = {
  ready: toOwner(({ lane, connectedAtMs }) => ({
    type: 'candidate.ready',
    lane,
    atMs: connectedAtMs ?? 0,
  })),
  served: toOwner(({ lane, restore }) => ({
    type: 'candidate.served',
    lane,
    atMs: restore.atMs,
  })),
  caughtUp: toOwner(({ lane }) => ({ type: 'candidate.caughtUp', lane })),
  confirmed: toOwner(({ lane, answeredAtMs }) => ({
    type: 'candidate.confirmed',
    lane,
    atMs: answeredAtMs ?? 0,
  })),
  lost: toOwner((context) => ({
    type: 'candidate.lost',
    lane: context.lane,
    atMs: context.lostAtMs,
    failure: context.failure ?? UNKNOWN_FAILURE,
    waitMs: context.waitMs,
    wasDial: context.lostDial,
    outage: context.outage,
  })),
  failed: toOwner((context) => ({
    type: 'candidate.failed',
    lane: context.lane,
    atMs: context.lostAtMs,
    failure: context.failure ?? UNKNOWN_FAILURE,
    outage: context.outage,
  })),
} as const;

function toOwner(fact: (context: ConnectionContext) => OwnerFact) {
  return {
    type: 'tellOwner',
    params: ({ context }: { context: ConnectionContext }) => fact(context),
  } as const;
}

export function bufferedChunksIn(event: ConnectionEvent): number {
  return 'bufferedChunks' in event ? event.bufferedChunks : 0;
}
