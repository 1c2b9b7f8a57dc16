/** When a socket that would take the session from a silent one says who it is. */
import type { Clock } from '../ports/clock.ts';

/**
 * A path that only stood still wakes for all sockets at once. The spare one says so much later who it is: by then the old one has
 * spoken, if it is alive (PROTOCOL.md, P15.4).
 */
const SPARE_AFTER_MS = 10;

export class SpareGreeting {
  readonly #clock: Clock;
  readonly #timer: unknown;

  constructor(clock: Clock, greet: () => void) {
    this.#clock = clock;
    this.#timer = clock.setTimeout(greet, SPARE_AFTER_MS);
  }

  stop(): void {
    this.#clock.clearTimeout(this.#timer);
  }
}
