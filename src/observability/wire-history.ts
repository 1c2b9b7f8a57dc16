/**
 * The newest events of the wire, numbered, with what every actor was before them: any number of pages read it, each at its own
 * pace, and one that is slower than what comes is told how much it missed. Nothing is kept for a page in particular.
 */
import type { StatelyActorEvent, StatelyInspectionEvent } from './wire.ts';
import { dropOldest } from '../ports/capacity.ts';

export interface WireHistoryOptions {
  /** Beyond it the oldest event goes. Default 20,000. */
  readonly capacity?: number;
  /** Beyond so many actors of which only their state is kept, the oldest is forgotten. Default 10,000. */
  readonly actorCapacity?: number;
}

export class WireHistory {
  readonly #capacity: number;
  readonly #actorCapacity: number;
  /** A circle: event number n is at n modulo the capacity. */
  readonly #events: StatelyInspectionEvent[] = [];
  /** Actors that were made known before the oldest event, as they were then. */
  readonly #before = new Map<string, StatelyActorEvent>();
  #end = 0;

  constructor({ capacity = 20_000, actorCapacity = 10_000 }: WireHistoryOptions = {}) {
    this.#capacity = capacity;
    this.#actorCapacity = actorCapacity;
  }

  /** The number of the oldest event that is kept. */
  get first(): number {
    return Math.max(0, this.#end - this.#capacity);
  }

  /** The number that the next one will have. */
  get end(): number {
    return this.#end;
  }

  /** What is to be told before the oldest event. */
  get before(): readonly StatelyActorEvent[] {
    return [...this.#before.values()];
  }

  at(number: number): StatelyInspectionEvent | undefined {
    return number < this.first ? undefined : this.#events[number % this.#capacity];
  }

  add(event: StatelyInspectionEvent): void {
    const place = this.#end % this.#capacity;
    const gone = this.#end >= this.#capacity ? this.#events[place] : undefined;
    if (gone !== undefined) this.#forget(gone);
    this.#events[place] = event;
    this.#end += 1;
  }

  #forget(gone: StatelyInspectionEvent): void {
    const { sessionId } = gone;
    if (gone.type === '@xstate.actor') {
      this.#before.set(sessionId, gone);
      dropOldest(this.#before, this.#actorCapacity);
      return;
    }
    const known = this.#before.get(sessionId);
    if (gone.type !== '@xstate.snapshot' || known === undefined) return;
    const { snapshot } = gone;
    if ((snapshot.status ?? 'active') === 'active')
      this.#before.set(sessionId, { ...known, snapshot });
    else this.#before.delete(sessionId);
  }
}
