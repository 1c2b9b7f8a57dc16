/**
 * How many dials a client may still waste. Pure: a record, stepped by functions that are told the moment.
 *
 * Backoff paces one outage; the budget bounds what a client that fails again and again costs a service. It holds a
 * client back and never stops it: one dial in 30 s is always allowed.
 */

/** A full budget, in failed dials (the figure of gRPC's retry throttling, `maxTokens`). */
const TOKENS_AT_MOST = 10;

/** A token is 60 s of waiting; a healthy spell earns six times as fast, one in 10 s. */
const TOKEN_MS = 60_000;
const HEALTHY_RATIO = 6;

/** One dial in this time is allowed with no token left. */
const FLOOR_MS = 30_000;

export interface RetryBudget {
  /** What is left, as waiting time; a token is 60,000 of it. */
  readonly creditMs: number;
  /** The moment up to which it was earned. */
  readonly asOfMs: number;
  /** Whether the time since then is spent on a healthy link. All other time counts as waiting. */
  readonly isHealthy: boolean;
  /** Null before the first. */
  readonly failedAtMs: number | null;
}

export function fullBudget(atMs: number): RetryBudget {
  return {
    creditMs: TOKENS_AT_MOST * TOKEN_MS,
    asOfMs: atMs,
    isHealthy: false,
    failedAtMs: null,
  };
}

/** A dial failed: a token less. */
export function afterFailedDial(budget: RetryBudget, atMs: number): RetryBudget {
  const { creditMs, asOfMs } = settled(budget, atMs);

  return {
    ...budget,
    creditMs: Math.max(0, creditMs - TOKEN_MS),
    asOfMs,
    failedAtMs: atMs,
  };
}

/** A healthy spell begins or ends. */
export function afterHealth(budget: RetryBudget, isHealthy: boolean, atMs: number): RetryBudget {
  return { ...settled(budget, atMs), isHealthy };
}

/** Whole failed dials that are left, 0 to 10. */
export function tokensLeft(budget: RetryBudget, atMs: number): number {
  return Math.floor(settled(budget, atMs).creditMs / TOKEN_MS);
}

/** How long this client has to wait with its next dial at the least: 0 with a token left, never more than 30,000. */
export function holdMs(budget: RetryBudget, atMs: number): number {
  const { creditMs, failedAtMs, isHealthy } = settled(budget, atMs);
  if (creditMs >= TOKEN_MS || failedAtMs === null) return 0;

  const untilTokenMs = (TOKEN_MS - creditMs) / (isHealthy ? HEALTHY_RATIO : 1);
  const untilFloorMs = Math.min(FLOOR_MS, failedAtMs + FLOOR_MS - atMs);

  return Math.max(0, Math.ceil(Math.min(untilTokenMs, untilFloorMs)));
}

/** True where it is no different from one that was never spent of. */
export function isFull(budget: RetryBudget): boolean {
  return budget.creditMs >= TOKENS_AT_MOST * TOKEN_MS;
}

function settled(budget: RetryBudget, atMs: number): RetryBudget {
  const passedMs = Math.max(0, atMs - budget.asOfMs);
  const earnedMs = passedMs * (budget.isHealthy ? HEALTHY_RATIO : 1);
  const creditMs = Math.min(TOKENS_AT_MOST * TOKEN_MS, budget.creditMs + earnedMs);

  return { ...budget, creditMs, asOfMs: Math.max(atMs, budget.asOfMs) };
}
