/** When a breaker opens, for how long, and who may dial: the arithmetic of the breaker chart. */
import type { FailureKind } from './failure.ts';
import type {
  BreakerContext,
  BreakerReason,
  BreakerView,
  DialFailed,
  DialSucceeded,
  OutcomeSecond,
} from './breaker.types.ts';

/** Five in a row, as Envoy's outlier detection has it (`consecutive_5xx`). */
const FAILURES_IN_A_ROW = 5;

/** Half of at least twenty outcomes; fewer say nothing about a share. */
const FAILURE_SHARE_RATIO = 0.5;
const OUTCOMES_AT_LEAST = 20;

/** Seconds that the share looks back on, the present one included: the window spans 29 to 30 s. */
const WINDOW_SECONDS = 30;

const STALLS_IN_A_ROW = 2;

/** Open for 30 s × openings in a row, up to 300 s (Envoy's `base_ejection_time` and `max_ejection_time`). */
const OPEN_MS = 30_000;
const OPEN_AT_MOST_MS = 300_000;

const SUCCESSES_TO_CLOSE = 2;

/**
 * A probe that tells nothing for so long is free again. More than a dial (10 s), a first message (5 s) and the 60 s
 * after which a mute link counts as healthy.
 */
const PROBE_AT_MOST_MS = 90_000;

/** Only what tells of the service counts: not our request or credential, no announced end, no limit that it named. */
const IS_COUNTED: Readonly<Record<FailureKind, boolean>> = {
  transient: true,
  planned: false,
  staleHandle: false,
  rateLimited: false,
  quota: false,
  auth: false,
  config: false,
  perRequest: false,
};

export const CLOSED_CONTEXT: BreakerContext = {
  failuresInARow: 0,
  stallsInARow: 0,
  window: [],
  openings: 0,
  reason: null,
  openUntilMs: 0,
  probeUntilMs: null,
  successes: 0,
};

/**
 * Whether a dial may be made now. It promises nothing to two who ask at once: tell `dial.asked` before anyone else
 * asks, and the probe is taken. Who has no other candidate need not ask.
 */
export function mayDial({ value, context }: BreakerView, atMs: number): boolean {
  switch (value) {
    case 'closed':
      return true;
    case 'open':
      return atMs >= context.openUntilMs;
    case 'halfOpen':
      return context.probeUntilMs === null || atMs >= context.probeUntilMs;
  }
}

export function isCounted({ failure }: DialFailed): boolean {
  return IS_COUNTED[failure.kind];
}

/** Why this failure opens a closed breaker, or null where it does not. */
export function openingReason(context: BreakerContext, event: DialFailed): BreakerReason | null {
  if (event.isLast || !isCounted(event)) return null;
  const { failuresInARow, window } = afterFailure(context, event);

  if (failuresInARow >= FAILURES_IN_A_ROW) return 'consecutive';
  return isMostlyFailing(window) ? 'rate' : null;
}

export function isStallTooMany(context: BreakerContext, { isLast }: { isLast: boolean }): boolean {
  return !isLast && afterStall(context).stallsInARow >= STALLS_IN_A_ROW;
}

export function isLastSuccess({ successes }: BreakerContext): boolean {
  return successes + 1 >= SUCCESSES_TO_CLOSE;
}

export function afterFailure(
  context: BreakerContext,
  { atMs }: DialFailed,
): Pick<BreakerContext, 'failuresInARow' | 'window'> {
  return {
    failuresInARow: Math.min(context.failuresInARow + 1, FAILURES_IN_A_ROW),
    window: noted(context.window, atMs, { failures: 1, successes: 0 }),
  };
}

export function afterStall({ stallsInARow }: BreakerContext): Pick<BreakerContext, 'stallsInARow'> {
  return { stallsInARow: Math.min(stallsInARow + 1, STALLS_IN_A_ROW) };
}

export function afterSuccess(
  context: BreakerContext,
  { atMs }: DialSucceeded,
): Pick<BreakerContext, 'failuresInARow' | 'stallsInARow' | 'window'> {
  const window = noted(context.window, atMs, { failures: 0, successes: 1 });

  return { failuresInARow: 0, stallsInARow: 0, window };
}

/** Whatever happened before an opening has had its effect: only the number of openings lasts. */
export function afterOpening(
  context: BreakerContext,
  reason: BreakerReason,
  atMs: number,
): BreakerContext {
  const openings = context.openings + 1;
  const openUntilMs = atMs + Math.min(OPEN_AT_MOST_MS, OPEN_MS * openings);

  return { ...CLOSED_CONTEXT, openings, reason, openUntilMs };
}

export function probeUntilMs(atMs: number): number {
  return atMs + PROBE_AT_MOST_MS;
}

/** True where a closed breaker behaves like one that never heard of anything. */
export function isForgettable(
  { value, context }: { readonly value: string; readonly context: BreakerContext },
  atMs: number,
): boolean {
  const { failuresInARow, stallsInARow, window } = context;
  if (value !== 'closed' || failuresInARow > 0 || stallsInARow > 0) return false;

  return !recent(window, atMs).some(({ failures }) => failures > 0);
}

function isMostlyFailing(window: readonly OutcomeSecond[]): boolean {
  let failures = 0;
  let outcomes = 0;
  for (const second of window) {
    failures += second.failures;
    outcomes += second.failures + second.successes;
  }
  return outcomes >= OUTCOMES_AT_LEAST && failures >= FAILURE_SHARE_RATIO * outcomes;
}

/** A fact that comes late counts as of the newest second known, so that the window stays in order. */
function noted(
  window: readonly OutcomeSecond[],
  atMs: number,
  outcome: Pick<OutcomeSecond, 'failures' | 'successes'>,
): readonly OutcomeSecond[] {
  const newest = window.at(-1);
  const second = Math.floor(atMs / 1_000);
  if (newest === undefined || second > newest.second) {
    return [...recent(window, atMs), { second, ...outcome }];
  }
  return [
    ...window.slice(0, -1),
    {
      second: newest.second,
      failures: newest.failures + outcome.failures,
      successes: newest.successes + outcome.successes,
    },
  ];
}

function recent(window: readonly OutcomeSecond[], atMs: number): readonly OutcomeSecond[] {
  const oldest = Math.floor(atMs / 1_000) - WINDOW_SECONDS + 1;
  return window.filter(({ second }) => second >= oldest);
}
