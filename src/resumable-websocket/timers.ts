import type { Clock } from '../ports/clock.ts';

/** A few timers by name: one that is set again takes the place of the one before. */
export class Timers {
  readonly #clock: Clock;
  readonly #running = new Map<string, unknown>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  after(name: string, ms: number, act: () => void): void {
    this.#clock.clearTimeout(this.#running.get(name));
    this.#running.set(name, this.#clock.setTimeout(act, ms));
  }

  stop(): void {
    for (const timer of this.#running.values()) this.#clock.clearTimeout(timer);
    this.#running.clear();
  }
}
