/**
 * Until when an answer has the word: while it is made, and while its sound is still to be played.
 *
 * Nobody says what a loudspeaker does but the application (`heard`). Where it does not, sound is taken to be played as it
 * comes, without a pause.
 */

/** An answer of which nothing comes for this long is not being spoken: a tool may take its time. */
const SILENT_ANSWER_MS = 10_000;

export class Playback {
  #id: string | null = null;
  /** Sound of the item that came last. */
  #madeMs = 0;
  #playsUntilMs = 0;
  #makesUntilMs = 0;

  /** In milliseconds of the session's clock. */
  get untilMs(): number {
    return Math.max(this.#playsUntilMs, this.#makesUntilMs);
  }

  /** @param isMaking whether an answer is under way; something came of it just now. */
  making(isMaking: boolean, nowMs: number): void {
    this.#makesUntilMs = isMaking ? nowMs + SILENT_ANSWER_MS : 0;
  }

  sounded(id: string, durationMs: number, nowMs: number): void {
    if (id !== this.#id) this.#madeMs = 0;
    this.#id = id;
    this.#madeMs += durationMs;
    this.#playsUntilMs = Math.max(this.#playsUntilMs, nowMs) + durationMs;
  }

  /** So much of an item was played by now. */
  heard(id: string, ms: number, nowMs: number): void {
    if (id === this.#id) this.#playsUntilMs = nowMs + Math.max(0, this.#madeMs - ms);
  }

  /** What still waits to be played is not played. */
  cut(): void {
    this.#playsUntilMs = 0;
  }
}
