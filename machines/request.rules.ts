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

const FRESH = {
  failures: 0,
  coolUntilMs: 0,
  isLimited: false,
  hasAnswered: false,
  isRefreshed: false,
} as const;

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

/** When a candidate may be asked. */
interface Turn {
  readonly index: number;
  readonly atMs: number;
  readonly standing: RequestStanding;
}

/**
 * The most preferred candidate that may be asked now, or else the one that may be asked first: a candidate that has to
 * be waited for is not waited for where another can be asked. Null where nobody is left.
 */
function nextTurn(context: RequestContext): Turn | null {
  const turns = context.standings
    .map((standing, index) => ({ index, standing, atMs: freeAtMs(context, standing, index) }))
    .filter(({ standing }) => !standing.isPassed);
  const soonest = turns.reduce<Turn | null>(
    (first, turn) => (first !== null && first.atMs <= turn.atMs ? first : turn),
    null,
  );

  return turns.find((turn) => isNow(context, turn)) ?? soonest;
}

export function routeOf(context: RequestContext): RequestRoute {
  const turn = nextTurn(context);
  if (turn === null) return 'givenUp';
  if (isNow(context, turn)) return 'asking';

  const { atMs, standing } = turn;
  if (atMs > standing.coolUntilMs) return 'barred';
  return standing.isLimited ? 'rateLimited' : 'backingOff';
}

/** A moment that is none, such as of a hint that is no number, is not waited for. */
function isNow({ nowMs }: RequestContext, { atMs }: Turn): boolean {
  return !(atMs > nowMs);
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
  const { outage, isAttemptDue } = context;
  const turn = nextTurn(context);
  if (turn === null) return {};

  return {
    current: turn.index,
    dueAtMs: turn.atMs,
    outage: isAttemptDue && outage !== null ? { ...outage, attempts: outage.attempts + 1 } : outage,
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
  change: Partial<RequestStanding> | ((standing: RequestStanding) => Partial<RequestStanding>),
): readonly RequestStanding[] {
  return standings.map((standing, at) =>
    at === index
      ? { ...standing, ...(typeof change === 'function' ? change(standing) : change) }
      : standing,
  );
}

/** Who has no other candidate is not barred: an answer that comes late is better than none. */
function freeAtMs(
  context: RequestContext,
  { coolUntilMs, openUntilMs }: RequestStanding,
  index: number,
): number {
  return isAlone(context, index) ? coolUntilMs : Math.max(coolUntilMs, openUntilMs);
}

function othersOf(
  { candidates, standings }: RequestContext,
  index: number,
): readonly RequestStanding[] {
  return standings.filter((_, other) => candidates[other]?.key !== candidates[index]?.key);
}
