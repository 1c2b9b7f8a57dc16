/** So many in a minute, for each of many keys: a bucket that fills up evenly. Holds no more keys than it was told. */

interface Bucket {
  readonly level: number;
  readonly atMs: number;
}

const MINUTE_MS = 60_000;

export class TokenBuckets {
  readonly #perMinute: number;
  readonly #maxKeys: number;
  /** The one that was used longest ago first. */
  readonly #buckets = new Map<string, Bucket>();

  /** @param maxKeys beyond it the key that was used longest ago begins anew. */
  constructor(perMinute: number, maxKeys = 20_000) {
    this.#perMinute = perMinute;
    this.#maxKeys = maxKeys;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** 0: it was there, and is used. Else the ms until there will be one. */
  take(key: string, nowMs: number): number {
    if (this.#perMinute === Infinity) return 0;
    const perMs = this.#perMinute / MINUTE_MS;
    const { level, atMs } = this.#buckets.get(key) ?? { level: this.#perMinute, atMs: nowMs };
    const filled = Math.min(this.#perMinute, level + (nowMs - atMs) * perMs);
    const isThere = filled >= 1;
    this.#buckets.delete(key);
    this.#buckets.set(key, { level: isThere ? filled - 1 : filled, atMs: nowMs });
    if (this.#buckets.size > this.#maxKeys) this.#forgetOldest();
    return isThere ? 0 : Math.ceil((1 - filled) / perMs);
  }

  #forgetOldest(): void {
    for (const key of this.#buckets.keys()) {
      this.#buckets.delete(key);
      return;
    }
  }
}
