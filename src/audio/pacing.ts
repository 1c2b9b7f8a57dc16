/**
 * How fast audio may go out: a token bucket whose tokens are bytes of audio.
 *
 * Providers take little more than real time (Deepgram 1.25×), so a backlog after an outage has to be let out slowly.
 */
import type { Clock } from '../ports/clock.ts';

export interface PacerOptions {
  readonly clock: Clock;
  /** Real time, in bytes a second. */
  readonly bytesPerSecond: number;
  /** How many times real time may go out; Infinity switches pacing off. */
  readonly rateRatio: number;
  /** How much may go out at once after a pause. Default 250 ms of audio. */
  readonly burstMs?: number;
}

export class Pacer {
  readonly #clock: Clock;
  readonly #bytesPerMs: number;
  readonly #burstBytes: number;
  #tokens: number;
  #filledAtMs: number;

  constructor(options: PacerOptions) {
    this.#clock = options.clock;
    this.#bytesPerMs = (options.bytesPerSecond * options.rateRatio) / 1_000;
    this.#burstBytes = (options.bytesPerSecond * (options.burstMs ?? 250)) / 1_000;
    this.#tokens = this.#burstBytes;
    this.#filledAtMs = options.clock.nowMs();
  }

  /** Takes the tokens for one chunk and returns 0, or takes nothing and returns the milliseconds to wait. */
  take(bytes: number): number {
    if (this.#bytesPerMs === Infinity) return 0;

    const nowMs = this.#clock.nowMs();
    this.#tokens = Math.min(
      this.#burstBytes,
      this.#tokens + (nowMs - this.#filledAtMs) * this.#bytesPerMs,
    );
    this.#filledAtMs = nowMs;

    // A chunk longer than the burst could never be paid in advance: it is paid for afterwards.
    const price = Math.min(bytes, this.#burstBytes);
    if (this.#tokens < price) return (price - this.#tokens) / this.#bytesPerMs;
    this.#tokens -= bytes;
    return 0;
  }
}
