/** Where in the ring the current connection stands: the chunk that it is sent next, and from which byte on. */
import type { Ledger } from './ledger.ts';
import type { Retention } from './retention.ts';
import type { RingBuffer } from './ring-buffer.ts';

export class Cursor {
  readonly #ring: RingBuffer;
  readonly #ledger: Ledger;
  #seq = 1;
  #position = 0;
  #furthest = 0; // that any connection was ever sent

  constructor({ ring, ledger }: Retention) {
    this.#ring = ring;
    this.#ledger = ledger;
  }

  get seq(): number {
    return this.#seq;
  }

  /** In bytes of the session. Inside the chunk, where a result covered its beginning. */
  get position(): number {
    return this.#position;
  }

  /** Everything that was written was sent. */
  get isAtWriter(): boolean {
    return this.#seq === this.#ring.nextSeq;
  }

  /** What is sent next: a view, good until the ring is written to. */
  view(): Uint8Array {
    return this.#ring.view(this.#seq, this.#position - this.#ring.positionOf(this.#seq));
  }

  /** Through here any connection was ever sent the stream. */
  get furthest(): number {
    return this.#furthest;
  }

  /** Another life had sent it through here. */
  resume(position: number): void {
    this.#furthest = this.#position = position;
    this.#seq = this.#ring.seqBeyond(position);
  }

  /** A new connection: back to the first byte that no result covers. */
  rewind(): void {
    this.#position = Math.max(this.#ledger.settledThrough, this.#ring.startPosition);
    this.#seq = this.#ring.seqBeyond(this.#position);
  }

  /** So many bytes were sent: the rest of the chunk. */
  advance(bytes: number): void {
    const from = this.#position;
    this.#seq += 1;
    this.#position = from + bytes;
    if (from < this.#furthest) {
      this.#ledger.replayedChunks += 1;
      this.#ledger.replayedBytes += bytes;
    } else {
      this.#furthest = this.#position;
    }
  }

  /** What left the ring unsent will never be sent: goes on with what is held. */
  passEvicted(): void {
    this.#seq = Math.max(this.#seq, this.#ring.firstSeq);
    this.#position = Math.max(this.#position, this.#ring.startPosition);
  }
}
