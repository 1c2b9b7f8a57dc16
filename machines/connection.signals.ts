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

/** What the owner is told: what it is made of, the owner's chart says (`orchestrator.owned.ts`). */
export const tell = {
  ready: toOwner('candidate.ready'),
  served: toOwner('candidate.served'),
  caughtUp: toOwner('candidate.caughtUp'),
  confirmed: toOwner('candidate.confirmed'),
  lost: toOwner('candidate.lost'),
  failed: toOwner('candidate.failed'),
} as const;

function toOwner(fact: OwnerFact['type']) {
  return { type: 'tellOwner', params: { fact } } as const;
}

export function bufferedChunksIn(event: ConnectionEvent): number {
  return 'bufferedChunks' in event ? event.bufferedChunks : 0;
}
