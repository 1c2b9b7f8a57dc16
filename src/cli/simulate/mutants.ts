/** Each mutant over the same seeds: whether an invariant finds it, in what share of them, and which. */
import { runBatch } from './batch.ts';
import { rangeOfRuns } from './seeds.ts';
import type { Settings } from './settings.ts';
import type { Simulation } from './world.ts';
import { isAsExpected, mutantLine } from './words.ts';
import type { MutantResult } from './words.ts';
import type { CliIo } from '../io.ts';
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK } from '../io.ts';
import { systemClock } from '../../ports/clock.ts';
import { Pool } from '../../simulation/pool.node.ts';
import { twice } from '../../simulation/twice.ts';
import type { RunOptions } from '../../simulation/simulation.types.ts';
import { Tally } from '../../simulation/summary.ts';

type MutantsIo = Pick<CliIo, 'write' | 'note' | 'live' | 'signal'>;

/** Returns 0 where each was killed, and none that is equivalent. */
export async function runMutants(
  settings: Settings,
  simulation: Simulation,
  json: boolean,
  io: MutantsIo,
): Promise<number> {
  const { mutants } = settings;
  const width = Math.max(...mutants.map(({ name }) => name.length));
  const startedAtMs = systemClock.nowMs();
  const results: MutantResult[] = [];
  for (const mutant of mutants) {
    const result = await runMutant(mutant, settings, simulation, io);
    if (io.signal.aborted) break;
    results.push(result);
    if (json) io.write(JSON.stringify({ type: 'mutant', ...toldOf(mutant), ...rowOf(result) }));
    else io.write(mutantLine(result, width));
  }
  tellSummary(results, systemClock.nowMs() - startedAtMs, mutants.length, json, io);
  if (io.signal.aborted) return EXIT_INTERRUPTED;
  return results.every(isAsExpected) ? EXIT_OK : EXIT_FAILED;
}

async function runMutant(
  mutant: MutantResult['mutant'],
  settings: Settings,
  simulation: Simulation,
  io: MutantsIo,
): Promise<MutantResult> {
  const { jobs, enough, isTwice, seeds } = settings;
  const pool = new Pool({
    ...simulation.mutantArguments(mutant.name),
    ...(jobs === undefined ? {} : { jobs }),
    ...(simulation.workerPath === undefined ? {} : { workerPath: simulation.workerPath }),
  });
  const tally = new Tally({ nemeses: [], sometimes: [] });
  const total = seeds === null ? 0 : seeds.to - seeds.from + 1;
  let lost = 0;
  try {
    const batch = {
      runs: isTwice ? twice(pool) : pool,
      tally,
      clock: systemClock,
      startedAtMs: systemClock.nowMs(),
      doneRatio: () => (tally.seeds + lost) / total,
      mutant: mutant.name,
      onFailure: () => undefined,
      onLost: () => {
        lost += 1;
      },
      isEnough: () => tally.failed >= enough,
    };
    await runBatch(batch, runsOf(mutant.name, settings, simulation), io);
    return { mutant, ...tally.mutantRow(), lost };
  } finally {
    await pool.close();
  }
}

function* runsOf(
  mutant: string,
  { seeds, world }: Settings,
  { mutantRun }: Simulation,
): Generator<RunOptions, void> {
  for (const options of rangeOfRuns(seeds, world)) yield mutantRun(mutant, options);
}

function toldOf({ name, says, expected }: MutantResult['mutant']) {
  return { name, says, expected };
}

function rowOf({ killed, share, by, seeds, lost }: MutantResult) {
  return { killed, share, by, seeds, lost };
}

function tellSummary(
  results: readonly MutantResult[],
  elapsedMs: number,
  of: number,
  json: boolean,
  io: MutantsIo,
): void {
  const killed = results.filter((result) => result.killed).length;
  const unexpected = results.filter((result) => !isAsExpected(result));
  if (json) {
    const seeds = results.reduce((sum, result) => sum + result.seeds, 0);
    const mutants = Object.fromEntries(
      results.map((result) => [result.mutant.name, rowOf(result)]),
    );
    const names = unexpected.map(({ mutant }) => mutant.name);
    io.write(JSON.stringify({ type: 'summary', seeds, killed, mutants, notAsExpected: names }));
    return;
  }
  io.write(`${killed} of ${of} mutants killed in ${(elapsedMs / 1_000).toFixed(1)} s`);
  for (const { mutant } of unexpected) {
    const why =
      mutant.expected === 'killed'
        ? 'survived: a nemesis or an invariant is missing, or it is equivalent'
        : 'was thought equivalent, and is not';
    io.write(`${mutant.name} ${why}: ${mutant.says}`);
  }
}
