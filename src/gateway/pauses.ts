/** Answers that are held back for a while, so that nobody learns anything from how long they take; and waiting that ends. */
import type { Clock } from '../ports/clock.ts';

export class Pauses {
  readonly #clock: Clock;
  readonly #timers = new Set<unknown>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  until(atMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#at(atMs, resolve);
    });
  }

  /** What `work` comes to, or null at that moment where it has not come to anything. */
  async orBy<T>(atMs: number, work: Promise<T>): Promise<T | null> {
    let timer: unknown = null;
    const late = new Promise<null>((resolve) => {
      timer = this.#at(atMs, () => resolve(null));
    });
    try {
      return await Promise.race([work, late]);
    } finally {
      this.#timers.delete(timer);
      this.#clock.clearTimeout(timer);
    }
  }

  /** Nobody is answered any more. */
  clear(): void {
    for (const timer of this.#timers) this.#clock.clearTimeout(timer);
    this.#timers.clear();
  }

  #at(atMs: number, then: () => void): unknown {
    const timer = this.#clock.setTimeout(
      () => {
        this.#timers.delete(timer);
        then();
      },
      Math.max(0, atMs - this.#clock.nowMs()),
    );
    this.#timers.add(timer);
    return timer;
  }
}
