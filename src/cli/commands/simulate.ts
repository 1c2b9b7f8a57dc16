/** `tenuto simulate`: the real code in a world that tries to lose audio, seed after seed. */
import { runBatch } from '../simulate/batch.ts';
import {
  explain,
  explainedLines,
  explainedObject,
  failureLine,
  writeFailure,
} from '../simulate/failure.ts';
import type { Failure } from '../simulate/failure.ts';
import type { Regression } from '../simulate/fault-json.ts';
import { checkDiagram, makeFolder, regressionsOf } from '../simulate/files.ts';
import { runMutants } from '../simulate/mutants.ts';
import { endlessRuns, rangeOfRuns, regressionRuns } from '../simulate/seeds.ts';
import { LAST_SEED, settingsOf } from '../simulate/settings.ts';
import type { Settings, SimulateOptions } from '../simulate/settings.ts';
import { lostError, runSingle } from '../simulate/single.ts';
import { namesOf } from '../simulate/world.ts';
import type { Simulation } from '../simulate/world.ts';
import { totalsLines, whole } from '../simulate/words.ts';
import type { CliIo } from '../io.ts';
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK, reportError } from '../io.ts';
import { systemClock } from '../../ports/clock.ts';
import { systemRandom } from '../../ports/random.ts';
import { Pool } from '../../simulation/pool.node.ts';
import type { Runs } from '../../simulation/pool.node.ts';
import { seedsPerSecond, Tally } from '../../simulation/summary.ts';
import { twice } from '../../simulation/twice.ts';
import type { InvariantId, RunOptions } from '../../simulation/simulation.types.ts';

export type SimulateIo = Pick<CliIo, 'write' | 'note' | 'live' | 'signal'>;

/** Returns 0 where no seed violates anything, or where each mutant was killed. @throws TenutoError OPTION_INVALID or FAULT_PLAN_INVALID. */
export async function runSimulate(
  options: SimulateOptions,
  simulation: Simulation,
  io: SimulateIo,
): Promise<number> {
  const settings = settingsOf(options, simulation);
  checkDiagram(options.diagram);
  await makeFolder(options.failures);
  const { single, mutants } = settings;
  if (single === null && mutants.length > 0) {
    return runMutants(settings, simulation, options.json, io);
  }
  const regressions = single === null ? await regressionsOf(options.regressions, simulation) : [];
  const runs = openRuns(settings, simulation);
  try {
    if (single !== null) {
      const [mutant] = mutants;
      const run = mutant === undefined ? single : simulation.mutantRun(mutant.name, single);
      return await runSingle(run, options, runs, simulation, io);
    }
    return await new Seeds(options, settings, simulation, runs, io).run(regressions);
  } finally {
    await runs.close();
  }
}

