/** So many in a minute, for each of many keys: a bucket that fills up evenly. Holds no more keys than it was told. */

const MINUTE_MS = 60_000;

export class TokenBuckets {
  readonly #intervalMs: number;
  readonly #maxKeys: number;
  /** When each will be full; the one that was used longest ago first. */
  readonly #fullAtMs = new Map<string, number>();

  /** @param maxKeys beyond it the key that was used longest ago begins anew. */
  constructor(perMinute: number, maxKeys = 20_000) {
    this.#intervalMs = MINUTE_MS / perMinute;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#fullAtMs.size;
  }

  /** 0: it was there, and is used. Else the ms until there will be one. */
  take(key: string, nowMs: number): number {
    if (this.#intervalMs === 0) return 0;
    const fullAtMs = Math.max(nowMs, this.#fullAtMs.get(key) ?? nowMs);
    const waitMs = fullAtMs + this.#intervalMs - MINUTE_MS - nowMs;
    const isThere = waitMs < 0.001; // fractions of intervals add up to less than that
    this.#fullAtMs.delete(key);
    this.#fullAtMs.set(key, isThere ? fullAtMs + this.#intervalMs : fullAtMs);
    if (this.#fullAtMs.size > this.#maxKeys) this.#forgetOldest();
    return isThere ? 0 : Math.ceil(waitMs);
  }

  #forgetOldest(): void {
    for (const key of this.#fullAtMs.keys()) {
      this.#fullAtMs.delete(key);
      return;
    }
  }
}
