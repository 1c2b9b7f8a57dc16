/**
 * What was captured and is not settled yet: audio in the ring, and what left the ring while a result may still cover it.
 *
 * Everything is settled here, once and from the front: as delivered, or as a gap. Gaps are noted, and told when asked
 * for: a listener may write or close, and must find the books whole.
 */
import { EvictedQueue } from './evicted-queue.ts';
import { GapReporter } from './gap-reporter.ts';
import type { GapRange, GapReason } from './ledger.ts';
import { Ledger } from './ledger.ts';
import { RingBuffer } from './ring-buffer.ts';
import type { RingKeeper } from './ring-buffer.ts';

export interface RetentionOptions {
  readonly bytesPerSecond: number;
  /** Most bytes held. Default: the ring's. */
  readonly capacityBytes?: number | undefined;
  /** Most audio held. Default 120,000 ms. */
  readonly retentionMs?: number | undefined;
  /** A range that will never arrive. Long ones come in pieces of about a second. */
  readonly onGap: (gap: GapRange) => void;
}

const DEFAULT_RETENTION_MS = 120_000;

export class Retention implements RingKeeper {
  readonly ring: RingBuffer;
  readonly ledger = new Ledger();
  readonly gaps: GapReporter;
  readonly #evicted = new EvictedQueue();
  #unsentSeq = 1;

  constructor(options: RetentionOptions) {
    const retentionMs = options.retentionMs ?? DEFAULT_RETENTION_MS;
    this.gaps = new GapReporter(options.bytesPerSecond, options.onGap);
    this.ring = new RingBuffer({
      capacityBytes: options.capacityBytes,
      retentionBytes: Math.ceil((retentionMs * options.bytesPerSecond) / 1_000),
      keeper: this,
    });
  }

  /** Chunks that are not settled yet. */
  get chunks(): number {
    return this.ring.chunks + this.#evicted.chunks;
  }

  /**
   * Copies a chunk in and returns its number. Where that takes room, the oldest chunks go.
   *
   * @param unsentSeq the oldest chunk that the live connection was not sent: it and those after it are lost when they
   * go, those before it a result may still cover.
   */
  keep(chunk: Uint8Array, unsentSeq: number): number {
    this.#unsentSeq = unsentSeq;
    this.ledger.capture(chunk.length);
    const seq = this.ring.append(chunk);
    this.#settleEvicted(-1, null);
    return seq;
  }

  /** Everything up to `through` that is not settled yet is delivered; or, for that reason, a gap. */
  settle(through: number, gapReason: GapReason | null): void {
    this.#settleEvicted(through, gapReason);
    const to = Math.max(through, this.ledger.settledThrough);
    this.#book(to, this.ring.acknowledge(this.ring.seqBeyond(to) - 1), gapReason);
  }

  /** The connection is gone that was sent what left the ring: no result covers that any more. */
  giveUpEvicted(): void {
    this.#settleEvicted(Infinity, 'ringOverflow');
  }

  onEvict(seq: number): void {
    const through = this.ring.positionOf(seq) + this.ring.lengthOf(seq);
    this.#evicted.push({ through, wasSent: seq < this.#unsentSeq });
  }

  /** Those that are lost are so wherever they stand. */
  #settleEvicted(through: number, gapReason: GapReason | null): void {
    for (let head = this.#evicted.head; head !== undefined; head = this.#evicted.head) {
      const isLost = this.#evicted.isLost(head);
      if (!isLost && head.through > through) break;
      this.#evicted.shift();
      this.#book(head.through, 1, isLost ? 'ringOverflow' : gapReason);
    }
  }

  #book(through: number, chunks: number, gapReason: GapReason | null): void {
    if (gapReason === null) {
      this.ledger.deliver(through, chunks);
      return;
    }
    const from = this.ledger.settledThrough;
    this.ledger.giveUp(through, chunks);
    if (through > from) this.gaps.add({ from, to: through, chunks, reason: gapReason });
  }
}
