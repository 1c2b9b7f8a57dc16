/** What `modelTests` is told: how a world is made, how each event is caused in it, and what is looked at. */
import type { AnyMachineSnapshot, AnyStateMachine, InspectionEvent } from 'xstate';

import type { ModelStep, PathOptions } from './paths.ts';

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
