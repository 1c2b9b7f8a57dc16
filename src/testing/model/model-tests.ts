/**
 * Tests made from a chart: one case for each path, and one that fails until every transition was executed.
 *
 * What is tested may be an actor of the chart itself or anything else that should behave as the chart says: each
 * executor causes one event there, and after each step both must agree on the state.
 */
import type { AnyMachineSnapshot, AnyStateMachine, InspectionEvent } from 'xstate';

import { EdgeCoverage, edgesOf } from './edges.ts';
import type { ChartEdge } from './edges.ts';
import { MODEL_START_AT_MS } from './events.ts';
import { longestDelayMs, PathRun } from './path-run.ts';
import { edgesAlong, modelPaths } from './paths.ts';
import type { ModelPath, ModelStep, PathOptions } from './paths.ts';
import { assertModelFits } from './validate.ts';

/** Causes the event of one step in the world. */
export type Executor<TWorld> = (
  world: TWorld,
  event: { readonly type: string; readonly [field: string]: unknown },
  step: ModelStep,
) => void | Promise<void>;

/** What a model needs of a clock; a `VirtualClock` is one. */
export interface ModelClock {
  advanceAsync(ms: number): Promise<void>;
}

export interface WorldFacts {
  /** For `createActor(machine, { inspect })`: so the executed transitions are counted. */
  readonly inspect: (event: InspectionEvent) => void;
  /** What the world's clock is to say at first, in ms. */
  readonly startAtMs: number;
}

export interface ModelTestsOptions<
  TMachine extends AnyStateMachine,
  TWorld,
> extends PathOptions<TMachine> {
  /** A new world for each case, in the chart's first state. */
  readonly createWorld: (facts: WorldFacts) => TWorld | Promise<TWorld>;
  /** One for each event descriptor. A timer (`xstate.after.*`) has a default: the world's clock goes on. */
  readonly executors: Readonly<Record<string, Executor<TWorld>>>;
  /** Looks at the world in a state, after each step that ends there or below. Keys: `reconnecting`, `''` for all. */
  readonly states?: Readonly<
    Record<string, (world: TWorld, step: ModelStep | null) => void | Promise<void>>
  >;
  /** The world's state. Default: `world.state()`. */
  readonly stateOf?: (world: TWorld) => unknown;
  /** What `stateOf` should say where the chart is in this state. Default: its path, `reconnecting.backingOff`. */
  readonly expected?: (snapshot: AnyMachineSnapshot) => unknown;
  /** The clock on which the world runs. Default: `world.clock`. */
  readonly clockOf?: (world: TWorld) => ModelClock | undefined;
  /** Runs after each case, also a failed one. Default: `world.dispose()`, where there is one. */
  readonly dispose?: (world: TWorld) => void | Promise<void>;
  /**
   * What counts as executed: `microsteps` that `inspect` saw, or the chart's own transitions along `steps` in which the
   * world agreed, for a world that is no actor. Default `microsteps`.
   */
  readonly counts?: 'microsteps' | 'steps';
  /**
   * How long each world is watched after its last step, in ms of its own clock: nothing is caused any more, and only the
   * chart's own timers may change its state. It finds a timer that outlived its state. 0: not at all. Default: 1 ms
   * longer than the chart's longest delay, and 0 in a state with an invoked actor, which may end in that time.
   */
  readonly afterwardsMs?: number;
}

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
