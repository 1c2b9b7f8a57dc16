/**
 * A gateway that goes is left for another one while it still serves: the link that stands carries on until the next one has its
 * welcome (PROTOCOL.md, P17.2). So nothing waits for a dial, and one that fails costs nothing.
 */
import type { Timers } from './timers.ts';
import type { Random } from '../ports/random.ts';

/** A dial that failed is followed by another, to the next address: until the deadline there is time for many. */
const AGAIN_AFTER_MS = 1_000;

export class Move {
  readonly #timers: Timers;
  readonly #random: Random;
  readonly #dial: () => void;
  #isUnderWay = false;

  /** @param dial opens a socket beside the one that stands, where none is there yet. */
  constructor(timers: Timers, random: Random, dial: () => void) {
    this.#timers = timers;
    this.#random = random;
    this.#dial = dial;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Somewhere in the first half of that, so that a gateway's clients do not all come at once. */
  endsIn(inMs: number): void {
    if (this.#isUnderWay) return;
    this.#timers.after('move', (this.#random.unit() * inMs) / 2, () => {
      this.#isUnderWay = true;
      this.#tryNow();
    });
  }

  /** Another link carries, or none does. */
  over(): void {
    this.#isUnderWay = false;
    this.#timers.stopOne('move');
  }

  #tryNow(): void {
    this.#dial();
    this.#timers.after('move', AGAIN_AFTER_MS, () => {
      this.#tryNow();
    });
  }
}
