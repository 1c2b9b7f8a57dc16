/** Everything of a gateway that is looked at when its time has come: one timer for all of it, and no closure for each. */
import type { Clock } from '../ports/clock.ts';

export interface Looked {
  /** Kept by `Looks`, from `add` until it is looked at or removed. */
  lookAtMs: number;
  /** Where it stands among the others; below 0: nowhere. */
  place: number;
  look(): void;
}

/** A binary heap: what is due first is first. */
export class Looks {
  readonly #clock: Clock;
  readonly #heap: Looked[] = [];
  #timer: unknown = null;
  #timerAtMs = Infinity;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Once, at that moment; whoever wants another look asks again. */
  add(looked: Looked, atMs: number): void {
    this.remove(looked);
    looked.lookAtMs = atMs;
    this.#raise(looked, this.#heap.length);
    if (atMs < this.#timerAtMs) this.#wait();
  }

  remove(looked: Looked): void {
    const { place } = looked;
    if (place < 0) return;
    looked.place = -1;
    const last = this.#heap.pop();
    if (last === undefined || last === looked) return;
    this.#raise(last, place);
    this.#sink(last, last.place);
  }

  /** Nothing is looked at any more. */
  clear(): void {
    this.#stopWaiting();
    for (const looked of this.#heap.splice(0)) looked.place = -1;
  }

  #look(): void {
    this.#timer = null;
    this.#timerAtMs = Infinity;
    const nowMs = this.#clock.nowMs();
    for (let next = this.#heap[0]; next !== undefined && next.lookAtMs <= nowMs;) {
      this.remove(next);
      next.look();
      next = this.#heap[0];
    }
    this.#wait();
  }

  #wait(): void {
    const atMs = this.#heap[0]?.lookAtMs ?? Infinity;
    if (atMs === this.#timerAtMs) return;
    this.#stopWaiting();
    if (atMs === Infinity) return;
    this.#timerAtMs = atMs;
    // Platforms cut fractions off: a look that comes too early would only have to come again.
    const delayMs = Math.ceil(Math.max(1, atMs - this.#clock.nowMs()));
    this.#timer = this.#clock.setTimeout(() => {
      this.#look();
    }, delayMs);
  }

  #stopWaiting(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#timerAtMs = Infinity;
  }

  #raise(looked: Looked, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#heap[above];
      if (parent === undefined || parent.lookAtMs <= looked.lookAtMs) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(looked, place);
  }

  #sink(looked: Looked, from: number): void {
    let place = from;
    for (let next = this.#soonerBelow(place); next !== null; next = this.#soonerBelow(place)) {
      if (next.lookAtMs >= looked.lookAtMs) break;
      const below = next.place;
      this.#put(next, place);
      place = below;
    }
    this.#put(looked, place);
  }

  #soonerBelow(place: number): Looked | null {
    const [left, right] = [this.#heap[2 * place + 1], this.#heap[2 * place + 2]];
    if (left === undefined) return null;
    return right !== undefined && right.lookAtMs < left.lookAtMs ? right : left;
  }

  #put(looked: Looked, place: number): void {
    this.#heap[place] = looked;
    looked.place = place;
  }
}
