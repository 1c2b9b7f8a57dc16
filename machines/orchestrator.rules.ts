/** The orchestrator's arithmetic: total functions of context and event, so that no guard or action can throw. */
import type { OwnerFact } from './connection.types.ts';
import { remedyFor } from './failure.ts';
import type { Failure } from './failure.ts';
import type {
  Candidate,
  DegradedMode,
  Faculty,
  OrchestratorContext,
  OrchestratorInput,
  Standing,
} from './orchestrator.types.ts';

/** Two dials that failed within this time, and a person would notice: the next candidate is tried. */
const FAILED_DIALS = 2;
const FAILED_DIALS_WITHIN_MS = 3_000;

/** A dial that hangs is not waited for longer than this where another candidate can be had. */
export const FAILOVER_AFTER_MS = 5_000;

/** A wait that a server asks for is not sat out beyond this where another candidate can be had. */
const LONGEST_WAIT_MS = 3_000;

/** A candidate that failed is left alone for 1, 2, 4 … 30 s. */
const COOL_BASE_MS = 1_000;
const COOL_CAP_MS = 30_000;

/** A platform's timer that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/** A planned end is met by then, whether anybody speaks or not. */
export const LAST_CALL_MS = 5_000;

/** The old one is asked for its last result for this long at the most. */
export const HANDOVER_LIMIT_MS = 1_500;

const FRESH: Standing = { openUntilMs: 0, coolUntilMs: 0, failures: 0, isBarred: false };

export function initialContext(input: OrchestratorInput): OrchestratorContext {
  return {
    candidates: input.candidates,
    recordOnlyMs: input.recordOnlyMs ?? 120_000,
    holdDownMs: input.holdDownMs ?? 60_000,
    rotationLeadMs: input.rotationLeadMs ?? 60_000,
    standings: freshStandings(input.candidates),
    lastLane: 0,
    carrier: null,
    beside: null,
    move: null,
    failedDials: [],
    outage: null,
    hasServed: false,
    isOnline: true,
    isSpeaking: false,
    nowMs: 0,
    servedAtMs: null,
    heldUntilMs: 0,
    endsAtMs: null,
    facultiesLost: [],
    mode: null,
    recordOnlySinceMs: null,
    failure: null,
  };
}

export function freshStandings(candidates: readonly Candidate[]): readonly Standing[] {
  return candidates.map(() => FRESH);
}

/** Whether this candidate may be dialled at that moment. */
export function isUsable(context: OrchestratorContext, index: number, atMs: number): boolean {
  const standing = context.standings[index];
  if (standing === undefined || standing.isBarred) return false;
  return standing.openUntilMs <= atMs && standing.coolUntilMs <= atMs;
}

/**
 * The candidate to go to: another region of the same provider before another provider, else by preference.
 * A failure that is the account's is the same in every region.
 */
export function nextCandidate(context: OrchestratorContext, atMs: number): number | null {
  const { candidates, carrier, failure } = context;
  const current = carrier === null ? undefined : candidates[carrier.candidate];
  const usable = candidates
    .map((_, index) => index)
    .filter((index) => index !== carrier?.candidate && isUsable(context, index, atMs));
  const isAccounts = failure !== null && isMisconfigured(failure);
  const sameProvider = usable.find(
    (index) => !isAccounts && candidates[index]?.provider === current?.provider,
  );

  return sameProvider ?? usable[0] ?? null;
}

/** The candidate to begin with, or to begin again with: the most preferred that may be dialled. */
export function firstCandidate(context: OrchestratorContext, atMs: number): number | null {
  const index = context.candidates.findIndex((_, at) => isUsable(context, at, atMs));
  return index === -1 ? null : index;
}

/** A better candidate than the one that carries, which may be tried now. */
export function betterCandidate(context: OrchestratorContext, atMs: number): number | null {
  const { carrier, beside, heldUntilMs, isOnline } = context;
  if (carrier === null || (beside !== null && beside.purpose !== 'standby')) return null;
  if (!isOnline || atMs < heldUntilMs) return null;
  const index = firstCandidate(context, atMs);
  return index !== null && index < carrier.candidate ? index : null;
}

/** Where a standby is wanted: at the carrier's own candidate where it asks for one, else at the next that does. */
export function standbyCandidate(context: OrchestratorContext, atMs: number): number | null {
  const { candidates, carrier, beside } = context;
  if (carrier === null || beside !== null) return null;
  const wants = (index: number): boolean =>
    candidates[index]?.standby === 1 && isUsable(context, index, atMs);
  if (wants(carrier.candidate) && candidates[carrier.candidate]?.makesBeforeBreaks === true) {
    return carrier.candidate;
  }
  const other = candidates.findIndex((_, at) => at !== carrier.candidate && wants(at));
  return other === -1 ? null : other;
}

