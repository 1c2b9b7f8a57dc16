/** Who is asked, and when: total functions of context and event, so that no guard or action can throw. */
import type {
  RequestContext,
  RequestInput,
  RequestMemory,
  RequestOutcome,
  RequestOutput,
  RequestStanding,
} from './request.types.ts';

/** Whoever is refused by a half-open breaker asks again after this time: a dial, and a first result. */
const PROBE_RETRY_MS = 15_000;

const FRESH: RequestStanding = {
  failures: 0,
  coolUntilMs: 0,
  isLimited: false,
  openUntilMs: 0,
  hasAnswered: false,
  isRefreshed: false,
  isPassed: false,
};

/** Where a choice leads. */
export type RequestRoute = 'givenUp' | 'asking' | 'barred' | 'rateLimited' | 'backingOff';

/** Who was passed over for the last request is asked again: somebody asks something else. */
export function initialContext({
  component,
  candidates,
  atMs,
  memory,
}: RequestInput): RequestContext {
  return {
    component,
    candidates,
    standings: candidates.map(({ openUntilMs }, index) => ({
      ...FRESH,
      ...memory?.standings[index],
      openUntilMs,
      isPassed: false,
    })),
    outage: memory?.outage ?? null,
    lastToAnswer: memory?.lastToAnswer ?? null,
    nowMs: atMs,
    current: 0,
    dueAtMs: atMs,
    isAttemptDue: false,
    failure: null,
  };
}

/**
 * The most preferred candidate that may be asked now, or else the one that may be asked first: a candidate that has to
 * be waited for is not waited for where another can be asked. Null where nobody is left.
 */
export function nextCandidate(context: RequestContext): number | null {
  const left = context.candidates
    .map((_, index) => ({ index, freeAtMs: freeAtMs(context, index) }))
    .filter(({ index }) => context.standings[index]?.isPassed === false);
  const free = left.find((one) => !(one.freeAtMs > context.nowMs));
  const soonest = left.reduce(
    (first, one) => (one.freeAtMs < first.freeAtMs ? one : first),
    left[0] ?? NOBODY,
  );

  return (free ?? soonest).index;
}

const NOBODY = { index: null, freeAtMs: Infinity } as const;

export function routeOf(context: RequestContext): RequestRoute {
  const next = nextCandidate(context);
  const standing = next === null ? undefined : context.standings[next];
  if (next === null || standing === undefined) return 'givenUp';
  const atMs = freeAtMs(context, next);

  if (!(atMs > context.nowMs)) return 'asking';
  if (atMs > standing.coolUntilMs) return 'barred';
  return standing.isLimited ? 'rateLimited' : 'backingOff';
}

/** Nobody else could answer, now or later; those that share a breaker are barred together. */
export function isAlone(context: RequestContext, index: number): boolean {
  return !othersOf(context, index).some(({ isPassed }) => !isPassed);
}

/** Nobody else could answer just now: a breaker that is told so does not open for it. */
export function isLast(context: RequestContext, index: number, atMs: number): boolean {
  return !othersOf(context, index).some(
    ({ isPassed, coolUntilMs, openUntilMs }) =>
      !isPassed && coolUntilMs <= atMs && openUntilMs <= atMs,
  );
}

export function afterChoice(context: RequestContext): Partial<RequestContext> {
  const { current, outage, isAttemptDue } = context;
  const next = nextCandidate(context) ?? current;
  const isAgain = isAttemptDue && outage !== null;

  return {
    current: next,
    dueAtMs: freeAtMs(context, next),
    outage: isAgain ? { ...outage, attempts: outage.attempts + 1 } : outage,
  };
}

export function afterBreaker(
  context: RequestContext,
  event: { readonly candidate: number; readonly untilMs: number; readonly atMs: number },
): Partial<RequestContext> {
  return {
    nowMs: event.atMs,
    standings: changedAt(context, event.candidate, { openUntilMs: event.untilMs }),
  };
}

export function afterBar(
  context: RequestContext,
  { openUntilMs, atMs }: { readonly openUntilMs: number; readonly atMs: number },
): Partial<RequestContext> {
  return afterBreaker(context, {
    candidate: context.current,
    untilMs: Math.max(openUntilMs, atMs + PROBE_RETRY_MS),
    atMs,
  });
}

/** The first sign of an answer ends what was wrong. */
export function afterAnswer(context: RequestContext, atMs: number): Partial<RequestContext> {
  return {
    nowMs: atMs,
    outage: null,
    lastToAnswer: context.current,
    standings: changedAt(context, context.current, { hasAnswered: true, isRefreshed: false }),
  };
}

export function afterEnd(context: RequestContext, atMs: number): Partial<RequestContext> {
  return { nowMs: atMs, standings: changedAt(context, context.current, { failures: 0 }) };
}

/** What the next request has to know. */
export function memoryOf({ standings, outage, lastToAnswer }: RequestContext): RequestMemory {
  return { standings, outage, lastToAnswer };
}

export function outputOf(context: RequestContext, outcome: RequestOutcome): RequestOutput {
  const memory = memoryOf(context);
  return {
    outcome,
    candidate: context.current,
    failure: context.failure,
    attempts: context.outage?.attempts ?? 0,
    // What was given up was told to have ended: the next failure begins another outage.
    memory: outcome === 'givenUp' ? { ...memory, outage: null } : memory,
  };
}

export function changedAt(
  { standings }: RequestContext,
  index: number,
  change: Partial<RequestStanding>,
): readonly RequestStanding[] {
  return standings.map((standing, at) => (at === index ? { ...standing, ...change } : standing));
}

/** Who has no other candidate is not barred: an answer that comes late is better than none. */
function freeAtMs(context: RequestContext, index: number): number {
  const { coolUntilMs, openUntilMs } = context.standings[index] ?? FRESH;
  return isAlone(context, index) ? coolUntilMs : Math.max(coolUntilMs, openUntilMs);
}

function othersOf(
  { candidates, standings }: RequestContext,
  index: number,
): readonly RequestStanding[] {
  return standings.filter((_, other) => candidates[other]?.key !== candidates[index]?.key);
}
