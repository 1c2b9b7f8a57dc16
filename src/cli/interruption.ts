/** How long a run that was interrupted may still take. */
import type { Clock } from '../ports/clock.ts';
import type { Provider } from '../providers/contract.ts';

export interface Interruption {
  /** Aborted by the first signal: no more audio, and only the last results are waited for. */
  readonly signal: AbortSignal;
  /** Aborted by the second one: nothing is waited for. */
  readonly haste?: AbortSignal;
}

/**
 * What is on its way when a run is interrupted has this long to arrive: as long as its service may take, in bounds. A
 * recogniser without a graphics card, such as whisper.cpp's, takes about as long as the utterance is, and nobody waits
 * for a minute.
 */
const LEAST_MS = 2_000;
const MOST_MS = 15_000;

/** How long the last results are waited for of the services that may be asked for them. */
export function lastResultsMs(providers: readonly Pick<Provider, 'traits'>[]): number {
  const neededMs = Math.max(0, ...providers.map(({ traits }) => traits.flushTimeoutMs));
  return Math.min(MOST_MS, Math.max(LEAST_MS, neededMs));
}

export class Deadline {
  readonly #controller = new AbortController();
  readonly #clock: Clock;
  readonly #interruption: Interruption;
  readonly #withinMs: number;
  #timer: unknown = null;

  /** @param withinMs from the first signal on, or from the last result after it. */
  constructor(interruption: Interruption, clock: Clock, withinMs: number) {
    const { signal, haste } = interruption;
    this.#clock = clock;
    this.#withinMs = withinMs;
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

  /** Settles with the work, or to null when the time is up. */
  async over<T>(work: Promise<T>): Promise<T | null> {
    const { signal } = this;
    if (signal.aborted) return null;
    let onAbort = (): void => undefined;
    const aborted = new Promise<null>((resolve) => {
      onAbort = () => {
        resolve(null);
      };
    });
    signal.addEventListener('abort', onAbort);
    const result = await Promise.race([work, aborted]);
    signal.removeEventListener('abort', onAbort);
    return result;
  }

  /** Something arrived: who delivers is not cut off, but what comes next has no longer than this had. */
  moved(): void {
    if (this.#timer === null || this.signal.aborted) return;
    this.#clock.clearTimeout(this.#timer);
    this.#start();
  }

  stop(): void {
    const { signal, haste } = this.#interruption;
    signal.removeEventListener('abort', this.#start);
    haste?.removeEventListener('abort', this.#end);
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  readonly #start = (): void => {
    this.#timer = this.#clock.setTimeout(this.#end, this.#withinMs);
  };

  readonly #end = (): void => {
    this.#controller.abort();
  };
}
