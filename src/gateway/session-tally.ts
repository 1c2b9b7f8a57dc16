/** What one session adds to the counters of its gateway. */
import type { Counters } from './counters.ts';
import type { DataFrame, GapFrame } from '../protocol/types.ts';

export class SessionTally {
  readonly #counters: Counters;
  readonly #sampleRateHz: number;
  #taken = 0;
  /** Those through the end of each record that is made and not in the log, the oldest first. */
  #written: number[] = [];
  #committed = 0;

  constructor(counters: Counters, sampleRateHz: number) {
    this.#counters = counters;
    this.#sampleRateHz = sampleRateHz;
  }

  took(frame: DataFrame | GapFrame): void {
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
    this.#written.push(this.#taken);
  }

  /** It is in the log. */
  committed(): void {
    const written = this.#written.shift() ?? this.#committed;
    this.#counters.chunksCommitted += written - this.#committed;
    this.#committed = written;
  }
}
