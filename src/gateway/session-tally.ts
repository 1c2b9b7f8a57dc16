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
  /** The same of the record that is on its way. */
  #writtenAtMs: number | null = null;
  #taken = 0;
  /** Those that the newest record has; one record is on its way at a time. */
  #written = 0;
  #committed = 0;

  constructor(counters: Counters, sampleRateHz: number, clock: Clock) {
    this.#counters = counters;
    this.#clock = clock;
    this.#sampleRateHz = sampleRateHz;
  }

  took(frame: DataFrame | GapFrame): void {
    this.#tookAtMs = this.#clock.nowMs();
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
    this.#written = this.#taken;
    this.#writtenAtMs = this.#tookAtMs;
    this.#tookAtMs = null;
  }

  /** It is in the log. */
  committed(): void {
    this.#counters.chunksCommitted += this.#written - this.#committed;
    this.#committed = this.#written;
    if (this.#writtenAtMs !== null) this.commitDelayMs = this.#clock.nowMs() - this.#writtenAtMs;
  }
}
