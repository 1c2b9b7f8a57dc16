/** Reads a segment file as it was left: whole, torn at the end of a write that nobody was promised, or damaged. */
import type { SegmentHeader } from './entry.ts';
import { decodeHeader, HEADER_BYTES, readEntry } from './entry.ts';
import type { ReadEntry } from './entry.ts';
import { corrupt } from './store-errors.ts';

export interface PlacedEntry extends ReadEntry {
  readonly at: number;
}

export interface SegmentScan {
  /** Null where the file was only just created: there is nothing in it. */
  readonly header: SegmentHeader | null;
  readonly entries: readonly PlacedEntry[];
  /** Behind the last whole entry. What follows is torn. */
  readonly endsAt: number;
}

/**
 * @param isLast whether the file is the one that was written to: only its end may be torn.
 * @throws TenutoError STORE_CORRUPT.
 */
export function scanSegment(name: string, bytes: Buffer, isLast: boolean): SegmentScan {
  const header = decodeHeader(bytes);
  if (header === null) {
    // The header is on the disk before anything is written behind it.
    if (isLast && bytes.length <= HEADER_BYTES) return { header: null, entries: [], endsAt: 0 };
    throw corrupt(name, 'at byte 0 there is no header of this version of tenuto');
  }
  const entries: PlacedEntry[] = [];
  let at = HEADER_BYTES;
  while (at < bytes.length) {
    const entry = readEntry(bytes, at, header.mark);
    if (entry === null) break;
    entries.push({ ...entry, at });
    at += entry.length;
  }
  if (at < bytes.length && (!isLast || wasPromised(bytes, at, header))) {
    throw corrupt(name, `the entry at byte ${at} is not what was written there`);
  }
  return { header, entries, endsAt: at };
}

/** One write is synced before the next begins: what a later write stands behind was on the disk whole. */
function wasPromised(bytes: Buffer, brokenAt: number, { mark }: SegmentHeader): boolean {
  const needle = Buffer.alloc(4);
  needle.writeUInt32LE(mark);
  let at = bytes.indexOf(needle, brokenAt + 1);
  while (at !== -1) {
    const entry = readEntry(bytes, at, mark);
    if (entry !== null && entry.batchStart > brokenAt) return true;
    at = bytes.indexOf(needle, at + (entry?.length ?? 1));
  }
  return false;
}
