/** What `tenuto simulate` was asked for, checked. */
import { alienIn, excessIn, otherOf, parseFaults } from './fault-json.ts';
import { kindsOf, WORLDS } from './world.ts';
import type { KnownMutant, Simulation } from './world.ts';
import { nearestOf } from '../serve/nearest.ts';
import { TenutoError } from '../../ports/errors.ts';
import { invalid } from '../../ports/option-errors.ts';
import type { Fault, RunOptions, WorldKind } from '../../simulation/simulation.types.ts';

/** As they were typed. */
export interface SimulateOptions {
  readonly seeds?: string;
  readonly seed?: string;
  readonly faults?: string;
  readonly lengthMs?: string;
  readonly trace?: boolean;
  readonly diagram?: string;
  readonly mutant?: string;
  readonly enough?: string;
  readonly minutes?: string;
  readonly jobs?: string;
  readonly world?: string;
  readonly twice?: boolean;
  readonly regressions?: string;
  readonly failures?: string;
  readonly json: boolean;
}

export interface Settings {
  /** The one run that is asked for; null: many. */
  readonly single: RunOptions | null;
  /** From the first to the last; null: from any on. */
  readonly seeds: SeedRange | null;
  /** How long further seeds are begun; null: until all are run. */
  readonly forMs: number | null;
  readonly mutants: readonly KnownMutant[];
  /** After so many seeds that kill it, no more of a mutant are run. */
  readonly enough: number;
  /** Undefined: one for each core. */
  readonly jobs: number | undefined;
  readonly world: WorldKind | undefined;
  readonly isTwice: boolean;
}

export interface SeedRange {
  readonly from: number;
  readonly to: number;
}

/** A stream of chance has 32 bits. */
export const LAST_SEED = 4_294_967_295;
const DEFAULT_SEEDS: SeedRange = { from: 1, to: 200 };
const MOST_JOBS = 256;
const LONGEST_RUN_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MOST_MINUTES = 100_000;

/** Those that say what one run is like. */
const OF_ONE_RUN = ['faults', 'lengthMs', 'trace', 'diagram'] as const;
const OF_MANY = ['seeds', 'minutes', 'failures', 'regressions', 'enough'] as const;

/** @throws TenutoError OPTION_INVALID. */
export function settingsOf(options: SimulateOptions, simulation: Simulation): Settings {
  checkTogether(options);
  const world = worldOf(options.world);
  const mutants = mutantsOf(options.mutant, simulation.mutants);
  const { minutes } = options;
  const forMs = minutes === undefined ? null : minutesAsMs(minutes);
  return {
    single: singleOf(options, world, simulation),
    seeds: options.seeds === undefined ? seedsFor(forMs) : rangeOf(options.seeds, forMs !== null),
    forMs,
    mutants,
    enough: wholeOf('--enough', options.enough, 1, LAST_SEED) ?? Infinity,
    jobs: wholeOf('--jobs', options.jobs, 1, MOST_JOBS),
    world,
    isTwice: options.twice === true,
  };
}

