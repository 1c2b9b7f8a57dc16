/** One case: a new world is taken along one path, watched for a while, and disposed of. */
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';

import { fits, isTimer, statePath } from './events.ts';
import type { Executor, ModelClock, ModelTestsOptions, WorldFacts } from './model-options.ts';
import type { ModelPath, ModelStep } from './path.ts';
import { after, nextTimer } from './steps.ts';
import type { Situation } from './steps.ts';
import { modelInvalid, modelMismatch } from '../model-error.ts';
import { settle } from '../virtual-clock.ts';

const MEND_EITHER = 'Mend what was tested, or the chart, whichever is wrong.';

/** A chart may set its own timers anew for ever. */
const MOST_TIMERS = 100;

export class PathRun<TMachine extends AnyStateMachine, TWorld> {
  readonly #machine: TMachine;
  readonly #path: ModelPath;
  readonly #options: ModelTestsOptions<TMachine, TWorld>;
  readonly #world: TWorld;

  /** Resolves when the world did what the path says, and is disposed of; rejects with a TenutoError `MODEL_MISMATCH`. */
  static async take<TMachine extends AnyStateMachine, TWorld>(
    machine: TMachine,
    path: ModelPath,
    options: ModelTestsOptions<TMachine, TWorld>,
    facts: WorldFacts & { readonly afterwardsMs: number; readonly onTaken: () => void },
  ): Promise<void> {
    const { inspect, startAtMs } = facts;
    const world = await options.createWorld({ inspect, startAtMs });
    const run = new PathRun(machine, path, options, world);
    try {
      await run.#take();
      facts.onTaken();
      await run.#watch(facts.afterwardsMs);
    } finally {
      await run.#dispose();
    }
  }

  private constructor(
    machine: TMachine,
    path: ModelPath,
    options: ModelTestsOptions<TMachine, TWorld>,
    world: TWorld,
  ) {
    this.#machine = machine;
    this.#path = path;
    this.#options = options;
    this.#world = world;
  }

  async #take(): Promise<void> {
    await this.#look(null);
    for (const step of this.#path.steps) {
      await this.#execute(step);
      if (!this.#isPassing(step)) await this.#look(step);
    }
  }

