/**
 * Fault plans: what breaks, and when. A plan is data. It prints as a list that parses back to the same plan,
 * and what a list leaves open is drawn from a seed, so that every run can be had again.
 */
import { seededRandom, type Random } from '../../ports/random.ts';
import {
  FAULT_KINDS,
  argumentsOf,
  isComplete,
  isForGood,
  isHalfOpenKind,
  type Fault,
  type FaultArgument,
  type FaultKind,
  type FaultPlan,
} from './kinds.ts';
import { formatFault, invalid, parseFault, type WrittenFault } from './plan-grammar.ts';

export { FAULT_KINDS } from './kinds.ts';
export type { Fault, FaultPlan } from './kinds.ts';
export { FAULT_PLAN_GRAMMAR, FAULT_PLAN_NOTES } from './plan-grammar.ts';

export interface FaultPlanOptions {
  /** What the list leaves open is drawn from it; with null nothing may be left open. */
  readonly seed: number | null;
  /** How long the audio is: drawn times fall inside it. */
  readonly lengthMs: number;
  /** Candidates that a fault can be aimed at by name. A fault without a name hits the first. Default none. */
  readonly targets?: readonly string[];
}

const MOST_FAULTS = 200;
/** Drawn times keep clear of both ends: before, no audio flows; after, none is left to show the recovery. */
const FIRST_AT_RATIO = 0.05;
const LAST_AT_RATIO = 0.85;

/** Nine faults of nine kinds for a demonstration: those that a client has to notice or survive. */
const DEFAULT_KINDS: readonly FaultKind[] = [
  'midframe',
  'half-open',
  'reset',
  'http-503',
  'stall',
  'half-open-down',
  'refuse',
  'http-429',
  'http-401',
];

/** Chance, where there is a seed. */
type Chance = () => Random;

/** @throws TenutoError FAULT_PLAN_INVALID naming the bad part. */
export function parseFaultPlan(text: string, options: FaultPlanOptions): FaultPlan {
  const { seed, lengthMs, targets = [] } = options;
  const list = text.trim().toLowerCase();
  if (list === '') throw invalid(text, 'is empty');
  if (list === 'none') return { seed, faults: [] };

  const random = seed === null ? null : seededRandom(seed);
  const chanceFor = (part: string): Chance => {
    return () => {
      if (random !== null) return random;
      throw invalid(part, 'leaves something to chance, and there is no seed to draw from');
    };
  };
  if (list === 'all') return { seed, faults: oneOfEach(lengthMs, chanceFor(list)()) };

  const parts = list.split(',').map((part) => part.trim());
  if (parts.length > MOST_FAULTS) {
    throw invalid(list, `is a list of ${parts.length} faults, and ${MOST_FAULTS} is the most`);
  }
  const written = parts.map((part) => ({ part, fault: parseFault(part, targets) }));
  const faults = inOrderOfTime(
    written.map(({ part, fault }) => completed(fault, lengthMs, chanceFor(part))),
  );
  checkEnds(faults, targets[0]);
  return { seed, faults };
}

/** The part of a plan that concerns one of several candidates. */
export function planFor(plan: FaultPlan, target: string, isFirst: boolean): FaultPlan {
  const concerns = (fault: Fault): boolean =>
    fault.target === undefined ? isFirst : fault.target === target;
  return { seed: plan.seed, faults: plan.faults.filter(concerns) };
}

/** Prints a list that `parseFaultPlan` reads back as the same plan. */
export function formatFaultPlan(plan: FaultPlan): string {
  return plan.faults.length === 0 ? 'none' : plan.faults.map(formatFault).join(',');
}

/** Nine faults of nine kinds, evenly spread, each moved a little by the seed. */
export function defaultFaultPlan(seed: number, lengthMs: number): FaultPlan {
  return { seed, faults: spread(DEFAULT_KINDS, lengthMs, seededRandom(seed)) };
}

/** What is down for good can break in no other way. */
function checkEnds(faults: readonly Fault[], first: string | undefined): void {
  const ends = new Map<string | undefined, Fault>();
  for (const fault of faults) {
    const target = fault.target ?? first;
    const end = ends.get(target);
    if (end !== undefined) {
      throw invalid(formatFault(fault), `comes after ${formatFault(end)}, which is for good`);
    }
    if (isForGood(fault)) ends.set(target, fault);
  }
}

function oneOfEach(lengthMs: number, random: Random): readonly Fault[] {
  const kinds = FAULT_KINDS.map(({ kind }) => ({ kind, rank: random.unit() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ kind }) => kind);
  return spread(kinds, lengthMs, random);
}

/** Cuts the time into equal slots and puts one fault somewhere in the middle of each. */
function spread(kinds: readonly FaultKind[], lengthMs: number, random: Random): readonly Fault[] {
  const slotRatio = (LAST_AT_RATIO - FIRST_AT_RATIO) / kinds.length;
  const faults = kinds.map((kind, index) => {
    const wobble = between(random, 0.2, 0.8);
    const atMs = tidy(lengthMs * (FIRST_AT_RATIO + (index + wobble) * slotRatio), 10);
    const given = isComplete(kind) ? { durationMs: drawnDurationMs(kind, () => random) } : {};
    return completed({ kind, target: null, atMs, given }, lengthMs, () => random);
  });
  return inOrderOfTime(faults);
}

/** Fills in what was left out. */
function completed(written: WrittenFault, lengthMs: number, chance: Chance): Fault {
  const { kind, target, given } = written;
  const atMs =
    written.atMs ?? tidy(lengthMs * between(chance(), FIRST_AT_RATIO, LAST_AT_RATIO), 10);
  const drawnValues = isComplete(kind)
    ? []
    : argumentsOf(kind).map(
        (argument) => [argument, given[argument] ?? drawn(kind, argument, chance)] as const,
      );
  return {
    kind,
    ...(target === null ? {} : { target }),
    atMs,
    ...given,
    ...(Object.fromEntries(drawnValues) as Omit<Fault, 'kind' | 'target' | 'atMs'>),
  };
}

/** Values that a client with sane time limits gets over. */
function drawn(kind: FaultKind, argument: FaultArgument, chance: Chance): number {
  switch (argument) {
    case 'durationMs':
      return drawnDurationMs(kind, chance);
    case 'latencyMs':
      return tidy(between(chance(), 100, 300), 10);
    case 'bytesPerSecond':
      // Below what 16 kHz speech needs (32,000), so that it bites.
      return tidy(between(chance(), 12_000, 24_000), 100);
    case 'count':
    case 'retryAfterS':
      return 1;
  }
}

function drawnDurationMs(kind: FaultKind, chance: Chance): number {
  if (isHalfOpenKind(kind)) return tidy(between(chance(), 0, 1_000), 10);
  if (kind === 'stall') return tidy(between(chance(), 1_000, 3_000), 10);
  if (kind === 'refuse' || kind === 'down') return tidy(between(chance(), 1_000, 4_000), 10);
  return 2_000;
}

function inOrderOfTime(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort((one, other) => one.atMs - other.atMs);
}

function between(random: Random, least: number, most: number): number {
  return least + (most - least) * random.unit();
}

function tidy(value: number, step: number): number {
  return Math.round(value / step) * step;
}
