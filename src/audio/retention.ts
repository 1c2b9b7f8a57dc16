/**
 * What was captured and is not settled yet: audio in the ring, and what left the ring while a result may still cover it.
 *
 * Everything is settled here, once and from the front: as delivered, or as a gap. Gaps are noted, and told when asked
 * for: a listener may write or close, and must find the books whole.
 */
import { EvictedQueue } from './evicted-queue.ts';
import type { EvictedChunk } from './evicted-queue.ts';
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

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const DEFAULT_RETENTION_MS = 120_000;
const NONE: readonly Stretch[] = [];

export class Retention implements RingKeeper {
  readonly ring: RingBuffer;
  readonly ledger = new Ledger();
  readonly gaps: GapReporter;
  readonly #evicted = new EvictedQueue();
  /** Audio that is settled is kept as well, until there is no room: whoever has it may lose it yet. */
  readonly keepsSettled: boolean = false;
  /** Everything before it is settled. */
  #unsettledSeq = 1;
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
    return this.ring.nextSeq - this.unsettledSeq + this.#evicted.chunks + this.ledger.doubtedChunks;
  }

  /** The oldest chunk held that is not settled; the next one to come where all are. */
  get unsettledSeq(): number {
    return Math.max(this.#unsettledSeq, this.ring.firstSeq);
  }

  /**
   * Copies a chunk in and returns its number. Where that takes room, the oldest chunks go.
   *
   * @param unsentSeq the oldest chunk that the live connection was not sent: it and those after it are lost when they
   * go, those before it a result may still cover.
   */
  keep(chunk: Uint8Array, unsentSeq: number, capturedAtMs = 0): number {
    this.#unsentSeq = unsentSeq;
    this.ledger.capture(chunk.length);
    const seq = this.ring.append(chunk, capturedAtMs);
    this.#settleEvicted(-1, null);
    return seq;
  }

  /** Chunks that left the ring, and that whoever they were sent to may have. */
  get doubts(): readonly Stretch[] {
    return NONE;
  }

  /** Gaps that were told, in order and apart. Of whoever keeps audio only: what is delivered may be lost yet. */
  get told(): readonly Stretch[] {
    return NONE;
  }

  /** What another life left in doubt, and the gaps that it told. */
  recall(_doubts: readonly Stretch[], _told: readonly Stretch[]): void {
    // Nobody is in doubt where nobody keeps audio.
  }

  /** The ring holds what another life left, and the ledger says through where that was settled. */
  resume(): void {
    this.#unsettledSeq = this.ring.seqBeyond(this.ledger.settledThrough);
  }

  /** Everything up to `through` that is not settled yet is delivered; or, for that reason, a gap. */
  settle(through: number, gapReason: GapReason | null): void {
    this.#settleEvicted(through, gapReason);
    const to = Math.max(through, this.ledger.settledThrough);
    const nextSeq = this.ring.seqBeyond(to);
    const chunks = nextSeq - this.unsettledSeq;
    this.#unsettledSeq = nextSeq;
    if (!this.keepsSettled) this.ring.acknowledge(nextSeq - 1);
    this.#book(to, chunks, gapReason);
  }

  /** Who had acknowledged it has lost what lies beyond `position`, and what is not kept cannot be sent again. */
  reopen(_position: number): void {
    // What was settled left the ring.
  }

  /** The connection is gone that was sent what left the ring: no result covers that any more. */
  giveUpEvicted(): void {
    for (let head = this.#evicted.shift(); head !== undefined; head = this.#evicted.shift()) {
      this.giveUp(head);
    }
  }

  /** What is in doubt was delivered up to `position`, and beyond it is lost. */
  dispelDoubt(_position: number): void {
    // There is none.
  }

  onEvict(seq: number): void {
    if (seq < this.#unsettledSeq) return;
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

  protected giveUp({ through }: EvictedChunk): void {
    this.#book(through, 1, 'ringOverflow');
  }

  #book(through: number, chunks: number, gapReason: GapReason | null): void {
    if (gapReason === null) {
      this.ledger.deliver(through, chunks);
      return;
    }
    const from = this.ledger.settledThrough;
    this.ledger.giveUp(through, chunks);
    this.note(from, through, chunks, gapReason);
  }

  protected note(from: number, to: number, chunks: number, reason: GapReason): void {
    if (to === from) return; // a gap of nothing is none
    this.gaps.add({ from, to, chunks, reason });
  }
}
