/** What one session adds to the counters of its gateway. */
import type { Counters } from './counters.ts';
import type { Clock } from '../ports/clock.ts';
import type { DataFrame, GapFrame } from '../protocol/types.ts';

export class SessionTally {
  readonly #counters: Counters;
  readonly #sampleRateHz: number;
  readonly #clock: Clock;
  /** How long the newest committed frame waited for that. */
  commitDelayMs = 0;
  /** When the newest came that no record has yet; null: there is none. */
  #tookAtMs: number | null = null;
  #taken = 0;
  /** Those through the end of each record that is made and not in the log, the oldest first, and when the newest of it came. */
  #written: { readonly taken: number; readonly atMs: number | null }[] = [];
  #committed = 0;

  constructor(counters: Counters, sampleRateHz: number, clock: Clock) {
    this.#counters = counters;
    this.#clock = clock;
    this.#sampleRateHz = sampleRateHz;
  }

  took(frame: DataFrame | GapFrame, atMs: number): void {
    this.#tookAtMs = atMs;
    if (frame.type === 'data') {
      this.#taken += 1;
      return;
    }
    this.#counters.gaps += 1;
    this.#counters.gapMs += (frame.samplesLost * 1_000) / this.#sampleRateHz;
  }

  duplicate(): void {
    this.#counters.duplicates += 1;
  }

  /** A record is made. */
  written(): void {
    this.#written.push({ taken: this.#taken, atMs: this.#tookAtMs });
    this.#tookAtMs = null;
  }

  /** It is in the log. */
  committed(): void {
    const { taken, atMs } = this.#written.shift() ?? { taken: this.#committed, atMs: null };
    this.#counters.chunksCommitted += taken - this.#committed;
    this.#committed = taken;
    if (atMs !== null) this.commitDelayMs = this.#clock.nowMs() - atMs;
  }
}
