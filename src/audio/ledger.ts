/**
 * The books: captured = delivered + gap + buffered, at every moment, in bytes and in chunks.
 *
 * Every position of the stream is settled once, from the front: as delivered or as a gap. What is not settled is
 * buffered, and so is what was passed in doubt. A position cannot be settled twice or out of order: that throws, since it
 * would be a bug of ours.
 */
export type GapReason =
  /** The ring was full: the oldest audio that no result covered was given up. */
  | 'ringOverflow'
  /** The service's results left this range out. */
  | 'providerSkipped'
  /** It was acknowledged and lost after all, and is not held here any more. */
  | 'storeLoss';

export interface GapRange {
  readonly from: number;
  readonly to: number;
  readonly chunks: number;
  readonly reason: GapReason;
}

export interface LedgerCounts {
  readonly captured: number;
  readonly delivered: number;
  readonly gap: number;
  readonly buffered: number;
}

export class Ledger {
  #captured = 0;
  #capturedChunks = 0;
  #delivered = 0;
  #deliveredChunks = 0;
  #gap = 0;
  #gapChunks = 0;
  #doubted = 0;
  #doubtedChunks = 0;
  #settledThrough = 0;
  replayedChunks = 0;
  replayedBytes = 0;

  /** Everything before this position is delivered, a gap, or in doubt. */
  get settledThrough(): number {
    return this.#settledThrough;
  }

  capture(bytes: number, chunks = 1): void {
    this.#captured += bytes;
    this.#capturedChunks += chunks;
  }

  /** Settles up to `through` as delivered; `chunks` are those that this completes. */
  deliver(through: number, chunks: number): void {
    this.#delivered += this.#settle(through);
    this.#deliveredChunks += chunks;
  }

  /** Settles up to `through` as a gap; `chunks` are those that this completes. */
  giveUp(through: number, chunks: number): void {
    this.#gap += this.#settle(through);
    this.#gapChunks += chunks;
  }

  /** Chunks of which nobody can tell yet whether they were delivered. */
  get doubtedChunks(): number {
    return this.#doubtedChunks;
  }

  /** Passes over one chunk that ends at `through`, and may have been delivered. */
  doubt(through: number): void {
    this.#doubted += this.#settle(through);
    this.#doubtedChunks += 1;
  }

  /** Of what is in doubt so much was delivered; the rest is a gap. */
  dispelDoubt(deliveredBytes: number, deliveredChunks: number): void {
    this.#delivered += deliveredBytes;
    this.#deliveredChunks += deliveredChunks;
    this.#gap += this.#doubted - deliveredBytes;
    this.#gapChunks += this.#doubtedChunks - deliveredChunks;
    this.#doubted = 0;
    this.#doubtedChunks = 0;
  }

  /** So much of what was delivered was lost after all, and for good. */
  lose(bytes: number, chunks: number): void {
    this.#delivered -= bytes;
    this.#deliveredChunks -= chunks;
    this.#gap += bytes;
    this.#gapChunks += chunks;
  }

  /** What was delivered beyond `position`, in so many chunks, was not: it is buffered again. */
  takeBack(position: number, chunks: number): void {
    this.#delivered -= this.#settledThrough - position;
    this.#deliveredChunks -= chunks;
    this.#settledThrough = position;
  }

  bytes(): LedgerCounts {
    return {
      captured: this.#captured,
      delivered: this.#delivered,
      gap: this.#gap,
      buffered: this.#captured - this.#settledThrough + this.#doubted,
    };
  }

  chunks(): LedgerCounts {
    return {
      captured: this.#capturedChunks,
      delivered: this.#deliveredChunks,
      gap: this.#gapChunks,
      buffered: this.#capturedChunks - this.#deliveredChunks - this.#gapChunks,
    };
  }

  #settle(through: number): number {
    // Put so that NaN is refused as well.
    if (!(through >= this.#settledThrough && through <= this.#captured)) {
      throw new RangeError(
        `cannot settle through ${through}: ${this.#settledThrough} is settled, ${this.#captured} captured`,
      );
    }
    const length = through - this.#settledThrough;
    this.#settledThrough = through;
    return length;
  }
}
