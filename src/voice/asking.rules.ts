/** What follows a request that a language model did not answer: a total function, so that waiting is all that is left. */
import { backoffDelayMs } from '../../machines/backoff.ts';
import type { ReconnectPolicy } from '../../machines/backoff.ts';
import { RATE_LIMIT_DEFAULT_MS } from '../../machines/connection.loss.ts';
import { remedyFor } from '../../machines/failure.ts';
import type { Failure } from '../../machines/failure.ts';

export type NextStep =
  /** The same question to the same model, after this time. */
  | { readonly kind: 'askAgain'; readonly waitMs: number }
  /** This model does not answer any more, until somebody asks something else. */
  | { readonly kind: 'giveUp' }
  /** The question is at fault: the application is told. */
  | { readonly kind: 'report' };

export interface Asked {
  readonly policy: ReconnectPolicy;
  /** Requests in a row that failed, this one not counted. */
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
  if (remedy === 'giveUp' || failures >= policy.maxAttempts) return { kind: 'giveUp' };

  switch (remedy) {
    case 'refreshCredential':
      return asked.refreshesCredential && !asked.isRefreshed
        ? { kind: 'askAgain', waitMs: 0 }
        : { kind: 'giveUp' };
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

/** A service that says that it has too much to do is asked later than another (RFC 9110, 15.6.4). */
function backoffMs({ code }: Failure, { failures, policy, unit, wasHealthy }: Asked): number {
  return code === 'http 503'
    ? backoffDelayMs(failures + 2, policy, unit, false)
    : backoffDelayMs(failures + 1, policy, unit, wasHealthy);
}
