/**
 * The entries of a spool's files, little-endian. Each is one commit: whole, or not there.
 *
 *      0  u32  length of the entry            16  f64  block's number, 0 for none
 *      4  u32  CRC-32C of what follows        24  u32  length of the head
 *      8  f64  blocks dropped through here    28  head, block
 */
import { crc32c } from '../protocol/crc32c.ts';
import type { SpoolChange } from '../ports/spool.ts';

const HEADER_BYTES = 28;
const COVERED_FROM = 8;

export function encodeEntry({ head, block, dropThrough }: SpoolChange): Uint8Array {
  const length = HEADER_BYTES + head.length + (block?.bytes.length ?? 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  view.setFloat64(8, dropThrough, true);
  view.setFloat64(16, block?.number ?? 0, true);
  view.setUint32(24, head.length, true);
  bytes.set(head, HEADER_BYTES);
  if (block !== null) bytes.set(block.bytes, HEADER_BYTES + head.length);
  view.setUint32(4, crc32c(bytes, 0, COVERED_FROM), true);
  return bytes;
}

export interface ScannedFile {
  readonly entries: readonly SpoolChange[];
  /** Behind the last whole entry. */
  readonly endsAt: number;
  /** Behind what is not whole there is an entry that is: that was no crash. */
  readonly isDamaged: boolean;
}

export function scanFile(bytes: Uint8Array): ScannedFile {
  const entries: SpoolChange[] = [];
  let at = 0;
  for (let entry = entryAt(bytes, at); entry !== null; entry = entryAt(bytes, at)) {
    entries.push(entry.change);
    at += entry.length;
  }
  return { entries, endsAt: at, isDamaged: hasEntryBehind(bytes, at) };
}

/** One write is on the disk before the next begins. So what is torn is the last, and nothing follows it. */
function hasEntryBehind(bytes: Uint8Array, brokenAt: number): boolean {
  for (let at = brokenAt + 1; at + HEADER_BYTES <= bytes.length; at += 1) {
    if (entryAt(bytes, at) !== null) return true;
  }
  return false;
}

function entryAt(
  bytes: Uint8Array,
  at: number,
): { readonly change: SpoolChange; readonly length: number } | null {
  if (at + HEADER_BYTES > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  const length = view.getUint32(0, true);
  const headLength = view.getUint32(24, true);
  if (length < HEADER_BYTES + headLength || at + length > bytes.length) return null;
  if (crc32c(bytes, 0, at + COVERED_FROM, at + length) !== view.getUint32(4, true)) return null;
  const number = view.getFloat64(16, true);
  const blockFrom = at + HEADER_BYTES + headLength;
  const change = {
    dropThrough: view.getFloat64(8, true),
    head: bytes.slice(at + HEADER_BYTES, blockFrom),
    block: number === 0 ? null : { number, bytes: bytes.slice(blockFrom, at + length) },
  };
  return { change, length };
}
