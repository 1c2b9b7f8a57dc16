/** What is told of a run that violates an invariant: the fewest faults that do it, how to see it again, and its story. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { unusableFile } from './files.ts';
import type { Simulation } from './world.ts';
import { colors } from '../colors.ts';
import { counted } from '../counted.ts';
import type { CliIo } from '../io.ts';
import type { Runs } from '../../simulation/pool.node.ts';
import { DEFAULT_LENGTH_MS, shrink } from '../../simulation/shrink.ts';
import type { Shrunk } from '../../simulation/shrink.ts';
import { INVARIANTS } from '../../simulation/simulation.types.ts';
import type { Fault, RunOptions, RunResult, Violation } from '../../simulation/simulation.types.ts';
import { storySvg } from '../../simulation/story/svg.ts';
import { plain, secondsText, storyText } from '../../simulation/story/text.ts';

export interface Failure {
  readonly options: RunOptions;
  readonly result: RunResult;
  /** The first one. */
  readonly violation: Violation;
}

/** A failure with no more in it than it needs, and its story. */
export interface Explained {
  /** With which it is run again. */
  readonly options: RunOptions;
  readonly violation: Violation;
  readonly told: RunResult;
  /** Null where it was run as it is. */
  readonly shrunk: Shrunk | null;
  /** How many faults it was found with. */
  readonly foundWith: number;
}

type FailureIo = Pick<CliIo, 'write' | 'note' | 'live' | 'signal'>;

export function failureOf(options: RunOptions, result: RunResult): Failure | null {
  const [violation] = [...result.violations].sort((a, b) => a.atMs - b.atMs);
  return violation === undefined ? null : { options, result, violation };
}

/** Shrinks it, unless it is to be taken as it is. */
export async function explain(
  failure: Failure,
  runs: Runs,
  io: FailureIo,
  isGiven = failure.options.faults !== undefined,
): Promise<Explained> {
  const { options, result, violation } = failure;
  const { seed, lengthMs, world } = options;
  const foundWith = result.faults.length;
  if (isGiven) {
    const told = await traced(options, result, runs);
    return { options, violation: sameOf(told, violation), told, shrunk: null, foundWith };
  }
  const fixed = { seed, ...(world === undefined ? {} : { world }) };
  const shrunk = await shrink({
    ...fixed,
    ...(lengthMs === undefined ? {} : { lengthMs }),
    faults: result.faults,
    invariant: violation.invariant,
    signal: io.signal,
    run: async (each) => {
      const outcome = await runs.run(each);
      return 'result' in outcome ? outcome.result : { violations: [] };
    },
    onProgress: ({ runs: count, faults, lengthMs: length }) =>
      io.live(
        `seed ${seed}: shrinking, run ${count}: ${counted(faults, 'fault')}, ${length / 1_000} s`,
      ),
  });
  io.live('');
  const length = shrunk.lengthMs === DEFAULT_LENGTH_MS ? {} : { lengthMs: shrunk.lengthMs };
  const smaller = { ...fixed, faults: shrunk.faults, ...length };
  const told = await traced(smaller, result, runs);
  return { options: smaller, violation: sameOf(told, violation), told, shrunk, foundWith };
}

async function traced(options: RunOptions, fallback: RunResult, runs: Runs): Promise<RunResult> {
  const outcome = await runs.run({ ...options, isTraced: true });
  return 'result' in outcome ? outcome.result : fallback;
}

function sameOf({ violations }: RunResult, violation: Violation): Violation {
  return violations.find(({ invariant }) => invariant === violation.invariant) ?? violation;
}

/** The command that runs it again, line by line. @param mutant which it was run with. */
export function replayCommand(options: RunOptions, mutant?: string): string {
  const { seed, faults, lengthMs, world } = options;
  return [
    `npx tenuto simulate --seed ${seed}`,
    ...(mutant === undefined ? [] : [`--mutant ${mutant}`]),
    ...(world === undefined ? [] : [`--world ${world}`]),
    ...(faults === undefined ? [] : [`--faults '${faultsJson(faults)}'`]),
    ...(lengthMs === undefined ? [] : [`--length-ms ${lengthMs}`]),
    '--trace',
  ].join(' ');
}

/** An apostrophe would end the shell's; JSON has another way to write it. */
function faultsJson(faults: readonly Fault[]): string {
  return JSON.stringify(faults).replaceAll("'", '\\u0027');
}

export function failureLine({ result, violation }: Failure, why = ''): string {
  const { invariant, atMs, message } = violation;
  const words = `seed ${result.seed}${why} violates ${invariant} at ${secondsText(atMs)}: ${plain(message)}`;
  return colors.red(words);
}

export function explainedLines(explained: Explained, mutant?: string): readonly string[] {
  const { options, violation, told, shrunk, foundWith } = explained;
  const { invariant } = violation;

  return [
    `  ${invariant}: ${INVARIANTS[invariant]}`,
    ...(shrunk === null ? [] : shrunkLines(shrunk, foundWith, explained)),
    `  ${colors.bold(replayCommand(options, mutant))}`,
    ...storyText(told).map((line) => `  ${line}`),
  ];
}

function shrunkLines(
  { faults, lengthMs, runs, isMinimal }: Shrunk,
  foundWith: number,
  { violation, told }: Explained,
): readonly string[] {
  const doubt = isMinimal ? '' : ', and not to the end';
  const from = `shrunk from ${counted(foundWith, 'fault')} to ${faults.length}`;
  return [
    `  ${from}, in a run of ${lengthMs / 1_000} s (${counted(runs, 'run')}${doubt}); in this smaller run, hash ${told.hash},`,
    `  it is at ${secondsText(violation.atMs)}: ${plain(violation.message)}`,
  ];
}

export function explainedObject(explained: Explained, mutant?: string): Record<string, unknown> {
  const { options, violation, told, shrunk, foundWith } = explained;
  const { seed, faults = told.faults, lengthMs = DEFAULT_LENGTH_MS } = options;
  return {
    seed,
    world: told.world,
    ...(mutant === undefined ? {} : { mutant }),
    ...violation,
    says: INVARIANTS[violation.invariant],
    faults,
    lengthMs,
    faultsBefore: foundWith,
    runs: shrunk?.runs ?? 0,
    isMinimal: shrunk?.isMinimal ?? false,
    replay: replayCommand(options, mutant),
  };
}

/** As an object, as lines, and as a picture, named after the seed and the invariant. */
export async function writeFailure(
  folder: string,
  explained: Explained,
  { hits }: Simulation,
): Promise<string> {
  const { options, violation, told } = explained;
  const name = join(folder, `seed-${options.seed}-${violation.invariant}`);
  const picture = hits === undefined ? {} : { hits };
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(`${name}.json`, `${JSON.stringify(explainedObject(explained), null, 2)}\n`);
    await writeFile(`${name}.txt`, `${storyText(told, { mostLines: 100_000 }).join('\n')}\n`);
    await writeFile(`${name}.svg`, storySvg(told, picture));
  } catch (error) {
    throw unusableFile('--failures', folder, error);
  }
  return `${name}.json`;
}
