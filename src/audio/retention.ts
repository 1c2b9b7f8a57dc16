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

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const DEFAULT_RETENTION_MS = 120_000;

export class Retention implements RingKeeper {
  readonly ring: RingBuffer;
  readonly ledger = new Ledger();
  readonly gaps: GapReporter;
  readonly #evicted = new EvictedQueue();
  readonly keepsSettled: boolean;
  /** Everything before it is settled. */
  #unsettledSeq = 1;
  #unsentSeq = 1;
  /** Chunks that left the ring, and that whoever they were sent to may have. */
  #doubts: Stretch[] = [];
  /** Gaps that were told, in order and apart. Of whoever keeps audio only: what is delivered may be lost yet. */
  #told: readonly Stretch[] = [];

  constructor(options: RetentionOptions) {
    const retentionMs = options.retentionMs ?? DEFAULT_RETENTION_MS;
    this.keepsSettled = options.keepsSettled ?? false;
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

  get doubts(): readonly Stretch[] {
    return this.#doubts;
  }

  get told(): readonly Stretch[] {
    return this.#told;
  }

  /** What another life left in doubt, and the gaps that it told. */
  recall(doubts: readonly Stretch[], told: readonly Stretch[]): void {
    this.#doubts = [...doubts];
    this.#told = told;
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

  /**
   * Who had acknowledged it has lost what lies beyond `position`. What is still held is to be sent again; the rest will never
   * arrive, and is a gap, but for what is one already.
   */
  reopen(position: number): void {
    const { ring, ledger } = this;
    const before = this.unsettledSeq;
    const heldFrom = Math.max(position, ring.startPosition, this.#told.at(-1)?.to ?? 0);
    const seq = ring.seqBeyond(heldFrom);
    const chunkBytes = ring.lengthOf(Math.min(seq, ring.nextSeq - 1));
    for (const { from, to } of this.#deliveredWithin(position, heldFrom)) {
      const chunks = Math.max(1, Math.round((to - from) / chunkBytes));
      ledger.lose(to - from, chunks);
      this.#note(from, to, chunks, 'storeLoss');
    }
    ledger.takeBack(heldFrom, before - seq);
    this.#unsettledSeq = seq;
  }

  /** What lies there and was never told as a gap. */
  #deliveredWithin(from: number, to: number): readonly Stretch[] {
    const delivered: Stretch[] = [];
    let at = from;
    for (const gap of this.#told) {
      if (gap.from > at && at < to) delivered.push({ from: at, to: Math.min(gap.from, to) });
      at = Math.max(at, gap.to);
    }
    if (at < to) delivered.push({ from: at, to });
    return delivered;
  }

  /**
   * The connection is gone that was sent what left the ring: no result covers that any more. Whoever keeps audio may have it,
   * though, and says so to the next connection: until then it is in doubt, and told neither as delivered nor as a gap.
   */
  giveUpEvicted(): void {
    for (let head = this.#evicted.shift(); head !== undefined; head = this.#evicted.shift()) {
      if (this.keepsSettled && head.wasSent) this.#doubt(head.through);
      else this.#book(head.through, 1, 'ringOverflow');
    }
  }

  /** What is in doubt was delivered up to `position`, and beyond it is lost. */
  dispelDoubt(position: number): void {
    const doubts = this.#doubts;
    if (doubts.length === 0) return;
    this.#doubts = [];
    const lost = doubts.filter(({ to }) => to > position);
    const deliveredBytes = doubts.reduce(
      (sum, { from, to }) => sum + Math.max(0, Math.min(to, position) - from),
      0,
    );
    this.ledger.dispelDoubt(deliveredBytes, doubts.length - lost.length);
    for (const { from, to } of lost) this.#note(Math.max(from, position), to, 1, 'ringOverflow');
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
    if (this.keepsSettled) this.#told = joined(this.#told, { from, to });
    this.gaps.add({ from, to, chunks, reason });
  }

  #doubt(through: number): void {
    this.#doubts.push({ from: this.ledger.settledThrough, to: through });
    this.ledger.doubt(through);
  }
}

/** In order and apart, as before; gaps do not overlap. */
function joined(gaps: readonly Stretch[], gap: Stretch): readonly Stretch[] {
  const before = gaps.filter(({ to }) => to < gap.from);
  const after = gaps.filter(({ from }) => from > gap.to);
  const touching = gaps.slice(before.length, gaps.length - after.length);
  const from = Math.min(gap.from, touching[0]?.from ?? gap.from);
  const to = Math.max(gap.to, touching.at(-1)?.to ?? gap.to);
  return [...before, { from, to }, ...after];
}
