/** What the request chart tells whoever listens: the same words as a connection and a ladder of connections. */
import { UNKNOWN_FAILURE } from './failure.ts';
import type { RequestContext, RequestSignal } from './request.types.ts';

/** Another attempt is under way, or waited for. */
export function attemptSignal(context: RequestContext): RequestSignal {
  const { component, dueAtMs, nowMs, outage } = context;
  const attempt = outage?.attempts ?? 0;
  const most = mostAttempts(context);

  return {
    type: 'connection.reconnecting',
    attempt,
    maxAttempts: attempt > most ? Infinity : most, // beyond, questions were asked anew
    persistsForMs: 0,
    backoffDelayMs: Math.max(0, dueAtMs - nowMs),
    component,
    bufferedAudioChunks: 0,
    cause: context.failure ?? outage?.cause ?? UNKNOWN_FAILURE,
  };
}

/** What the first sign of an answer tells: what was wrong is over, and who answers where that is another. */
export function answerSignals(context: RequestContext, atMs: number): readonly RequestSignal[] {
  const { component, current, lastToAnswer, outage } = context;
  const downtimeMs = outage === null ? 0 : Math.max(0, atMs - outage.sinceMs);
  const from = nameOf(context, lastToAnswer ?? 0);
  const to = nameOf(context, current);
  const signals: RequestSignal[] = [];
  if (outage !== null) {
    signals.push({
      type: 'connection.reconnected',
      attempts: outage.attempts,
      component,
      outcome: 'restarted',
      downtimeMs,
      audioReplayedMs: 0,
      audioLostMs: 0,
      duplicatesDropped: 0,
      toolCallsCarried: 0,
      cause: outage.cause,
    });
  }
  if (from !== to) {
    const reason = current === 0 ? 'return' : 'failover';
    signals.push({ type: 'candidate.changed', from, to, reason, takeoverMs: downtimeMs });
  }
  return signals;
}

export function givenUpSignal(context: RequestContext): RequestSignal {
  const failure = context.failure ?? UNKNOWN_FAILURE;

  return {
    type: 'connection.failed',
    attempts: context.outage?.attempts ?? 0,
    reason: failure.detail === '' ? failure.code : `${failure.code}: ${failure.detail}`,
    component: context.component,
    failure,
  };
}

/** Each candidate is asked again so often, and each but the first is asked a first time. */
function mostAttempts({ candidates }: RequestContext): number {
  return candidates.reduce((sum, { policy }) => sum + policy.maxAttempts, candidates.length - 1);
}

function nameOf({ candidates }: RequestContext, index: number): string {
  return (candidates[index] ?? candidates[0]).name;
}
