/** Many seeds, one after another: what they come to, and which of them fail. */
import { failureOf } from './failure.ts';
import type { Failure } from './failure.ts';
import { progressLine } from './words.ts';
import type { CliIo } from '../io.ts';
import type { Clock } from '../../ports/clock.ts';
import { inOrder } from '../../simulation/pool.node.ts';
import type { Runs } from '../../simulation/pool.node.ts';
import { seedsPerSecond } from '../../simulation/summary.ts';
import type { Tally } from '../../simulation/summary.ts';
import type { RunOptions } from '../../simulation/simulation.types.ts';

export interface Batch {
  readonly runs: Runs;
  readonly tally: Tally;
  readonly clock: Clock;
  readonly startedAtMs: number;
  /** How much of it is done, of 1; null where it has no end. */
  readonly doneRatio: () => number | null;
  /** Which mutant it is run with. */
  readonly mutant?: string;
  readonly onFailure: (failure: Failure) => Promise<void> | void;
  /** The process died or hung, or the simulation itself threw. */
  readonly onLost: (options: RunOptions, why: string) => void;
  /** Asked after each seed: whether no more are run. */
  readonly isEnough?: () => boolean;
}

const SHOWN_EACH_MS = 100;

export async function runBatch(
  batch: Batch,
  all: Iterable<RunOptions>,
  io: Pick<CliIo, 'live' | 'signal'>,
): Promise<void> {
  const { runs, tally, clock } = batch;
  let shownAtMs = -Infinity;
  for await (const outcome of inOrder(runs, all, io.signal)) {
    if ('lost' in outcome) {
      batch.onLost(outcome.options, outcome.lost);
    } else {
      tally.add(outcome.result);
      const failure = failureOf(outcome.options, outcome.result);
      if (failure !== null) await batch.onFailure(failure);
    }
    if (batch.isEnough?.() === true) break;
    if (clock.nowMs() - shownAtMs < SHOWN_EACH_MS) continue;
    shownAtMs = clock.nowMs();
    io.live(liveLine(batch));
  }
  io.live('');
}

function liveLine({ tally, clock, startedAtMs, doneRatio, mutant }: Batch): string {
  const { simulatedHours, faults } = tally.totals();
  return progressLine({
    seeds: tally.seeds,
    doneRatio: doneRatio(),
    perSecond: seedsPerSecond(tally.seeds, clock.nowMs() - startedAtMs),
    simulatedHours,
    faults: Object.values(faults).reduce((sum, count) => sum + count, 0),
    failed: tally.failed,
    ...(mutant === undefined ? {} : { mutant }),
  });
}
