/** The pings of one link, and what their answers prove. */

/** A ping that was answered: what was sent before it has arrived, and what was told before the answer is here. */
export interface Proof {
  readonly sentAtMs: number;
  /** When the answer came. */
  readonly atMs: number;
}

export class Pings {
  /** Of the oldest that waits for its answer. */
  #sentAtMs: number | null = null;
  #proof: Proof | null = null;

  get isWaiting(): boolean {
    return this.#sentAtMs !== null;
  }

  /** Since when the oldest waits for its answer; null: none does. */
  get waitsSinceMs(): number | null {
    return this.#sentAtMs;
  }

  get proof(): Proof | null {
    return this.#proof;
  }

  get rttMs(): number | null {
    return this.#proof === null ? null : this.#proof.atMs - this.#proof.sentAtMs;
  }

  /** @param send false where nothing could be sent. */
  send(nowMs: number, send: () => boolean): void {
    this.#sentAtMs ??= nowMs;
    if (!send()) this.#sentAtMs = null;
  }

  answered(nowMs: number): void {
    if (this.#sentAtMs !== null) this.#proof = { sentAtMs: this.#sentAtMs, atMs: nowMs };
    this.#sentAtMs = null;
  }
}
