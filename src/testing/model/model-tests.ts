/**
 * Tests made from a chart: one case for each path, and one that fails until every transition was executed.
 *
 * What is tested may be an actor of the chart itself or anything else that should behave as the chart says: each
 * executor causes one event there, and after each step both must agree on the state.
 */
import type { AnyStateMachine } from 'xstate';

import { EdgeCoverage, edgesOf } from './edges.ts';
import type { ChartEdge } from './edges.ts';
import { MODEL_START_AT_MS } from './events.ts';
import type { ModelTestsOptions } from './model-options.ts';
import { longestDelayMs, PathRun } from './path-run.ts';
import { edgesAlong, modelPaths } from './paths.ts';
import type { ModelPath } from './paths.ts';
import { assertModelFits } from './validate.ts';

export type { Executor, ModelClock, ModelTestsOptions, WorldFacts } from './model-options.ts';

export interface ModelCase {
  /** A sentence, unique in its suite. */
  readonly name: string;
  readonly run: () => Promise<void>;
}

export interface ModelSuite {
  /** One for each path; the last fails where a transition was never executed. */
  readonly cases: readonly ModelCase[];
  readonly coverage: EdgeCoverage;
  readonly paths: readonly ModelPath[];
  /** Transitions that no path takes. */
  readonly unreached: readonly ChartEdge[];
  /** What the last case does: throws a TenutoError `MODEL_MISMATCH` that names what was not executed. */
  readonly assertCoverage: () => void;
}

/**
 * Makes the cases; hand each to a test runner: `for (const { name, run } of suite.cases) it(name, run)`.
 *
 * Throws a TenutoError `MODEL_INVALID` where a name stands for nothing: an executor, an event or a state that the
 * chart does not have, a delay or a guard that nobody declared, an event without an executor.
 */
export function modelTests<TMachine extends AnyStateMachine, TWorld>(
  machine: TMachine,
  options: ModelTestsOptions<TMachine, TWorld>,
): ModelSuite {
  assertModelFits(machine, options);
  const { paths, unreached } = modelPaths(machine, options);
  const coverage = new EdgeCoverage(machine);
  const longestMs = longestDelayMs(paths);
  const afterwardsMs = options.afterwardsMs ?? (longestMs > 0 ? longestMs + 1 : 0);
  let passed = 0;
  const assertCoverage = (): void => {
    const isSeen = coverage.executed.length > 0;
    coverage.assertComplete(remediationFor({ passed, paths, unreached, isSeen }));
  };
  const runPath = async (path: ModelPath): Promise<void> => {
    const countsSteps = options.counts === 'steps';
    let isTaken = false;
    await PathRun.take(machine, path, options, {
      inspect: (event) => {
        if (!countsSteps && !isTaken) coverage.inspect(event);
      },
      startAtMs: MODEL_START_AT_MS,
      afterwardsMs,
      onTaken: () => (isTaken = true), // what comes afterwards is watched, and not counted
    });
    if (countsSteps) coverage.count(edgesAlong(path));
    coverage.countPath(path.steps.length);
    passed += 1;
  };
  const last: ModelCase = {
    name: `All ${edgesOf(machine).length} transitions of ${machine.root.id} were executed.`,
    run: () => Promise.resolve().then(assertCoverage),
  };
  const cases = paths.map((path) => ({ name: path.name, run: () => runPath(path) }));
  return { cases: [...cases, last], coverage, paths, unreached, assertCoverage };
}

interface Course {
  /** Cases that passed so far. */
  readonly passed: number;
  readonly paths: readonly ModelPath[];
  readonly unreached: readonly ChartEdge[];
  /** Some transition was seen to be executed. */
  readonly isSeen: boolean;
}

function remediationFor({ passed, paths, unreached, isSeen }: Course): string | undefined {
  if (passed > 0 && !isSeen) {
    return "Where the world is no actor of the chart, such as a class, set `counts: 'steps'`. Where it is one, give `facts.inspect` of `createWorld` to `createActor`.";
  }
  if (passed < paths.length && unreached.length === 0) {
    return `Look at the other cases first: ${passed} of ${paths.length} passed.`;
  }
  return undefined;
}