  /** Time goes on to the moment of the event, and until then nothing happens; then the event is caused. */
  async #execute(step: ModelStep): Promise<void> {
    const executor = this.#executorOf(step.event.type, step.descriptor);
    const isOwnTimer = executor === undefined && isTimer(step.descriptor);
    const quietMs = isOwnTimer ? step.passMs - 1 : step.passMs;
    if (quietMs > 0) {
      await this.#neededClock.advanceAsync(quietMs);
      await this.#compare(
        step.from.snapshot,
        () => `${this.#placeOf(step)}, ${quietMs} ms on and still before it`,
      );
    }
    if (isOwnTimer) await this.#neededClock.advanceAsync(step.passMs > 0 ? 1 : 0);
    else await executor?.(this.#world, step.event, step);
    await settle();
  }

  /** What falls due at the same moment comes before anybody looks. */
  #isPassing({ event, descriptor, to }: ModelStep): boolean {
    const isOwnTimer = isTimer(descriptor) && !this.#executorOf(event.type, descriptor);
    return isOwnTimer && nextTimer(to)?.[1] === to.nowMs;
  }

  async #look(step: ModelStep | null): Promise<void> {
    const { snapshot } = step === null ? this.#path.start : step.to;
    await this.#compare(snapshot, () => this.#placeOf(step));
    for (const [state, check] of Object.entries(this.#options.states ?? {})) {
      if (snapshot._nodes.some((node) => node.path.join('.') === state))
        await check(this.#world, step);
    }
  }

  /**
   * From now on nothing is caused any more: time alone goes on, and the chart's own timers are all that it may bring. A
   * timer that outlived its state shows itself here.
   */
  async #watch(forMs: number): Promise<void> {
    const last = this.#path.steps.at(-1) ?? null;
    let situation = last?.to ?? this.#path.start;
    const clock = this.#clock;
    if (forMs <= 0 || clock === undefined || this.#waitsForActor(situation)) return;

    const untilMs = situation.nowMs + forMs;
    let nowMs = situation.nowMs;
    const passTo = async (atMs: number): Promise<void> => {
      if (atMs > nowMs) await this.#passQuietly(clock, situation, atMs - nowMs, last);
      nowMs = Math.max(nowMs, atMs);
    };
    for (let timers = 0; timers < MOST_TIMERS; timers += 1) {
      const [type, dueAtMs] = nextTimer(situation) ?? ['', Infinity];
      // What falls due at the same moment comes before anybody looks.
      if (dueAtMs > situation.nowMs)
        await passTo(Math.max(situation.nowMs, Math.min(untilMs, dueAtMs - 1)));
      if (dueAtMs > untilMs || this.#executorOf(type, type) !== undefined) return;
      situation = after(this.#machine, situation, { type }, dueAtMs);
      if (this.#waitsForActor(situation)) return;
    }
  }

  async #passQuietly(
    clock: ModelClock,
    { snapshot }: Situation,
    ms: number,
    last: ModelStep | null,
  ): Promise<void> {
    await clock.advanceAsync(ms);
    await settle();
    await this.#compare(
      snapshot,
      () => `${this.#placeOf(last)}, and after it nothing but ${ms} ms more`,
      'Stop what was started in a state when that state is left, such as a timer. Where the world is meant to go on by itself, the chart lacks it, or `afterwardsMs: 0` leaves this check out.',
    );
  }

  /** Its end is the world's to bring, at a moment that the chart does not know. */
  #waitsForActor({ snapshot }: Situation): boolean {
    if (this.#options.afterwardsMs !== undefined) return false;
    return snapshot._nodes.some(({ invoke }) => invoke.length > 0);
  }

  async #compare(
    snapshot: AnyMachineSnapshot,
    place: () => string,
    remediation = MEND_EITHER,
  ): Promise<void> {
    const { expected } = this.#options;
    const wanted = statePath(expected ? expected(snapshot) : snapshot.value);
    const found = statePath(await this.#stateInWorld());
    if (found === wanted) return;

    throw modelMismatch(
      `${this.#machine.root.id}: ${place()}: expected ${wanted}, found ${found}.`,
      remediation,
    );
  }

  #placeOf(step: ModelStep | null): string {
    if (step === null) return 'At the start';
    const { steps } = this.#path;
    const number = steps.indexOf(step) + 1;
    const way = steps.slice(0, number).map(({ label }) => label);
    return `Step ${number} of ${steps.length} (${way.join(' → ')})`;
  }

  #executorOf(type: string, descriptor: string): Executor<TWorld> | undefined {
    const { executors } = this.#options;
    const exact = executors[type] ?? executors[descriptor];
    if (exact !== undefined) return exact;
    return Object.entries(executors).find(([each]) => fits(type, each))?.[1];
  }

  #stateInWorld(): unknown {
    const { stateOf } = this.#options;
    if (stateOf) return stateOf(this.#world);
    const usual = this.#world as UsualWorld;
    if (usual.state) return usual.state();
    throw modelInvalid(
      'The world has no state().',
      'Give `stateOf`, or a world with a method `state`.',
    );
  }

  get #clock(): ModelClock | undefined {
    const { clockOf } = this.#options;
    return clockOf ? clockOf(this.#world) : (this.#world as UsualWorld).clock;
  }

  get #neededClock(): ModelClock {
    const clock = this.#clock;
    if (clock) return clock;
    throw modelInvalid(
      `${this.#machine.root.id}: time has to pass, and the world has no clock.`,
      'Give `clockOf`, or a world with a VirtualClock as `clock`.',
    );
  }

  async #dispose(): Promise<void> {
    const { dispose } = this.#options;
    if (dispose) await dispose(this.#world);
    else await (this.#world as UsualWorld).dispose?.();
  }
}

/** What a world may offer, so that options need not say where it is. */
interface UsualWorld {
  readonly state?: () => unknown;
  readonly clock?: ModelClock;
  readonly dispose?: () => void | Promise<void>;
}

/** The longest that any timer of the chart waits for along these paths; 0 where there is none. */
export function longestDelayMs(paths: readonly ModelPath[]): number {
  let longestMs = 0;
  for (const { start, steps } of paths) {
    for (const { dueAtMs, nowMs } of [start, ...steps.map(({ to }) => to)]) {
      for (const atMs of dueAtMs.values())
        if (Number.isFinite(atMs)) longestMs = Math.max(longestMs, atMs - nowMs);
    }
  }
  return longestMs;
}
