/** The books of a session's audio, as they are kept beyond its process and opened again in another life. */
import type { Cursor } from './cursor.ts';
import type { Downlink } from './downlink.ts';
import type { GapRange, Ledger } from './ledger.ts';
import type { Retention, Stretch } from './retention.ts';

export interface AudioBooks {
  /** Everything captured, of which the session knew. */
  readonly captured: number;
  /** Everything before is delivered, a gap or in doubt; nothing before `trimmed` is kept. */
  readonly settled: number;
  readonly trimmed: number;
  readonly delivered: number;
  readonly gap: number;
  readonly deliveredChunks: number;
  readonly gapChunks: number;
  readonly doubts: readonly Stretch[];
  /** Those that left the ring and wait for a result. */
  readonly evictedChunks: number;
  readonly told: readonly Stretch[];
  /** Gaps that nobody was told of yet. */
  readonly untold: readonly GapRange[];
  /** Finals were told through here. */
  readonly toldThrough: number;
  /** Through here any connection was sent the stream. */
  readonly sent: number;
  readonly replayedChunks: number;
  readonly replayedBytes: number;
}

/** A chunk that was captured in another life. */
export interface KeptChunk {
  readonly position: number;
  readonly capturedAtMs: number;
  readonly bytes: Uint8Array;
}

/** What the books are made of. */
export interface Kept {
  readonly retention: Retention;
  readonly cursor: Cursor;
  readonly downlink: Downlink;
}

export class Keeping {
  readonly #retention: Retention;
  readonly #cursor: Cursor;
  readonly #downlink: Downlink;

  constructor({ retention, cursor, downlink }: Kept) {
    this.#retention = retention;
    this.#cursor = cursor;
    this.#downlink = downlink;
  }

  /** Nothing before it is worth keeping: it is settled, and a final covers it where whoever has it may lose it yet; or it is not held. */
  get trimmedThrough(): number {
    const { keepsSettled, ring } = this.#retention;
    const { settledThrough } = this.#ledger;
    const isOver = keepsSettled
      ? Math.min(this.#downlink.toldThrough, settledThrough)
      : settledThrough;
    return Math.max(isOver, ring.startPosition);
  }

  /** @param end through here the audio is stored: what is settled beyond it is not, once this is read. */
  booksThrough(end: number): AudioBooks {
    const { doubts, gaps, ring, told, unsettledSeq, chunks: unsettled } = this.#retention;
    const ledger = this.#ledger;
    const [bytes, chunks] = [ledger.bytes(), ledger.chunks()];
    const settled = Math.min(ledger.settledThrough, end);
    const unknown = ledger.settledThrough - settled;
    const doubted = doubts.reduce((sum, { from, to }) => sum + to - from, 0);
    const delivered = Math.max(0, bytes.delivered - unknown);
    const unknownChunks =
      unknown === 0 ? 0 : ring.seqBeyond(ledger.settledThrough) - ring.seqBeyond(settled);
    return {
      captured: bytes.captured,
      settled,
      trimmed: Math.min(this.trimmedThrough, end),
      delivered,
      gap: settled - delivered - doubted,
      deliveredChunks: chunks.delivered - unknownChunks,
      gapChunks: chunks.gap,
      doubts,
      evictedChunks: unsettled - (ring.nextSeq - unsettledSeq) - ledger.doubtedChunks,
      told,
      untold: gaps.untold,
      toldThrough: this.#downlink.toldThrough,
      sent: Math.min(this.#cursor.furthest, end),
      replayedChunks: ledger.replayedChunks,
      replayedBytes: ledger.replayedBytes,
    };
  }

  /**
   * Into parts that are new: nothing was captured yet.
   *
   * @param end where what is known of the audio ends.
   * @param laterMs between the two lives' clocks.
   */
  reopen(books: AudioBooks, chunks: readonly KeptChunk[], end: number, laterMs: number): void {
    const { ring } = this.#retention;
    const ledger = this.#ledger;
    const { settled, doubts } = books;
    const held = chunks.filter(({ position, bytes }) => position + bytes.length > settled);
    const heldFrom = chunks[0]?.position ?? end;
    const settledChunks = books.deliveredChunks + books.gapChunks + doubts.length;
    ledger.capture(end, settledChunks + books.evictedChunks + held.length);
    ledger.deliver(books.delivered, books.deliveredChunks);
    ledger.giveUp(books.delivered + books.gap, books.gapChunks);
    for (const { from, to } of doubts) ledger.doubt(ledger.settledThrough + to - from);
    for (const gap of books.untold) this.#retention.gaps.add(gap);
    const passed = this.#passEvicted(heldFrom, books.evictedChunks);
    this.#retention.recall([...doubts, ...passed], books.told);
    ledger.replayedChunks = books.replayedChunks;
    ledger.replayedBytes = books.replayedBytes;
    ring.skip(heldFrom);
    for (const { bytes, capturedAtMs } of chunks) ring.append(bytes, capturedAtMs + laterMs);
    this.#retention.resume();
    this.#cursor.resume(Math.min(books.sent, end));
    this.#downlink.admitFinal(0, books.toldThrough);
  }

  /**
   * Between what was recovered, which ends at `seam`, and what was captured since: whoever keeps audio has so much more.
   *
   * @returns whether there was a place for it: another service may have had what was captured since.
   */
  putIn(seam: number, bytes: number): boolean {
    const { ring } = this.#retention;
    const position = seam + bytes;
    this.#retention.dispelDoubt(position);
    if (this.#ledger.settledThrough > seam) return false;
    this.#retention.settle(seam, null);
    ring.acknowledge(ring.seqBeyond(seam) - 1);
    ring.skip(bytes);
    this.#ledger.capture(bytes);
    this.#ledger.deliver(position, 1);
    this.#retention.resume();
    return true;
  }

  /** As far as `keptBytes` go, what is settled need not stay in memory. */
  forgetSettled(keptBytes: number): void {
    const { ring, unsettledSeq } = this.#retention;
    while (ring.bytes > keptBytes && ring.firstSeq < unsettledSeq) ring.acknowledge(ring.firstSeq);
  }

  /**
   * What had left the ring, and waited for its result, is held by nobody: who keeps audio may have it all the same.
   *
   * @returns what is in doubt.
   */
  #passEvicted(to: number, chunks: number): readonly Stretch[] {
    const ledger = this.#ledger;
    const { keepsSettled, gaps } = this.#retention;
    const from = ledger.settledThrough;
    if (chunks === 0 || to <= from) return [];
    if (!keepsSettled) {
      ledger.giveUp(to, chunks);
      gaps.add({ from, to, chunks, reason: 'ringOverflow' });
      return [];
    }
    const passed = Array.from({ length: chunks }, (_, at) => ({
      from,
      to: at === chunks - 1 ? to : from,
    }));
    for (const stretch of passed) ledger.doubt(stretch.to);
    return passed;
  }

  get #ledger(): Ledger {
    return this.#retention.ledger;
  }
}
