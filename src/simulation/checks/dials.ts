/** How often a client dials. */
const WINDOW_MS = 60_000;
/** Every quarter to half second for 15 s, and one more each second beside a silent link; of two outages. */
const AT_MOST = 180;

export class Dials {
  #atMs: number[] = [];

  /** @returns what is wrong with one more. */
  add(nowMs: number): string | null {
    this.#atMs = this.#atMs.filter((atMs) => nowMs - atMs < WINDOW_MS);
    this.#atMs.push(nowMs);
    return this.#atMs.length > AT_MOST ? `${this.#atMs.length} dials within a minute` : null;
  }
}
