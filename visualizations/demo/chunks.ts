/** Where each chunk of audio is on its way, derived from what a client tells in public. */
export const CHUNK_MS = 100;

/** In this order they are drawn and counted. */
export const FATES = ['waiting', 'sent', 'committed', 'replayed', 'lost'] as const;

export type Fate = (typeof FATES)[number];

export type FateCounts = Readonly<Record<Fate, number>>;

const CODE: Readonly<Record<Fate, number>> = {
  waiting: 0,
  sent: 1,
  committed: 2,
  replayed: 3,
  lost: 4,
};
/** Sent a second time, and not committed yet: drawn as sent. */
const SENT_AGAIN = 5;

/** The way of tenuto's chunks: settled from the front, as its ledger is. */
export class ChunkBook {
  #codes = new Uint8Array(1_024);
  #length = 0;
  #settled = 0;
  /** Changes with every change. */
  version = 0;

  get length(): number {
    return this.#length;
  }

  capture(fate: 'waiting' | 'sent'): void {
    if (this.#length === this.#codes.length) {
      const larger = new Uint8Array(this.#codes.length * 2);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[this.#length] = CODE[fate];
    this.#length += 1;
    this.version += 1;
  }

  /** A new connection carries audio from here on: what went out before goes out again. */
  sentFrom(chunk: number): void {
    for (let at = Math.max(0, chunk); at < this.#length; at += 1) {
      if (this.#codes[at] === CODE.sent) this.#codes[at] = SENT_AGAIN;
      else if (this.#codes[at] === CODE.waiting) this.#codes[at] = CODE.sent;
    }
    this.version += 1;
  }

  /** So many from the front are settled; fewer than before where a store has lost what it had taken. */
  settle(count: number): void {
    if (count === this.#settled) return;
    for (let at = this.#settled; at < count; at += 1) {
      const code = this.#codes[at];
      if (code === SENT_AGAIN) this.#codes[at] = CODE.replayed;
      else if (code !== CODE.lost) this.#codes[at] = CODE.committed;
    }
    for (let at = count; at < this.#settled; at += 1) this.#codes[at] = SENT_AGAIN;
    this.#settled = count;
    this.version += 1;
  }

  /** One chunk arrived, whichever it is. */
  arrived(chunk: number): void {
    if (chunk < 0 || chunk >= this.#length) return;
    this.#codes[chunk] = CODE.committed;
    this.version += 1;
  }

  lose(from: number, to: number): void {
    for (let at = Math.max(0, from); at < Math.min(to, this.#length); at += 1) {
      this.#codes[at] = CODE.lost;
    }
    this.version += 1;
  }

  /** What went out on a connection that is gone, and was never answered. */
  loseSent(): void {
    for (let at = 0; at < this.#length; at += 1) {
      if (this.#codes[at] === CODE.sent) this.#codes[at] = CODE.lost;
    }
    this.version += 1;
  }

  loseAllUnsettled(): void {
    for (let at = 0; at < this.#length; at += 1) {
      const code = this.#codes[at];
      if (code === CODE.sent || code === CODE.waiting) this.#codes[at] = CODE.lost;
    }
    this.version += 1;
  }

  fateOf(chunk: number): Fate {
    const code = this.#codes[chunk] ?? CODE.waiting;
    return code === SENT_AGAIN ? 'sent' : (FATES[code] ?? 'waiting');
  }

  /** What becomes of it is kept over a reload, one digit a chunk. */
  toText(): string {
    return this.#codes.subarray(0, this.#length).join('');
  }

  static fromText(text: string): ChunkBook {
    const book = new ChunkBook();
    for (const digit of text) {
      book.capture('waiting');
      book.#codes[book.#length - 1] = Number(digit);
    }
    return book;
  }

  counts(): FateCounts {
    const counts = { waiting: 0, sent: 0, committed: 0, replayed: 0, lost: 0 };
    for (let at = 0; at < this.#length; at += 1) counts[this.fateOf(at)] += 1;
    return counts;
  }
}
