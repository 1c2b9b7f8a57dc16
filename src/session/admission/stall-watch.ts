/**
 * A stream that takes speech and says nothing: at least 3 s of speech sent, and no result within 5 s.
 *
 * Half-open links are liveness' matter. A stall is the service's: bytes flow, pings are answered, results are not.
 */

const SPEECH_MS = 3_000;
const PATIENCE_MS = 5_000;

/** A look that comes this late tells of us: results may wait unread. */
const BUSY_MS = 500;

export interface StallLook {
  readonly atMs: number;
  /** Speech that went out on this stream in total; it only grows. */
  readonly speechSentMs: number;
  /** When the newest result came, empty ones included; null before the first. */
  readonly resultAtMs: number | null;
  /** How late this look is. Default 0. */
  readonly lateByMs?: number;
}

/** One for each stream. */
export class StallWatch {
  /** Speech that had been sent when the newest result came. */
  #answeredMs = 0;
  #resultAtMs: number | null = null;
  /** When speech was first seen that nothing answered yet; null while there is none. */
  #waitingSinceMs: number | null = null;

  /**
   * True where the stream stalls. Told once: the next one takes as much speech and time again.
   * Looked at on a steady pulse, whose period is the error of the 5 s.
   */
  isStalled({ atMs, speechSentMs, resultAtMs, lateByMs = 0 }: StallLook): boolean {
    if (resultAtMs !== this.#resultAtMs) {
      this.#resultAtMs = resultAtMs;
      this.#answer(speechSentMs);
    }
    if (speechSentMs <= this.#answeredMs) return false;
    if (lateByMs > BUSY_MS) this.#waitingSinceMs = atMs;
    this.#waitingSinceMs ??= atMs;

    const isLong = atMs - this.#waitingSinceMs >= PATIENCE_MS;
    if (!isLong || speechSentMs - this.#answeredMs < SPEECH_MS) return false;
    this.#answer(speechSentMs);
    return true;
  }

  #answer(speechSentMs: number): void {
    this.#answeredMs = speechSentMs;
    this.#waitingSinceMs = null;
  }
}
