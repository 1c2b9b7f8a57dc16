/**
 * The newest events of all actors, and what each actor was before them: enough for whoever comes later to see how it came
 * to what is now. Nothing is made of what is kept until somebody asks.
 */
import type { AnyStateMachine, AnyTransitionDefinition } from 'xstate';

import { dropOldest } from '../ports/capacity.ts';

/** An actor as it was made known: one of XState's, or a record that is shown as one. */
export interface FeedActor {
  readonly sessionId: string;
  readonly name: string;
  readonly rootId: string;
  readonly parentId: string | undefined;
  /** Null where it is none. */
  readonly machine: AnyStateMachine | null;
  /** Asked when it is told: a name in its system comes after it was made known. */
  readonly systemId: () => string | undefined;
  readonly atMs: number;
  /** Transitions that were taken since the last snapshot. */
  taken: AnyTransitionDefinition[];
  /** What it was before the oldest event that is kept of it. */
  base: unknown;
}

export interface Entry {
  readonly actor: FeedActor;
  readonly kind: 'event' | 'snapshot';
  readonly atMs: number;
  readonly event: object;
  readonly snapshot: unknown;
  readonly source: FeedActor | null;
  readonly taken: readonly AnyTransitionDefinition[];
}

/** At its capacity the oldest event goes; an actor goes when it has ended and nothing of it is left. */
export class History {
  readonly #capacity: number;
  readonly #actorCapacity: number;
  readonly #entries: (Entry | undefined)[] = [];
  readonly #actors = new Map<string, FeedActor>();
  #oldest = 0;

  constructor(capacity: number, actorCapacity: number) {
    this.#capacity = capacity;
    this.#actorCapacity = actorCapacity;
  }

  /** Those that live, and those of which something is kept. */
  get actors(): Iterable<FeedActor> {
    return this.#actors.values();
  }

  /** Where there are too many, the one that was made known first is forgotten. */
  know(actor: FeedActor): void {
    this.#actors.set(actor.sessionId, actor);
    dropOldest(this.#actors, this.#actorCapacity);
  }

  add(entry: Entry): void {
    if (this.#entries.length < this.#capacity) {
      this.#entries.push(entry);
      return;
    }
    const gone = this.#entries[this.#oldest];
    this.#entries[this.#oldest] = entry;
    this.#oldest = (this.#oldest + 1) % this.#capacity;
    if (gone?.kind !== 'snapshot') return;
    gone.actor.base = gone.snapshot;
    if (hasEnded(gone.snapshot)) this.#actors.delete(gone.actor.sessionId);
  }

  /** The oldest first. */
  *entries(): Generator<Entry> {
    for (let index = 0; index < this.#entries.length; index += 1) {
      const entry = this.#entries[(this.#oldest + index) % this.#entries.length];
      if (entry !== undefined) yield entry;
    }
  }
}

function hasEnded(snapshot: unknown): boolean {
  const isTold = typeof snapshot === 'object' && snapshot !== null && 'status' in snapshot;
  return isTold && snapshot.status !== 'active';
}
