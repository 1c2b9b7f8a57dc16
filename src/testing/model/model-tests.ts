/**
 * Tests made from a chart: one case for each path, and one that fails until every transition was executed.
 *
 * What is tested may be an actor of the chart itself or anything else that should behave as the chart says: each
 * executor causes one event there, and after each step both must agree on the state.
 */
import type { AnyMachineSnapshot, AnyStateMachine, InspectionEvent } from 'xstate';

import { EdgeCoverage, edgesOf } from './edges.ts';
import type { ChartEdge } from './edges.ts';
import { fits, isTimer, MODEL_START_AT_MS, statePath } from './events.ts';
import { edgesAlong, modelPaths } from './paths.ts';
import type { ModelPath, ModelStep, PathOptions } from './paths.ts';
import { assertModelFits } from './validate.ts';
import { TenutoError } from '../../ports/errors.ts';
import { settle } from '../virtual-clock.ts';

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
  const assertCoverage = (): void => {
    coverage.assertComplete();
  };
  const cases = paths.map((path): ModelCase => ({
    name: path.name,
    run: async () => {
      await runPath(machine, path, options, coverage);
      coverage.countPath(path.steps.length);
    },
  }));
  const all = `All ${edgesOf(machine).length} transitions of ${machine.root.id} were executed.`;
  const last: ModelCase = {
    name: all,
    run: () => Promise.resolve().then(assertCoverage),
  };
  return { cases: [...cases, last], coverage, paths, unreached, assertCoverage };
}

async function runPath<TMachine extends AnyStateMachine, TWorld>(
  machine: TMachine,
  path: ModelPath,
  options: ModelTestsOptions<TMachine, TWorld>,
  coverage: EdgeCoverage,
): Promise<void> {
  const world = await options.createWorld({
    inspect: options.counts === 'steps' ? () => undefined : coverage.inspect,
    startAtMs: MODEL_START_AT_MS,
  });
  try {
    await look(machine, world, path, null, options);
    for (const step of path.steps) {
      await execute(machine, world, path, step, options);
      await look(machine, world, path, step, options);
    }
    if (options.counts === 'steps') coverage.count(edgesAlong(path));
  } finally {
    await disposerOf(world, options)?.();
  }
}

/** Time goes on to the moment of the event, and until then nothing happens; then the event is caused. */
async function execute<TMachine extends AnyStateMachine, TWorld>(
  machine: TMachine,
  world: TWorld,
  path: ModelPath,
  step: ModelStep,
  options: ModelTestsOptions<TMachine, TWorld>,
): Promise<void> {
  const executor = executorOf(step, options.executors);
  const isOwnTimer = executor === undefined && isTimer(step.descriptor);
  const quietMs = isOwnTimer ? step.passMs - 1 : step.passMs;
  if (quietMs > 0) {
    await clockOf(machine, world, options).advanceAsync(quietMs);
    await compare(
      machine,
      world,
      step.from.snapshot,
      options,
      () => `${placeOf(path, step)}, ${quietMs} ms on and still before it`,
    );
  }
  if (isOwnTimer) await clockOf(machine, world, options).advanceAsync(step.passMs > 0 ? 1 : 0);
  else await executor?.(world, step.event, step);
  await settle();
}

async function look<TMachine extends AnyStateMachine, TWorld>(
  machine: TMachine,
  world: TWorld,
  path: ModelPath,
  step: ModelStep | null,
  options: ModelTestsOptions<TMachine, TWorld>,
): Promise<void> {
  const { snapshot } = step === null ? path.start : step.to;
  await compare(machine, world, snapshot, options, () =>
    step === null ? 'At the start' : placeOf(path, step),
  );
  for (const [state, check] of Object.entries(options.states ?? {})) {
    if (snapshot._nodes.some((node) => node.path.join('.') === state)) await check(world, step);
  }
}

async function compare<TMachine extends AnyStateMachine, TWorld>(
  machine: TMachine,
  world: TWorld,
  snapshot: AnyMachineSnapshot,
  options: ModelTestsOptions<TMachine, TWorld>,
  place: () => string,
): Promise<void> {
  const wanted = statePath(options.expected ? options.expected(snapshot) : snapshot.value);
  const found = statePath(await stateIn(world, options));
  if (found === wanted) return;

  throw new TenutoError({
    code: 'MODEL_MISMATCH',
    message: `${machine.root.id}: ${place()}: expected ${wanted}, found ${found}.`,
    remediation: 'Mend what was tested, or the chart, whichever is wrong.',
  });
}

function placeOf({ steps }: ModelPath, step: ModelStep): string {
  const number = steps.indexOf(step) + 1;
  const way = steps.slice(0, number).map(({ label }) => label);
  return `Step ${number} of ${steps.length} (${way.join(' → ')})`;
}

function executorOf<TWorld>(
  { descriptor, event }: ModelStep,
  executors: Readonly<Record<string, Executor<TWorld>>>,
): Executor<TWorld> | undefined {
  const exact = executors[event.type] ?? executors[descriptor];
  if (exact !== undefined) return exact;
  return Object.entries(executors).find(([type]) => fits(event.type, type))?.[1];
}

/** What a world may offer, so that options need not say where it is. */
interface UsualWorld {
  readonly state?: () => unknown;
  readonly clock?: ModelClock;
  readonly dispose?: () => void | Promise<void>;
}

function stateIn<TMachine extends AnyStateMachine, TWorld>(
  world: TWorld,
  { stateOf }: ModelTestsOptions<TMachine, TWorld>,
): unknown {
  if (stateOf) return stateOf(world);
  const usual = world as UsualWorld;
  if (usual.state) return usual.state();
  throw new TenutoError({
    code: 'MODEL_INVALID',
    message: 'The world has no state().',
    remediation: 'Give `stateOf`, or a world with a method `state`.',
  });
}

function clockOf<TMachine extends AnyStateMachine, TWorld>(
  machine: TMachine,
  world: TWorld,
  options: ModelTestsOptions<TMachine, TWorld>,
): ModelClock {
  const clock = options.clockOf ? options.clockOf(world) : (world as UsualWorld).clock;
  if (clock) return clock;
  throw new TenutoError({
    code: 'MODEL_INVALID',
    message: `${machine.root.id}: time has to pass, and the world has no clock.`,
    remediation: 'Give `clockOf`, or a world with a VirtualClock as `clock`.',
  });
}

function disposerOf<TMachine extends AnyStateMachine, TWorld>(
  world: TWorld,
  { dispose }: ModelTestsOptions<TMachine, TWorld>,
): (() => void | Promise<void>) | undefined {
  if (dispose) return () => dispose(world);
  const usual = world as UsualWorld;
  return usual.dispose?.bind(world);
}
