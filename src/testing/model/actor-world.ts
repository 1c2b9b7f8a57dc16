/**
 * A chart as a running actor on a virtual clock, with every actor that it invokes or spawns replaced by a fake, and
 * the executors that drive it.
 */
import { createActor, createMachine } from 'xstate';
import type {
  AnyActor,
  AnyActorLogic,
  AnyMachineSnapshot,
  AnyStateMachine,
  InputFrom,
} from 'xstate';

import { descriptorsOf, isTimer, MODEL_START_AT_MS, statePath } from './events.ts';
import { FakeActors } from './fake-actors.ts';
import type { FakeActor } from './fake-actors.ts';
import type { Executor, WorldFacts } from './model-options.ts';
import { VirtualClock } from '../virtual-clock.ts';

interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface ActorWorldOptions<TMachine extends AnyStateMachine> extends Partial<WorldFacts> {
  readonly input?: InputFrom<TMachine>;
  /** Names in `setup({ actors })` that stay what they are. Default: none. */
  readonly keep?: readonly string[];
}

/** Starts at once. Call `dispose` when done: it stops the actor and everything below it. */
export class ActorWorld<TMachine extends AnyStateMachine = AnyStateMachine> {
  readonly clock: VirtualClock;
  /** What the chart emitted. */
  readonly emitted: Message[] = [];
  /** What the chart sent to its parent. */
  readonly sent: Message[] = [];
  readonly #fakes = new FakeActors();
  readonly #root: AnyActor;
  readonly #actor: AnyActor;

  constructor(machine: TMachine, options: ActorWorldOptions<TMachine> = {}) {
    this.clock = new VirtualClock(options.startAtMs ?? MODEL_START_AT_MS);
    const chart = this.#fakes.provideTo(machine, options.keep ?? []);
    const parent = createMachine({
      invoke: { src: chart as AnyActorLogic, id: CHART, input: options.input as never },
      on: { '*': { actions: ({ event }) => void this.sent.push(event as Message) } },
    });
    this.#root = createActor(parent, {
      clock: this.clock,
      ...(options.inspect ? { inspect: options.inspect } : {}),
    });
    this.#actor = childOf(this.#root);
    this.#actor.on('*', (signal: Message) => void this.emitted.push(signal));
    this.#root.start();
  }

  /** The chart's actor. */
  get actor(): AnyActor {
    return this.#actor;
  }

  get snapshot(): AnyMachineSnapshot {
    return this.#actor.getSnapshot() as AnyMachineSnapshot;
  }

  /** Every fake that was ever started, the oldest first. */
  get fakes(): readonly FakeActor[] {
    return this.#fakes.all;
  }

  /** Fakes that neither ended nor were stopped. */
  get running(): readonly FakeActor[] {
    return this.fakes.filter(({ isRunning }) => isRunning);
  }

  /** `reconnecting.backingOff` */
  state(): string {
    return statePath(this.snapshot.value);
  }

  send(event: { readonly type: string }): void {
    this.#actor.send(event);
  }

  dispose(): void {
    this.#root.stop();
  }
}

/**
 * Executors for an `ActorWorld`: what an actor would tell is told by its fake, and everything else is sent.
 * Spread them and replace what is to be done in another way.
 */
export function actorExecutors<TMachine extends AnyStateMachine>(
  machine: TMachine,
): Readonly<Record<string, Executor<ActorWorld<TMachine>>>> {
  const descriptors = descriptorsOf(machine).filter((descriptor) => !isTimer(descriptor));
  return Object.fromEntries(descriptors.map((descriptor) => [descriptor, executeInActor]));
}

const executeInActor: Executor<ActorWorld> = (world, event) => {
  const [, end, id] = /^xstate\.(done|error)\.actor\.(.+)$/.exec(event.type) ?? [];
  if (id === undefined) {
    world.send(event);
    return;
  }
  const fake = world.running.find((each) => each.id === id);
  if (fake === undefined) throw new Error(`No actor ${id} runs that could tell ${event.type}.`);
  if (end === 'done') fake.finish(event['output']);
  else fake.fail(event['error']);
};

const CHART = 'chart';

function childOf(root: AnyActor): AnyActor {
  const { children } = root.getSnapshot() as { children: Readonly<Record<string, AnyActor>> };
  const actor = children[CHART];
  if (actor === undefined) throw new Error('The chart did not start.');
  return actor;
}
