/**
 * From a sound card's time to the session's clock. The two drift apart by some ten milliseconds in ten minutes, and the
 * first stands still while the platform suspends it: the one is followed slowly, the other is a leap.
 */

/** Readings are exact to a few milliseconds; what is beyond is no drift. */
const LEAP_MS = 80;
/** One such reading may be a slip of the platform's. */
const READINGS_OF_A_LEAP = 2;
/** Of what is found wrong, so much is put right by each reading, and never more than a part of the time that has passed. */
const FOLLOW_RATIO = 0.1;
const STEEPEST_RATIO = 0.005;

export class ClockMap {
  #offsetMs: number | null = null;
  #atMs = 0;
  #leaping = 0;
  #isExpected = false;

  /** The platform says that it stood still: the next reading that leaps is believed. */
  expectLeap(): void {
    this.#isExpected = true;
  }

  /**
   * At `clockMs` it was `audioMs` there.
   *
   * @returns by how much the sound card stood still since the last reading; 0 nearly always.
   */
  observe(audioMs: number, clockMs: number): number {
    const offsetMs = clockMs - audioMs;
    if (this.#offsetMs === null) {
      this.#offsetMs = offsetMs;
      this.#atMs = clockMs;
      return 0;
    }
    const wrongMs = offsetMs - this.#offsetMs;
    if (wrongMs > LEAP_MS) {
      this.#leaping += 1;
      if (this.#leaping < READINGS_OF_A_LEAP && !this.#isExpected) return 0;
      this.#leaping = 0;
      this.#isExpected = false;
      this.#offsetMs = offsetMs;
      this.#atMs = clockMs;
      return wrongMs;
    }
    this.#leaping = 0;
    const mostMs = Math.max(0, clockMs - this.#atMs) * STEEPEST_RATIO;
    this.#offsetMs += Math.max(-mostMs, Math.min(mostMs, wrongMs * FOLLOW_RATIO));
    this.#atMs = clockMs;
    return 0;
  }

  /** Null before the first reading. */
  clockMsAt(audioMs: number): number | null {
    return this.#offsetMs === null ? null : audioMs + this.#offsetMs;
  }
}