/** Two failed dials in 3 s, or a wait that a person would notice: the carrier is not waited for. */
export function shouldFailOver(context: OrchestratorContext, event: OwnerFact): boolean {
  if (event.type !== 'candidate.lost' || !context.isOnline) return false;
  const next = nextCandidate({ ...context, failure: event.failure }, event.atMs);
  if (next === null) return false;
  const dials = failedDialsWith(context, event);
  const isLongWait = event.failure.kind === 'rateLimited' && event.waitMs > LONGEST_WAIT_MS;

  return isLongWait || dials.length >= FAILED_DIALS;
}

export function failedDialsWith(
  { failedDials }: OrchestratorContext,
  event: Extract<OwnerFact, { type: 'candidate.lost' }>,
): readonly number[] {
  const recent = failedDials.filter((atMs) => event.atMs - atMs <= FAILED_DIALS_WITHIN_MS);
  return event.wasDial ? [...recent, event.atMs] : recent;
}

/** Whether the session is worth keeping without anybody to serve it: it once was served, and may be again. */
export function mayDegrade(context: OrchestratorContext, failure: Failure, atMs: number): boolean {
  const { hasServed, recordOnlyMs, standings, carrier } = context;
  if (!hasServed || recordOnlyMs <= 0 || recordOnlyLeftMs(context, atMs) <= 0) return false;
  return standings.some(
    ({ isBarred }, index) =>
      !isBarred && !(index === carrier?.candidate && isMisconfigured(failure)),
  );
}

export function recordOnlyLeftMs(context: OrchestratorContext, atMs: number): number {
  return (context.recordOnlySinceMs ?? atMs) + context.recordOnlyMs - atMs;
}

/** How long until a candidate may be tried again. */
export function nextProbeInMs({ standings, nowMs }: OrchestratorContext): number {
  const moments = standings
    .filter(({ isBarred }) => !isBarred)
    .map(({ openUntilMs, coolUntilMs }) => Math.max(openUntilMs, coolUntilMs));
  return between(0, Math.min(...moments) - nowMs, LONGEST_TIMER_MS);
}

/** Standing after a failure of this kind. */
export function afterFailure(standing: Standing, failure: Failure, atMs: number): Standing {
  const failures = standing.failures + 1;
  const coolMs = Math.min(COOL_CAP_MS, COOL_BASE_MS * 2 ** (failures - 1));
  return {
    ...standing,
    failures,
    coolUntilMs: atMs + Math.max(coolMs, failure.retryAfterMs ?? 0),
    isBarred: standing.isBarred || isMisconfigured(failure),
  };
}

export function withStanding(
  { standings }: OrchestratorContext,
  index: number,
  change: (standing: Standing) => Standing,
): readonly Standing[] {
  return standings.map((standing, at) => (at === index ? change(standing) : standing));
}

/** The network is back: what failed while it was away proves nothing. */
export function forgiven(standings: readonly Standing[]): readonly Standing[] {
  return standings.map((standing) => ({ ...standing, coolUntilMs: 0, failures: 0 }));
}

export function missingFaculties(context: OrchestratorContext): readonly Faculty[] {
  const { candidates, carrier, servedAtMs, facultiesLost } = context;
  const wanted = candidates[0]?.faculties ?? [];
  if (carrier === null || servedAtMs === null) return wanted;
  const had = candidates[carrier.candidate]?.faculties ?? [];
  return wanted.filter((faculty) => !had.includes(faculty) || facultiesLost.includes(faculty));
}

export function modeOf(context: OrchestratorContext): DegradedMode | null {
  const missing = missingFaculties(context);
  if (context.servedAtMs === null) return 'recordOnly';
  if (missing.includes('hearing')) return 'noSpeech';
  return missing.includes('speaking') ? 'textOnly' : null;
}

/** How long until the carrier's successor is looked for; the longest timer there is where no end is known. */
export function rotationInMs(context: OrchestratorContext): number {
  const { endsAtMs, rotationLeadMs, nowMs, standings, carrier } = context;
  if (endsAtMs === null) return LONGEST_TIMER_MS;
  const coolUntilMs = standings[carrier?.candidate ?? 0]?.coolUntilMs ?? 0; // the last successor failed a moment ago
  return between(0, Math.max(endsAtMs - rotationLeadMs, coolUntilMs) - nowMs, LONGEST_TIMER_MS);
}

/** How long a pause in speech is waited for. */
export function lastCallInMs({ endsAtMs, nowMs }: OrchestratorContext): number {
  if (endsAtMs === null) return LONGEST_TIMER_MS;
  return between(0, endsAtMs - LAST_CALL_MS - nowMs, LONGEST_TIMER_MS);
}

/** The candidate that may be tried first of all, when none may be tried now. */
export function soonestCandidate({ standings }: OrchestratorContext): number {
  let soonest = 0;
  let soonestAtMs = Infinity;
  standings.forEach(({ isBarred, openUntilMs, coolUntilMs }, index) => {
    const atMs = isBarred ? Infinity : Math.max(openUntilMs, coolUntilMs);
    if (atMs < soonestAtMs) [soonest, soonestAtMs] = [index, atMs];
  });
  return soonest;
}

function between(low: number, value: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}

function isMisconfigured(failure: Failure): boolean {
  const remedy = remedyFor(failure);
  return remedy === 'giveUp' || remedy === 'refreshCredential';
}
