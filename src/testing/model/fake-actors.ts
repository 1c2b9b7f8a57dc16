/** Stand-ins for the actors of a chart: they do nothing, remember everything, and end when they are told to. */
import type { ActorLogic, AnyActorRef, AnyStateMachine, Snapshot } from 'xstate';

/** What became of one fake. */
export interface FakeActor {
  /** Its id among the chart's children, such as `socket.1`. */
  readonly id: string;
  /** Its name in `setup({ actors })`. */
  readonly src: string;
  readonly input: unknown;
  /** What the chart sent it. */
  readonly received: readonly { readonly type: string }[];
  /** Neither ended nor stopped. */
  readonly isRunning: boolean;
  /** Ends it as an actor that is done. */
  finish(output?: unknown): void;
  /** Ends it as an actor that failed. */
  fail(error: unknown): void;
}

interface FakeSnapshot {
  readonly status: Snapshot<unknown>['status'];
  readonly output: unknown;
  readonly error: unknown;
  readonly input: unknown;
}

type FakeEvent =
  | { readonly type: 'fake.finished'; readonly output: unknown }
  | { readonly type: 'fake.failed'; readonly error: unknown }
  | { readonly type: 'xstate.stop' };

export class FakeActors {
  readonly #all: Fake[] = [];

  /** Every fake that was started, the oldest first. */
  get all(): readonly FakeActor[] {
    return this.#all;
  }

  /** The machine with fakes for all of its declared actors but those in `keep`. */
  provideTo(machine: AnyStateMachine, keep: readonly string[]): AnyStateMachine {
    const names = Object.keys(machine.implementations.actors).filter((src) => !keep.includes(src));
    const actors = Object.fromEntries(names.map((src) => [src, this.#logicOf(src)]));
    return machine.provide({ actors } as never) as AnyStateMachine;
  }

  #logicOf(src: string): ActorLogic<FakeSnapshot & Snapshot<unknown>, FakeEvent> {
    const byRef = new WeakMap<object, Fake>();
    return {
      getInitialSnapshot: (_scope, input) =>
        ({ status: 'active', output: undefined, error: undefined, input }) as never,
      getPersistedSnapshot: (snapshot) => snapshot,
      start: (snapshot, { self }) => {
        const fake = new Fake(src, snapshot.input, self as AnyActorRef);
        byRef.set(self, fake);
        this.#all.push(fake);
      },
      transition: (snapshot, event, { self }) => {
        const fake = byRef.get(self);
        switch (event.type) {
          case 'fake.finished':
            return { ...snapshot, status: 'done', output: event.output } as never;
          case 'fake.failed':
            return { ...snapshot, status: 'error', error: event.error } as never;
          case 'xstate.stop':
            if (fake) fake.isRunning = false;
            return { ...snapshot, status: 'stopped' } as never;
          default:
            fake?.received.push(event);
            return snapshot;
        }
      },
    };
  }
}

class Fake implements FakeActor {
  readonly id: string;
  readonly src: string;
  readonly input: unknown;
  readonly received: { readonly type: string }[] = [];
  isRunning = true;
  readonly #ref: AnyActorRef;

  constructor(src: string, input: unknown, ref: AnyActorRef) {
    this.id = ref.id;
    this.src = src;
    this.input = input;
    this.#ref = ref;
  }

  finish(output?: unknown): void {
    this.isRunning = false;
    this.#ref.send({ type: 'fake.finished', output });
  }

  fail(error: unknown): void {
    this.isRunning = false;
    this.#ref.send({ type: 'fake.failed', error });
  }
}