function openRuns({ jobs, isTwice, single, mutants }: Settings, simulation: Simulation): Runs {
  const [mutant] = mutants;
  const pool = new Pool({
    ...(mutant === undefined ? {} : simulation.mutantArguments(mutant.name)),
    ...(simulation.workerPath === undefined ? {} : { workerPath: simulation.workerPath }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(single === null ? {} : { jobs: isTwice ? 2 : 1 }),
  });
  return isTwice ? twice(pool) : pool;
}

/** So many failures of each invariant are explained; of the others the seed is told. */
const EXPLAINED = 1;
/** Those that are written to a folder are shrunk as well. */
const WRITTEN = 10;

class Seeds {
  readonly #options: SimulateOptions;
  readonly #settings: Settings;
  readonly #simulation: Simulation;
  readonly #runs: Runs;
  readonly #io: SimulateIo;
  readonly #tally: Tally;
  readonly #failures = new Map<InvariantId, number>();
  readonly #startedAtMs = systemClock.nowMs();
  #lost = 0;

  constructor(
    options: SimulateOptions,
    settings: Settings,
    simulation: Simulation,
    runs: Runs,
    io: SimulateIo,
  ) {
    this.#options = options;
    this.#settings = settings;
    this.#simulation = simulation;
    this.#runs = runs;
    this.#io = io;
    const nemeses = namesOf(simulation.nemeses, settings.world);
    this.#tally = new Tally({ nemeses, sometimes: namesOf(simulation.sometimes, settings.world) });
  }

  async run(regressions: readonly Regression[]): Promise<number> {
    const { world, seeds, forMs } = this.#settings;
    const again = regressionRuns(regressions, world, this.#simulation.worldOf);
    const known = again.length === 0 ? '' : `, after ${whole(again.length)} that failed once`;
    if (seeds === null) {
      const from = Math.floor(systemRandom.unit() * LAST_SEED);
      this.#note(`seeds from ${from} on, until Ctrl-C${known}`);
      await this.#all(chained(again, endlessRuns(from, world, this.#isOver)));
    } else {
      const until = forMs === null ? `${seeds.from}..${seeds.to}` : `from ${seeds.from} on`;
      this.#note(`seeds ${until}${known}`);
      await this.#all(chained(again, rangeOfRuns(seeds, world, this.#isOver)), again.length);
    }
    this.#tellSummary();
    if (this.#tally.failed > 0 || this.#lost > 0) return EXIT_FAILED;
    return this.#io.signal.aborted && forMs !== Infinity ? EXIT_INTERRUPTED : EXIT_OK;
  }

  readonly #isOver = (): boolean => {
    const { forMs } = this.#settings;
    return forMs !== null && systemClock.nowMs() - this.#startedAtMs >= forMs;
  };

  #all(runs: Iterable<RunOptions>, before = 0): Promise<void> {
    const { seeds, forMs } = this.#settings;
    const total = seeds === null ? 0 : seeds.to - seeds.from + 1 + before;
    const batch = {
      runs: this.#runs,
      tally: this.#tally,
      clock: systemClock,
      startedAtMs: this.#startedAtMs,
      doneRatio: () => {
        if (forMs === Infinity) return null;
        if (forMs === null) return (this.#tally.seeds + this.#lost) / total;
        return (systemClock.nowMs() - this.#startedAtMs) / forMs;
      },
      onFailure: (failure: Failure) => this.#onFailure(failure),
      onLost: (options: RunOptions, why: string) => {
        this.#lost += 1;
        reportError(lostError(options, why), this.#io, this.#options.json);
      },
    };
    return runBatch(batch, runs, this.#io);
  }

  async #onFailure(failure: Failure): Promise<void> {
    const { json, failures } = this.#options;
    const { invariant } = failure.violation;
    const before = this.#failures.get(invariant) ?? 0;
    this.#failures.set(invariant, before + 1);
    if (!json) this.#io.write(failureLine(failure));
    if (before >= (failures === undefined ? EXPLAINED : WRITTEN)) {
      if (json) this.#writeObject({ ...failure.violation, seed: failure.options.seed });
      return;
    }
    const explained = await explain(failure, this.#runs, this.#io);
    if (json) this.#writeObject(explainedObject(explained));
    else for (const line of explainedLines(explained)) this.#io.write(line);
    if (failures === undefined) return;
    const written = await writeFailure(failures, explained, this.#simulation);
    this.#note(`wrote ${written}, and its .txt and .svg`);
  }

  #writeObject(violation: Record<string, unknown>): void {
    this.#io.write(JSON.stringify({ type: 'violation', ...violation }));
  }

  #note(line: string): void {
    if (!this.#options.json) this.#io.note(line);
  }

  #tellSummary(): void {
    const elapsedMs = systemClock.nowMs() - this.#startedAtMs;
    const totals = this.#tally.totals();
    const perSecond = seedsPerSecond(totals.seeds, elapsedMs);
    if (!this.#options.json) {
      for (const line of totalsLines(totals, elapsedMs, perSecond)) this.#io.write(line);
      return;
    }
    const summary = { ...totals, seedsPerSecond: perSecond, lost: this.#lost, mutants: {} };
    this.#io.write(JSON.stringify({ type: 'summary', ...summary }));
  }
}

function* chained<T>(first: Iterable<T>, then: Iterable<T>): Generator<T, void> {
  yield* first;
  yield* then;
}
