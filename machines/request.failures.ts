/** What a failed exchange leads to: total functions, so that no guard or action can throw. */
import { backoffDelayMs } from './backoff.ts';
import type { ReconnectPolicy } from './backoff.ts';
import { RATE_LIMIT_DEFAULT_MS } from './connection.loss.ts';
import { faultOf } from './connection.rules.ts';
import { remedyFor } from './failure.ts';
import type { Failure } from './failure.ts';
import { changedAt } from './request.rules.ts';
import type { AnswerFailed, RequestContext, RequestOutage } from './request.types.ts';

export type NextStep =
  /** The same request to the same candidate, after this time. */
  | { readonly kind: 'askAgain'; readonly waitMs: number }
  /** This candidate does not answer any more, until somebody asks something else. */
  | { readonly kind: 'pass' }
  /** The request is at fault: the application is told. */
  | { readonly kind: 'report' };

export interface Asked {
  readonly policy: ReconnectPolicy;
  /** Exchanges in a row that failed, this one not counted. */
  readonly failures: number;
  /** It answered before. */
  readonly wasHealthy: boolean;
  readonly refreshesCredential: boolean;
  /** The credential was renewed since the last answer. */
  readonly isRefreshed: boolean;
  /** Chance, in [0, 1). */
  readonly unit: number;
}

export function stepAfter(failure: Failure, asked: Asked): NextStep {
  const { policy, failures } = asked;
  const remedy = remedyFor(failure);
  if (remedy === 'report') return { kind: 'report' };
  if (remedy === 'giveUp' || failures >= policy.maxAttempts) return { kind: 'pass' };

  switch (remedy) {
    case 'refreshCredential':
      return asked.refreshesCredential && !asked.isRefreshed
        ? { kind: 'askAgain', waitMs: 0 }
        : { kind: 'pass' };
    case 'waitForRateLimit':
      // A hint of 0 s is none: the attempts would be spent at once.
      return failure.retryAfterMs === 0
        ? { kind: 'askAgain', waitMs: backoffMs(failure, asked) }
        : { kind: 'askAgain', waitMs: failure.retryAfterMs ?? RATE_LIMIT_DEFAULT_MS };
    case 'redial':
    case 'dropHandle':
      return { kind: 'askAgain', waitMs: failures === 0 ? 0 : backoffMs(failure, asked) };
    case 'backOff':
      return {
        kind: 'askAgain',
        waitMs: Math.max(failure.retryAfterMs ?? 0, backoffMs(failure, asked)),
      };
  }
}

/** Nobody is asked again: the request is at fault, or half an answer was told that cannot be taken back. */
export function endsRequest({ failure, canResume }: AnswerFailed): boolean {
  return !canResume || remedyFor(failure) === 'report';
}

export function afterFailure(
  context: RequestContext,
  { failure, atMs, unit, holdMs = 0 }: AnswerFailed,
): Partial<RequestContext> {
  const { candidates, current } = context;
  const { policy, refreshesCredential } = candidates[current] ?? candidates[0];

  return {
    nowMs: atMs,
    failure,
    isAttemptDue: true,
    outage: context.outage ?? outageSince(atMs, failure),
    standings: changedAt(context, current, ({ failures, hasAnswered, isRefreshed }) => {
      const asked = { policy, failures, wasHealthy: hasAnswered, refreshesCredential, isRefreshed };
      const step = stepAfter(failure, { ...asked, unit });
      if (step.kind !== 'askAgain') return PASSED;
      return {
        failures: failures + 1,
        coolUntilMs: atMs + Math.max(step.waitMs, holdMs),
        isLimited: remedyFor(failure) === 'waitForRateLimit',
        isRefreshed: isRefreshed || failure.kind === 'auth',
      };
    }),
  };
}

/** The actor that asks broke: a bug of the embedder's. Facts have moments, and this has none but the newest. */
export function afterFault(context: RequestContext, event: unknown): Partial<RequestContext> {
  const failure = faultOf(event);
  return {
    failure,
    isAttemptDue: true,
    outage: context.outage ?? outageSince(context.nowMs, failure),
    standings: changedAt(context, context.current, PASSED),
  };
}

/** What is known of its failures is of no use any more: asked anew, it begins anew. */
const PASSED = { isPassed: true, failures: 0, isRefreshed: false } as const;

function outageSince(sinceMs: number, cause: Failure): RequestOutage {
  return { sinceMs, cause, attempts: 0 };
}

/** A service that says that it has too much to do is asked later than another (RFC 9110, 15.6.4). */
function backoffMs({ code }: Failure, { failures, policy, unit, wasHealthy }: Asked): number {
  return code === 'http 503'
    ? backoffDelayMs(failures + 2, policy, unit, false)
    : backoffDelayMs(failures + 1, policy, unit, wasHealthy);
}
