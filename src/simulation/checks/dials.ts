/** How often a client dials: as its policy allows (`gatewayLinkPolicy`), whatever befalls it. */

/**
 * Whoever keeps the session is pressed every quarter to half second for 15 s (`pressForMs`), and beside a silent link one more
 * is dialled each second; the first dial of an outage comes at once. So much in a moment, and in a minute with two outages.
 */
const BOUNDS = [
  { withinMs: 1_000, most: 8 },
  { withinMs: 10_000, most: 45 },
  { withinMs: 60_000, most: 130 },
] as const;
const LONGEST_MS = 60_000;

export class Dials {
  #atMs: number[] = [];

  /** @returns what is wrong with one more. */
  add(nowMs: number): string | null {
    this.#atMs = this.#atMs.filter((atMs) => nowMs - atMs < LONGEST_MS);
    this.#atMs.push(nowMs);
    for (const { withinMs, most } of BOUNDS) {
      const dials = this.#atMs.filter((atMs) => nowMs - atMs < withinMs).length;
      if (dials > most) return `${dials} dials within ${withinMs} ms`;
    }
    return null;
  }
}
