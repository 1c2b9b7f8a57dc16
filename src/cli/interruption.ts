/** How long a run that was interrupted may still take. */
import type { Clock } from '../ports/clock.ts';

export interface Interruption {
  /** Aborted by the first signal: no more audio, and only the last results are waited for. */
  readonly signal: AbortSignal;
  /** Aborted by the second one: nothing is waited for. */
  readonly haste?: AbortSignal;
}

/** What is on its way when a run is interrupted has this long to arrive. */
const LAST_RESULTS_MS = 2_000;

export class Deadline {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #interruption: Interruption;
  #timer: unknown = null;

  constructor(interruption: Interruption, clock: Clock) {
    const { signal, haste } = interruption;
    this.#clock = clock;
    this.#interruption = interruption;
    signal.addEventListener('abort', this.#start);
    haste?.addEventListener('abort', this.#end);
    if (signal.aborted) this.#start();
    if (haste?.aborted === true) this.#end();
  }

  /** Aborted when the time is up. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Settles with the work, or when the time is up. */
  async over(work: Promise<unknown>): Promise<void> {
    const { signal } = this;
    if (signal.aborted) return;
    let onAbort = (): void => undefined;
    const aborted = new Promise<void>((resolve) => {
      onAbort = resolve;
    });
    signal.addEventListener('abort', onAbort);
    await Promise.race([work, aborted]);
    signal.removeEventListener('abort', onAbort);
  }

  stop(): void {
    const { signal, haste } = this.#interruption;
    signal.removeEventListener('abort', this.#start);
    haste?.removeEventListener('abort', this.#end);
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #start = (): void => {
    this.#timer = this.#clock.setTimeout(this.#end, LAST_RESULTS_MS);
  };

  readonly #end = (): void => {
    this.#controller.abort();
  };
}
