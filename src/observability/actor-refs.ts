/** Actors of XState, by the names under which they are told. */
import type { AnyActorRef, AnyStateMachine } from 'xstate';

import type { FeedActor } from './history.ts';
import type { WallClock } from '../ports/clock.ts';

export class ActorRefs {
  readonly #wallClock: WallClock;
  readonly #onKnown: (actor: FeedActor) => void;
  readonly #byRef = new WeakMap<object, FeedActor>();
  readonly #systems = new WeakMap<object, number>();
  #lastSystem = 0;

  /** @param onKnown is told of each when it is first seen, of its parent before it. */
  constructor(wallClock: WallClock, onKnown: (actor: FeedActor) => void) {
    this.#wallClock = wallClock;
    this.#onKnown = onKnown;
  }

  actorOf(ref: AnyActorRef): FeedActor {
    const known = this.#byRef.get(ref);
    if (known !== undefined) return known;
    const { system, sessionId } = ref;
    const parent = '_parent' in ref ? ref._parent : undefined;
    const above = parent === undefined ? null : this.actorOf(parent);
    const id = `${this.#systemNumber(system)}.${sessionId}`;
    const machine = machineOf(ref);
    const actor: FeedActor = {
      sessionId: id,
      name: ref.id === sessionId ? (machine?.id ?? sessionId) : ref.id,
      rootId: above?.rootId ?? id,
      parentId: above?.sessionId,
      machine,
      systemId: () => systemIdOf(ref),
      atMs: this.#wallClock(),
      taken: [],
      base: null,
    };
    this.#byRef.set(ref, actor);
    this.#onKnown(actor);
    return actor;
  }

  /** Every system of actors counts its own from 0. */
  #systemNumber(system: object): number {
    const known = this.#systems.get(system) ?? (this.#lastSystem += 1);
    this.#systems.set(system, known);
    return known;
  }
}

function systemIdOf(ref: object): string | undefined {
  return 'systemId' in ref && typeof ref.systemId === 'string' ? ref.systemId : undefined;
}

function machineOf(ref: object): AnyStateMachine | null {
  const logic: unknown = 'logic' in ref ? ref.logic : null;
  const isMachine =
    typeof logic === 'object' && logic !== null && 'root' in logic && 'config' in logic;
  return isMachine ? (logic as AnyStateMachine) : null;
}
