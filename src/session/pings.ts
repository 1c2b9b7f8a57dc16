/** The pings of one link, and what their answers prove. */

/** A ping that was answered: what was sent before it has arrived, and what was told before the answer is here. */
export interface Proof {
  readonly sentAtMs: number;
  /** When the answer came. */
  readonly atMs: number;
}

/** Whoever gets several at once may answer the last alone: the others wait no longer than this. */
const FORGOTTEN_AFTER_MS = 60_000;

interface Ping {
  readonly atMs: number;
  /** How much audio was sent before it. */
  readonly samples: number;
}

export class Pings {
  /** Those that wait for their answers, which come in this order. */
  #waiting: Ping[] = [];
  #proof: Proof | null = null;

  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Since when the oldest waits for its answer; null: none does. */
  get waitsSinceMs(): number | null {
    return this.#waiting[0]?.atMs ?? null;
  }

  /** What comes before its answer was told by a service that had no more than this, in samples. */
  get arrivedAtMost(): number {
    return this.#waiting[0]?.samples ?? Infinity;
  }

  get proof(): Proof | null {
    return this.#proof;
  }

  get rttMs(): number | null {
    return this.#proof === null ? null : this.#proof.atMs - this.#proof.sentAtMs;
  }

  /** @param samples how much audio was sent. @param send false where nothing could be sent. */
  send(nowMs: number, samples: number, send: () => boolean): void {
    const waiting = this.#waiting.filter(({ atMs }) => nowMs - atMs < FORGOTTEN_AFTER_MS);
    this.#waiting = send() ? [...waiting, { atMs: nowMs, samples }] : waiting;
  }

  answered(nowMs: number): void {
    const ping = this.#waiting.shift();
    if (ping !== undefined) this.#proof = { sentAtMs: ping.atMs, atMs: nowMs };
  }
}