function checkTogether(options: SimulateOptions): void {
  const isSingle = options.seed !== undefined;
  const misplaced = (isSingle ? OF_MANY : OF_ONE_RUN).find((name) => isGiven(options[name]));
  if (misplaced !== undefined) {
    const name = `--${misplaced.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    throw isSingle
      ? invalid(`${name} is for many seeds, and --seed is one.`, 'Leave one of them out.')
      : invalid(`${name} is for one run.`, 'Say which by --seed N.');
  }
  const { mutant, minutes, failures, enough } = options;
  if (mutant === 'all' && isSingle) {
    throw invalid('--seed runs one mutant at a time.', 'Name the mutant, or give --seeds A..B.');
  }
  if (mutant !== undefined && (minutes !== undefined || failures !== undefined)) {
    const name = minutes === undefined ? '--failures' : '--minutes';
    throw invalid(
      `A mutant is run over the same seeds each time, so ${name} does not go with --mutant.`,
      'Give --seeds A..B, or --seed N for one of them.',
    );
  }
  if (mutant === undefined && enough !== undefined) {
    throw invalid('--enough is for mutants.', 'Add --mutant NAME or --mutant all.');
  }
}

function isGiven(value: string | boolean | undefined): boolean {
  return value !== undefined && value !== false;
}

function singleOf(
  { seed, faults, lengthMs: length, mutant }: SimulateOptions,
  world: WorldKind | undefined,
  simulation: Simulation,
): RunOptions | null {
  const number = wholeOf('--seed', seed, 0, LAST_SEED);
  if (number === undefined) return null;
  const lengthMs = wholeOf('--length-ms', length, 1, LONGEST_RUN_MS);
  const { worldOf: drawnBy, mutantRun } = simulation;
  const mutated: Partial<RunOptions> =
    mutant === undefined ? {} : mutantRun(mutant, { seed: number, faults: [] });
  const drawn = world ?? mutated.world ?? drawnBy(number);
  return {
    seed: number,
    ...(faults === undefined ? {} : { faults: faultsOf(faults, drawn, simulation) }),
    ...(lengthMs === undefined ? {} : { lengthMs }),
    ...(world === undefined ? {} : { world }),
  };
}

/** @throws TenutoError FAULT_PLAN_INVALID also where one of them is of the other world, and would hit nothing. */
function faultsOf(text: string, world: WorldKind, simulation: Simulation): readonly Fault[] {
  const faults = parseFaults(text, '--faults', kindsOf(simulation, undefined));
  const alien = alienIn(faults, world, simulation);
  const wrong = alien ?? excessIn(faults, world, simulation);
  if (wrong === null) return faults;
  const remediation =
    alien === null ? 'Give as much, or leave "much" out.' : `Give --world ${otherOf(world)}.`;
  throw new TenutoError({ code: 'FAULT_PLAN_INVALID', message: `${wrong}.`, remediation });
}

function seedsFor(forMs: number | null): SeedRange | null {
  if (forMs === null) return DEFAULT_SEEDS;
  return forMs === Infinity ? null : { from: 1, to: LAST_SEED };
}

/** `1..200`, or `200` for that; with a time to go by also `1..`. */
function rangeOf(text: string, isTimed: boolean): SeedRange {
  const range = /^\d+$/.test(text.trim()) ? `1..${text.trim()}` : text.trim();
  const [, first = '', last = ''] = /^(\d+)\.\.(\d*)$/.exec(range) ?? [];
  const from = Number(first);
  const to = last === '' && isTimed ? LAST_SEED : Number(last);
  if (first === '' || (last === '' && !isTimed) || Math.max(from, to) > LAST_SEED) {
    throw invalid(
      `--seeds cannot be "${text}".`,
      `Give how many, or the first and the last, such as 1..200, each at most ${LAST_SEED}.`,
    );
  }
  if (from > to) {
    throw invalid(`--seeds ${text} ends before it begins.`, `Give ${Math.max(to, 1)}..${from}.`);
  }
  return { from, to };
}

function wholeOf(
  name: string,
  text: string | undefined,
  least: number,
  most: number,
): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most)
    return value;
  throw invalid(`${name} cannot be "${text}".`, `Give a whole number, ${least} to ${most}.`);
}

function minutesAsMs(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= MOST_MINUTES) {
    return value === 0 ? Infinity : value * MINUTE_MS;
  }
  throw invalid(
    `--minutes cannot be "${text}".`,
    `Give a number, 0 to ${MOST_MINUTES}; 0 is until Ctrl-C.`,
  );
}

function worldOf(name: string | undefined): WorldKind | undefined {
  if (name === undefined) return undefined;
  const world = WORLDS.find((each) => each === name);
  if (world !== undefined) return world;
  throw invalid(`There is no world "${name}".`, `Take one of ${WORLDS.join(', ')}.`);
}

function mutantsOf(
  name: string | undefined,
  mutants: readonly KnownMutant[],
): readonly KnownMutant[] {
  if (name === undefined) return [];
  if (name === 'all') return mutants;
  const found = mutants.filter((mutant) => mutant.name === name);
  if (found.length > 0) return found;
  const names = mutants.map((mutant) => mutant.name);
  const nearest = nearestOf(name, names);
  const guess = nearest === null ? '' : `Did you mean ${nearest}? `;
  throw invalid(
    `There is no mutant "${name}".`,
    `${guess}Take all, or one that docs/mutants.md has.`,
  );
}
