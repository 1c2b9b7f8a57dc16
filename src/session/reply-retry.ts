/** An answer that the service refused for its limits is asked for once more, as soon as it said that it may be. */
import type { Failure } from '../../machines/failure.ts';
import type { Clock } from '../ports/clock.ts';

export class ReplyRetry {
  readonly #clock: Clock;
  readonly #ask: () => void;
  #timer: unknown = null;

  constructor(clock: Clock, ask: () => void) {
    this.#clock = clock;
    this.#ask = ask;
  }

  /** A failure without a hint is not waited for: the same request would fail again. */
  refused({ retryAfterMs }: Failure): void {
    if (retryAfterMs === undefined) return;
    this.cancel();
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      this.#ask();
    }, retryAfterMs);
  }

  /** Another answer is being given, or nobody is there to give one. */
  cancel(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
