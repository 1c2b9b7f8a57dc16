/** What is held against a candidate, for how long, and what makes it be forgotten. */
import { RATE_LIMIT_DEFAULT_MS } from './connection.loss.ts';
import { remedyFor } from './failure.ts';
import type { Failure } from './failure.ts';
import type { OrchestratorContext, Standing } from './orchestrator.types.ts';

/** A candidate that failed is left alone for 1, 2, 4 … 30 s. */
const COOL_BASE_MS = 1_000;
const COOL_CAP_MS = 30_000;

/** A network that is back is tried within this time: at once for a person, spread for a crowd. */
const RESTORE_WITHIN_MS = 250;

export const FRESH: Standing = {
  openUntilMs: 0,
  coolUntilMs: 0,
  askedUntilMs: 0,
  failures: 0,
  isBarred: false,
  isAlone: false,
};

/** From when on a candidate may be dialled. */
export function usableAtMs(standing: Standing): number {
  if (standing.isBarred) return Infinity;
  return Math.max(standing.openUntilMs, standing.coolUntilMs, standing.askedUntilMs);
}

/** Standing after a failure: it is left alone for a while, and for as long as the service asked for. */
export function cooled(standing: Standing, failure: Failure, atMs: number): Standing {
  const failures = standing.failures + 1;
  const coolMs = Math.min(COOL_CAP_MS, COOL_BASE_MS * 2 ** (failures - 1));
  const unhintedMs = failure.kind === 'rateLimited' ? RATE_LIMIT_DEFAULT_MS : 0;
  return {
    ...standing,
    failures,
    coolUntilMs: atMs + coolMs,
    askedUntilMs: Math.max(standing.askedUntilMs, atMs + (failure.retryAfterMs ?? unhintedMs)),
  };
}

/** Standing of a candidate at which dials hang: nobody knows for how long, so the longest time. */
export function shunned(standing: Standing, atMs: number): Standing {
  return { ...standing, failures: standing.failures + 1, coolUntilMs: atMs + COOL_CAP_MS };
}

export function withStanding(
  { standings }: OrchestratorContext,
  index: number,
  change: (standing: Standing) => Standing,
): readonly Standing[] {
  return standings.map((standing, at) => (at === index ? change(standing) : standing));
}

/** The network is back: what failed while it was away proves nothing. What a service asked for still holds. */
export function forgiven(
  standings: readonly Standing[],
  { atMs, unit, resetsAttempts }: { atMs: number; unit: number; resetsAttempts: boolean },
): readonly Standing[] {
  return standings.map((standing) => ({
    ...standing,
    coolUntilMs: atMs + unit * RESTORE_WITHIN_MS,
    failures: resetsAttempts ? 0 : standing.failures,
  }));
}

/** A person asks for it: all that we held against the candidates ourselves is forgotten. */
export function pardoned(standings: readonly Standing[]): readonly Standing[] {
  return standings.map(({ openUntilMs, askedUntilMs }) => ({
    ...FRESH,
    openUntilMs,
    askedUntilMs,
  }));
}

export function isMisconfigured(failure: Failure): boolean {
  const remedy = remedyFor(failure);
  return remedy === 'giveUp' || remedy === 'refreshCredential';
}
