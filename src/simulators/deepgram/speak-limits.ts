/** What one speaking socket may ask for: Deepgram, "Text to Speech WebSocket: limits" (July 2025). */
export interface SpeakLimits {
  /** Of one `Speak`. Default 2,000. */
  readonly maxCharsPerMessage?: number;
  /** Over 60 s. Default 2,400. */
  readonly maxCharsPerMinute?: number;
  /** Over 60 s. Default 20. */
  readonly maxFlushesPerMinute?: number;
}

const WINDOW_MS = 60_000;

/** A sum over the last 60 s. */
export class MinuteBudget {
  readonly #limit: number;
  #spent: readonly { readonly atMs: number; readonly amount: number }[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** False where it would be too much: then nothing is spent. */
  spend(amount: number, nowMs: number): boolean {
    this.#spent = this.#spent.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    const sum = this.#spent.reduce((total, spent) => total + spent.amount, amount);
    if (sum > this.#limit) return false;
    this.#spent = [...this.#spent, { atMs: nowMs, amount }];
    return true;
  }
}
