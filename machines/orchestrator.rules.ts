/** The orchestrator's arithmetic: total functions of context and event, so that no guard or action can throw. */
import { HEALTHY_AFTER_MS } from './connection.rules.ts';
import type { OwnerFact } from './connection.owner.ts';
import { carrierIndex, isOfCarrier } from './orchestrator.facts.ts';
import { FRESH, isMisconfigured, usableAtMs } from './orchestrator.standings.ts';
import type {
  Candidate,
  DegradedMode,
  Faculty,
  OrchestratorContext,
  OrchestratorInput,
} from './orchestrator.types.ts';

/** Two dials that failed within this time, and a person would notice: the next candidate is tried. */
const FAILED_DIALS = 2;
const FAILED_DIALS_WITHIN_MS = 3_000;

/** A wait that a server asks for is not sat out beyond this where another candidate can be had. */
const LONGEST_WAIT_MS = 3_000;

type Lost = Extract<OwnerFact, { type: 'candidate.lost' }>;
type Failed = Extract<OwnerFact, { type: 'candidate.failed' }>;

export function initialContext(input: OrchestratorInput): OrchestratorContext {
  return {
    candidates: input.candidates,
    recordOnlyMs: input.recordOnlyMs ?? 120_000,
    holdDownMs: input.holdDownMs ?? 60_000,
    rotationLeadMs: input.rotationLeadMs ?? 60_000,
    standings: input.candidates.map(() => FRESH),
    lastLane: 0,
    carrier: null,
    beside: null,
    move: null,
    passed: [],
    failedDials: [],
    outage: null,
    isBreakTold: false,
    hasServed: false,
    isOnline: true,
    isSpeaking: false,
    isClosing: false,
    nowMs: 0,
    servedAtMs: null,
    rotatedAtMs: null,
    unservedSinceMs: null,
    dueAtMs: {},
    heldUntilMs: 0,
    endsAtMs: null,
    leavesAtMs: null,
    facultiesLost: [],
    mode: null,
    recordOnlySinceMs: null,
    failure: null,
  };
}

/** Whether this candidate may be dialled at that moment. */
export function isUsable(context: OrchestratorContext, index: number, atMs: number): boolean {
  const standing = context.standings[index];
  return standing !== undefined && usableAtMs(standing) <= atMs;
}

/** Whether the ladder can lead there: until somebody served, no candidate is tried twice. */
export function isOther(context: OrchestratorContext, index: number): boolean {
  if (index === carrierIndex(context)) return false;
  return context.hasServed || !context.passed.includes(index);
}

/**
 * The candidate to go to: another region of the same provider before another provider, else by preference.
 * A failure that is the account's is the same in every region: they come last.
 */
export function nextCandidate(context: OrchestratorContext, atMs: number): number | null {
  const { candidates, failure } = context;
  const current = candidates[carrierIndex(context)];
  const usable = indexesOf(candidates).filter(
    (index) => isOther(context, index) && isUsable(context, index, atMs),
  );
  const isAccounts = failure !== null && isMisconfigured(failure);
  const preferred = usable.find(
    (index) => isAccounts !== (candidates[index]?.provider === current?.provider),
  );

  return preferred ?? usable[0] ?? null;
}

/** The most preferred candidate that may be dialled, or null. */
export function firstCandidate(context: OrchestratorContext, atMs: number): number | null {
  return indexesOf(context.candidates).find((index) => isUsable(context, index, atMs)) ?? null;
}

/** The candidate that may be tried first of all, when none may be tried now. */
export function soonestCandidate({ standings }: OrchestratorContext): number {
  const moments = standings.map(usableAtMs);
  return Math.max(0, moments.indexOf(Math.min(...moments)));
}

/** A better candidate than the one that carries, which may be tried now. */
export function betterCandidate(context: OrchestratorContext, atMs: number): number | null {
  const { carrier, heldUntilMs, isOnline } = context;
  if (carrier === null || !isOnline || atMs < heldUntilMs) return null;
  const index = firstCandidate(context, atMs);
  return index !== null && index < carrier.candidate ? index : null;
}

/** Where a standby is to be dialled: at the carrier's own candidate where it asks for one, else at the next that does. */
export function standbyCandidate(context: OrchestratorContext, atMs: number): number | null {
  const { candidates, carrier, beside, isOnline } = context;
  if (carrier === null || beside !== null || !isOnline) return null;
  const wanted = indexesOf(candidates).filter(
    (index) => wantsStandby(context, index) && isUsable(context, index, atMs),
  );
  return wanted.find((index) => index === carrier.candidate) ?? wanted[0] ?? null;
}

