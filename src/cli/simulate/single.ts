/** One run, as it was asked for: its story, its picture, and what it violates. */
import {
  explain,
  explainedLines,
  explainedObject,
  failureLine,
  failureOf,
  replayCommand,
} from './failure.ts';
import { writeDiagram } from './files.ts';
import type { SimulateOptions } from './settings.ts';
import type { Simulation } from './world.ts';
import { whole } from './words.ts';
import { colors } from '../colors.ts';
import type { CliIo } from '../io.ts';
import { EXIT_FAILED, EXIT_INTERRUPTED, EXIT_OK } from '../io.ts';
import { TenutoError } from '../../ports/errors.ts';
import { inOrder } from '../../simulation/pool.node.ts';
import type { Outcome, Runs } from '../../simulation/pool.node.ts';
import type { RunOptions, RunResult } from '../../simulation/simulation.types.ts';
import { missedOf, seedsPerSecond, Tally } from '../../simulation/summary.ts';
import { storyText } from '../../simulation/story/text.ts';
import { systemClock } from '../../ports/clock.ts';

type SingleIo = Pick<CliIo, 'write' | 'note' | 'live' | 'signal'>;

export async function runSingle(
  options: RunOptions,
  asked: SimulateOptions,
  runs: Runs,
  simulation: Simulation,
  io: SingleIo,
): Promise<number> {
  const isTraced = asked.trace === true || asked.diagram !== undefined;
  const startedAtMs = systemClock.nowMs();
  const result = await resultOf(runs, { ...options, isTraced }, asked.mutant, io);
  if (result === null) return EXIT_INTERRUPTED;
  if (asked.trace === true) tellTrace(result, asked, io);
  const failure = failureOf(options, result);
  let drawn = result;
  if (failure !== null) {
    if (!asked.json) io.write(failureLine(failure));
    const explained = await explain(failure, runs, io, asked.faults !== undefined);
    drawn = explained.told;
    if (asked.json) {
      io.write(JSON.stringify({ type: 'violation', ...explainedObject(explained, asked.mutant) }));
    } else if (explained.shrunk !== null || asked.trace !== true) {
      for (const line of explainedLines(explained, asked.mutant)) io.write(line);
    }
  }
  if (asked.diagram !== undefined) {
    await writeDiagram(asked.diagram, drawn, simulation);
    if (!asked.json) io.note(`wrote ${asked.diagram}`);
  }
  tellResult(result, asked, systemClock.nowMs() - startedAtMs, io);
  if (io.signal.aborted) return EXIT_INTERRUPTED;
  return failure === null ? EXIT_OK : EXIT_FAILED;
}

/** Null where it was interrupted. */
async function resultOf(
  runs: Runs,
  options: RunOptions,
  mutant: string | undefined,
  io: SingleIo,
): Promise<RunResult | null> {
  const outcomes: Outcome[] = [];
  for await (const each of inOrder(runs, [options], io.signal)) outcomes.push(each);
  const [outcome] = outcomes;
  if (outcome === undefined) return null;
  if ('result' in outcome) return outcome.result;
  throw lostError(options, outcome.lost, mutant);
}

/** @param mutant which it was run with. */
export function lostError(options: RunOptions, why: string, mutant?: string): TenutoError {
  return new TenutoError({
    code: 'INTERNAL',
    message: `Seed ${options.seed} has no result: ${why}.`,
    remediation: `Run it alone: ${replayCommand(options, mutant)}`,
  });
}

function tellTrace(result: RunResult, { json }: SimulateOptions, io: SingleIo): void {
  if (json) for (const entry of result.trace) io.write(JSON.stringify({ type: 'trace', ...entry }));
  else for (const line of storyText(result, { mostLines: Infinity })) io.write(line);
}

function tellResult(
  result: RunResult,
  { json }: SimulateOptions,
  elapsedMs: number,
  io: SingleIo,
): void {
  const { seed, world, faults, violations, hash, steps, simulatedMs } = result;
  if (json) {
    const tally = new Tally({ nemeses: [], sometimes: [] });
    tally.add(result);
    const perSecond = seedsPerSecond(1, elapsedMs);
    const run = { seed, world, plannedFaults: faults, missed: missedOf(result), hash, steps };
    io.write(
      JSON.stringify({ type: 'summary', ...tally.totals(), seedsPerSecond: perSecond, ...run }),
    );
    return;
  }
  const kinds = faults.map(({ kind }) => kind).join(', ') || 'none';
  const verdict =
    violations.length === 0
      ? colors.green('no violation')
      : colors.red(`violates ${violations.map(({ invariant }) => invariant).join(', ')}`);
  io.write(
    `seed ${seed} (${world}): ${verdict}; ${(simulatedMs / 1_000).toFixed(0)} s, ${whole(steps)} steps, hash ${hash}`,
  );
  io.write(`faults: ${kinds}`);
  const missed = Object.entries(missedOf(result));
  if (missed.length === 0) return;
  const words = missed.map(([kind, count]) => (count === 1 ? kind : `${kind} (${count} times)`));
  io.write(colors.yellow(`hit nothing: ${words.join(', ')}`));
}
