/** An append that the store has not decided is asked for again, under the same id, until it has: whose fate is unknown may be in. */
import { outcomeOf } from './fencing.ts';
import type { Clock } from '../ports/clock.ts';
import type { AppendOutcome } from '../ports/log-store.ts';

const FIRST_RETRY_MS = 50;
const RETRY_CAP_MS = 2_000;
/** Longer than this the answers to an append may no longer be known to the store (NATS keeps ids for 2 min). */
const UNCERTAIN_AFTER_MS = 60_000;

export class Insistence {
  readonly #clock: Clock;
  readonly #append: () => Promise<AppendOutcome>;
  readonly #askedAtMs: number;
  #timer: unknown = null;
  #wake: (() => void) | null = null;
  #isOver = false;

  constructor(clock: Clock, append: () => Promise<AppendOutcome>, askedAtMs: number) {
    this.#clock = clock;
    this.#append = append;
    this.#askedAtMs = askedAtMs;
  }

  /** Resolves to what the store says, or to what is known when that was too long ago, or when it was stopped. */
  async until(first: AppendOutcome): Promise<AppendOutcome> {
    let outcome = first;
    let isUncertain = false;
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, RETRY_CAP_MS)) {
      isUncertain ||= outcome.kind === 'unknown';
      if (isUncertain && this.#clock.nowMs() - this.#askedAtMs > UNCERTAIN_AFTER_MS) return outcome;
      await this.#pause(retryMs);
      if (this.#isOver) return outcome;
      outcome = await outcomeOf(this.#append);
      if (isDecided(outcome)) return outcome;
    }
  }

  stop(): void {
    this.#isOver = true;
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#wake?.();
  }

  #pause(ms: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#timer = this.#clock.setTimeout(resolve, ms);
    });
  }
}

/** The store has said yes or no. */
export function isDecided({ kind }: AppendOutcome): boolean {
  return kind === 'committed' || kind === 'conflict';
}
