/** The books of a session, written down and opened again in another life. */
import type { SpooledChunk } from './block.ts';
import type { SpoolBooks } from './head.ts';
import type { Recovered } from './recovery.ts';
import type { Downlink } from '../audio/downlink.ts';
import type { Uplink } from '../audio/uplink.ts';

export interface Keeping {
  readonly uplink: Uplink;
  readonly downlink: Downlink;
}

/** Nothing before it is worth keeping: it is settled, and a final covers it where whoever has it may lose it yet; or it is not held. */
export function trimmedThrough({ uplink, downlink }: Keeping): number {
  const { settledThrough } = uplink.ledger;
  const isOver = uplink.retention.keepsSettled
    ? Math.min(downlink.toldThrough, settledThrough)
    : settledThrough;
  return Math.max(isOver, uplink.ring.startPosition);
}

/** @param end through here the audio is stored: what is settled beyond it is not, once this is read. */
export function booksOf({ uplink, downlink }: Keeping, end: number): SpoolBooks {
  const { ledger, retention, ring } = uplink;
  const [bytes, chunks] = [ledger.bytes(), ledger.chunks()];
  const settled = Math.min(ledger.settledThrough, end);
  const unknown = ledger.settledThrough - settled;
  const doubted = retention.doubts.reduce((sum, { from, to }) => sum + to - from, 0);
  const delivered = Math.max(0, bytes.delivered - unknown);
  const unknownChunks =
    unknown === 0 ? 0 : ring.seqBeyond(ledger.settledThrough) - ring.seqBeyond(settled);
  return {
    captured: bytes.captured,
    settled,
    trimmed: Math.min(trimmedThrough({ uplink, downlink }), end),
    delivered,
    gap: settled - delivered - doubted,
    deliveredChunks: chunks.delivered - unknownChunks,
    gapChunks: chunks.gap,
    doubts: retention.doubts,
    evictedChunks:
      retention.chunks - (ring.nextSeq - retention.unsettledSeq) - ledger.doubtedChunks,
    told: retention.told,
    toldThrough: downlink.toldThrough,
    sent: Math.min(uplink.cursor.furthest, end),
    replayedChunks: ledger.replayedChunks,
    replayedBytes: ledger.replayedBytes,
  };
}

/** Into parts that are new: nothing was captured yet. @param laterMs between the two lives' clocks. */
export function reopenBooks(
  { uplink, downlink }: Keeping,
  { head, chunks, end }: Recovered,
  laterMs: number,
): void {
  const { ledger, retention, ring } = uplink;
  const { books } = head;
  const { settled, doubts } = books;
  const held = chunks.filter(({ position, bytes }) => position + bytes.length > settled);
  const settledChunks = books.deliveredChunks + books.gapChunks + doubts.length;
  capture(uplink, end, settledChunks + books.evictedChunks + held.length);
  ledger.deliver(books.delivered, books.deliveredChunks);
  ledger.giveUp(books.delivered + books.gap, books.gapChunks);
  for (const { from, to } of doubts) ledger.doubt(ledger.settledThrough + to - from);
  retention.doubts = [...doubts];
  retention.told = books.told;
  passEvicted(uplink, chunks[0]?.position ?? end, books.evictedChunks);
  ledger.replayedChunks = books.replayedChunks;
  ledger.replayedBytes = books.replayedBytes;
  ring.skip(chunks[0]?.position ?? end);
  for (const chunk of chunks) hold(uplink, chunk, laterMs);
  retention.resume();
  uplink.cursor.resume(Math.min(books.sent, end));
  downlink.admitFinal(0, books.toldThrough);
}

/** What had left the ring, and waited for its result, is held by nobody: who keeps audio may have it all the same. */
function passEvicted({ ledger, retention }: Uplink, to: number, chunks: number): void {
  const from = ledger.settledThrough;
  if (chunks === 0 || to <= from) return;
  if (!retention.keepsSettled) {
    ledger.giveUp(to, chunks);
    retention.gaps.add({ from, to, chunks, reason: 'ringOverflow' });
    return;
  }
  for (let left = chunks; left > 0; left -= 1) {
    const stretch = { from, to: left === 1 ? to : from };
    retention.doubts.push(stretch);
    ledger.doubt(stretch.to);
  }
}

/** The ledger counts one chunk at a time. */
export function capture({ ledger }: Pick<Uplink, 'ledger'>, bytes: number, chunks: number): void {
  for (let left = chunks; left > 1; left -= 1) ledger.capture(0);
  if (chunks > 0) ledger.capture(bytes);
}

function hold({ ring }: Uplink, { bytes, capturedAtMs }: SpooledChunk, laterMs: number): void {
  ring.append(bytes, capturedAtMs + laterMs);
}
