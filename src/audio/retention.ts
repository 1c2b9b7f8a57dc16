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
  /** Audio that is settled is kept as well, until there is no room: whoever has it may lose it yet. Default false. */
  readonly keepsSettled?: boolean;
  /** A range that will never arrive. Long ones come in pieces of about a second. */
  readonly onGap: (gap: GapRange) => void;
}

/** A chunk that left the ring. It was sent, the connection is gone, and whoever it was sent to may have kept it. */
interface Doubt {
  readonly from: number;
  readonly to: number;
}

const DEFAULT_RETENTION_MS = 120_000;

export class Retention implements RingKeeper {
  readonly ring: RingBuffer;
  readonly ledger = new Ledger();
  readonly gaps: GapReporter;
  readonly #evicted = new EvictedQueue();
  readonly #keepsSettled: boolean;
  /** Everything before it is settled. */
  #unsettledSeq = 1;
  #unsentSeq = 1;
  #gapsEndAt = 0;
  #doubts: Doubt[] = [];

  constructor(options: RetentionOptions) {
    const retentionMs = options.retentionMs ?? DEFAULT_RETENTION_MS;
    this.#keepsSettled = options.keepsSettled ?? false;
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

  /** Everything up to `through` that is not settled yet is delivered; or, for that reason, a gap. */
  settle(through: number, gapReason: GapReason | null): void {
    this.#settleEvicted(through, gapReason);
    const to = Math.max(through, this.ledger.settledThrough);
    const nextSeq = this.ring.seqBeyond(to);
    const chunks = nextSeq - this.unsettledSeq;
    this.#unsettledSeq = nextSeq;
    if (!this.#keepsSettled) this.ring.acknowledge(nextSeq - 1);
    this.#book(to, chunks, gapReason);
  }

  /**
   * Who had acknowledged it has lost what lies beyond `position`. What is still held is to be sent again; the rest will never
   * arrive, and is a gap.
   */
  reopen(position: number): void {
    const { ring, ledger } = this;
    const before = this.unsettledSeq;
    const from = Math.max(position, this.#gapsEndAt); // a gap stays one
    const to = Math.max(from, ring.startPosition);
    const lost = to - from;
    const seq = ring.seqBeyond(to);
    const lostChunks = lost === 0 ? 0 : Math.max(1, Math.round(lost / ring.lengthOf(seq)));
    ledger.takeBack(from, before - seq + lostChunks);
    this.#unsettledSeq = seq;
    if (lost > 0) this.#book(to, lostChunks, 'storeLoss');
  }

  /**
   * The connection is gone that was sent what left the ring: no result covers that any more. Whoever keeps audio may have it,
   * though, and says so to the next connection: until then it is in doubt, and told neither as delivered nor as a gap.
   */
  giveUpEvicted(): void {
    for (let head = this.#evicted.shift(); head !== undefined; head = this.#evicted.shift()) {
      if (this.#keepsSettled && head.wasSent) this.#doubt(head.through);
      else this.#book(head.through, 1, 'ringOverflow');
    }
  }

  /** What is in doubt was delivered up to `position`, and beyond it is lost. */
  dispelDoubt(position: number): void {
    const doubts = this.#doubts;
    if (doubts.length === 0) return;
    this.#doubts = [];
    const isLost = ({ to }: Doubt): boolean => to > position;
    const delivered = doubts.filter((doubt) => !isLost(doubt));
    const bytes = delivered.reduce((sum, { from, to }) => sum + to - from, 0);
    this.ledger.dispelDoubt(bytes, delivered.length);
    for (const { from, to } of doubts.filter(isLost)) this.#note(from, to, 1, 'ringOverflow');
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

  #book(through: number, chunks: number, gapReason: GapReason | null): void {
    if (gapReason === null) {
      this.ledger.deliver(through, chunks);
      return;
    }
    const from = this.ledger.settledThrough;
    this.ledger.giveUp(through, chunks);
    this.#note(from, through, chunks, gapReason);
  }

  #note(from: number, to: number, chunks: number, reason: GapReason): void {
    if (to === from) return; // a gap of nothing is none
    this.#gapsEndAt = Math.max(this.#gapsEndAt, to);
    this.gaps.add({ from, to, chunks, reason });
  }

  #doubt(through: number): void {
    this.#doubts.push({ from: this.ledger.settledThrough, to: through });
    this.ledger.doubt(through);
  }
}
