/** Answers that are held back for a while, so that nobody learns anything from how long they take. */
import type { Clock } from '../ports/clock.ts';

export class Pauses {
  readonly #clock: Clock;
  readonly #timers = new Set<unknown>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  until(atMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.setTimeout(
        () => {
          this.#timers.delete(timer);
          resolve();
        },
        Math.max(0, atMs - this.#clock.nowMs()),
      );
      this.#timers.add(timer);
    });
  }

  /** Nobody is answered any more. */
  clear(): void {
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    this.#timers.clear();
  }
}
