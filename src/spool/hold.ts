/** Nothing is sent until what was captured before is stored, or until storage has taken too long for that. */
import type { Clock } from '../ports/clock.ts';

/** Storage that does not answer holds nobody up for longer. */
const HOLD_AT_MOST_MS = 1_000;

export class Hold {
  #isHolding = false;

  get isHolding(): boolean {
    return this.#isHolding;
  }

  /** @param store what is waited for, once whoever calls has done what they do. @param released told once. */
  until(store: () => Promise<unknown>, clock: Clock, released: () => void): void {
    this.#isHolding = true;
    const release = (): void => {
      clock.clearTimeout(timer);
      if (!this.#isHolding) return;
      this.#isHolding = false;
      released();
    };
    const timer = clock.setTimeout(release, HOLD_AT_MOST_MS);
    void Promise.resolve().then(store).then(release);
  }
}