export function wantsStandby(context: OrchestratorContext, index: number): boolean {
  if (context.candidates[index]?.standby !== 1) return false;
  return index !== carrierIndex(context) || mayStandBeside(context);
}

/** Whether nobody should dial the carrier's candidate just now, though it may well serve. */
export function isBarred(context: OrchestratorContext): boolean {
  const { standings, nowMs } = context;
  return (standings[carrierIndex(context)]?.openUntilMs ?? 0) > nowMs;
}

/** Whether a second connection may stand beside the carrier, at its own candidate. */
export function mayStandBeside(context: OrchestratorContext): boolean {
  const { candidates, standings } = context;
  const index = carrierIndex(context);
  return candidates[index]?.makesBeforeBreaks === true && standings[index]?.isAlone !== true;
}

/** Whether a second connection at the carrier's candidate takes the session from it as soon as it stands. */
export function isTakenOver(context: OrchestratorContext): boolean {
  return context.candidates[carrierIndex(context)]?.takesOver === true;
}

/** Two failed dials in 3 s, or a wait that a person would notice: the carrier is not waited for. */
export function shouldFailOver(context: OrchestratorContext, event: Lost): boolean {
  if (!context.isOnline) return false;
  const next = nextCandidate({ ...context, failure: event.failure }, event.atMs);
  if (next === null && !mayTakeOver(context, event)) return false;
  const dials = failedDialsWith(context, event);
  const isLongWait = event.failure.kind === 'rateLimited' && event.waitMs > LONGEST_WAIT_MS;

  return isLongWait || dials.length >= FAILED_DIALS;
}

export function failedDialsWith(
  { failedDials }: OrchestratorContext,
  event: Lost,
): readonly number[] {
  const recent = failedDials.filter((atMs) => event.atMs - atMs <= FAILED_DIALS_WITHIN_MS);
  return event.wasDial ? [...recent, event.atMs] : recent;
}

/**
 * Whether what stands ready takes over from a carrier that was lost. A planned end is no reason to go to another
 * candidate, and neither is a network that is away.
 */
export function mayReplace(context: OrchestratorContext, event: Lost | Failed): boolean {
  const { beside, isOnline } = context;
  if (beside?.isReady !== true || !isOfCarrier(context, event)) return false;
  if (event.type === 'candidate.failed') return true;
  const isElsewhere = beside.purpose === 'standby' && beside.candidate !== carrierIndex(context);

  return isOnline && !(isElsewhere && event.failure.kind === 'planned');
}

/** Whether what stands beside the carrier can be had at once, and not where the breaker has just opened. */
export function mayTakeOver(
  context: OrchestratorContext,
  event: { readonly type: string },
): boolean {
  const { beside } = context;
  if (beside?.isReady !== true) return false;
  return event.type !== 'breaker.moved' || beside.candidate !== carrierIndex(context);
}

/** Whether the session is worth keeping without anybody to serve it: it once was served, and may be again. */
export function mayDegrade(context: OrchestratorContext, { failure, atMs }: Failed): boolean {
  const { hasServed, recordOnlyMs, recordOnlySinceMs, standings } = context;
  if (!hasServed || (recordOnlySinceMs ?? atMs) + recordOnlyMs <= atMs) return false;
  return standings.some(
    ({ isBarred }, index) =>
      !isBarred && !(index === carrierIndex(context) && isMisconfigured(failure)),
  );
}

/** Whether a loss says nothing against the candidate: it was announced, or it ended what had long been well. */
export function isExcusable({ servedAtMs }: OrchestratorContext, event: Lost): boolean {
  const { failure, wasDial, atMs } = event;
  if (failure.kind === 'planned') return true;
  return (
    !wasDial && failure.kind === 'transient' && atMs - (servedAtMs ?? atMs) >= HEALTHY_AFTER_MS
  );
}

export function missingFaculties(context: OrchestratorContext): readonly Faculty[] {
  const { candidates, carrier, facultiesLost } = context;
  const wanted = candidates[0].faculties;
  if (carrier === null) return wanted;
  const had = candidates[carrier.candidate]?.faculties ?? [];
  return wanted.filter((faculty) => !had.includes(faculty) || facultiesLost.includes(faculty));
}

/** While a candidate is only on its way, the mode is what it was. */
export function modeOf(context: OrchestratorContext): DegradedMode | null {
  if (context.carrier === null) return 'recordOnly';
  if (context.servedAtMs === null) return context.mode;
  const missing = missingFaculties(context);
  if (missing.includes('hearing')) return 'noSpeech';
  return missing.includes('speaking') ? 'textOnly' : null;
}

function indexesOf(candidates: readonly Candidate[]): readonly number[] {
  return candidates.map((_, index) => index);
}
