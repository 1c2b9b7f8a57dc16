/**
 * What the segment files are made of. A segment is a header and entries, each written once and never changed:
 *
 *      header                               entry
 *      0  "tenutolg"                        0  u32  mark
 *      8  u32  version 1                    4  u32  length of the entry, bytes
 *     12  u32  mark                         8  u32  CRC-32C of all of it but this
 *     16  f64  first position              12  u32  where in the file the write began that it was part of
 *     24  u32  CRC-32C of all before       16  u8   kind, u8 length of session id, u16 length of id
 *                                          20  f64  position; 0 where it is no record
 *                                          28  f64  the session's records through here are let go of
 *                                          36  f64  when its record was appended, ms since 1970
 *                                          44  session id, id, bytes of the record
 *
 * The mark is drawn for each segment: who looks for entries behind a torn one is not led astray by what a client sent.
 */
import { crc32c } from '../../../protocol/crc32c.ts';

/** `release` only lets go; `seal` says that the store was closed, so that nothing before it may be torn. */
export type EntryKind = 'record' | 'release' | 'seal';

export interface Entry {
  readonly kind: EntryKind;
  readonly sessionId: string;
  readonly id: string;
  readonly position: number;
  readonly releasedThrough: number;
  readonly writtenAtMs: number;
  readonly bytes: Uint8Array;
}

export interface ReadEntry extends Entry {
  readonly length: number;
  readonly batchStart: number;
}

export interface SegmentHeader {
  readonly mark: number;
  readonly firstPosition: number;
}

export const HEADER_BYTES = 28;
export const MAX_SESSION_ID_BYTES = 255;
export const MAX_ID_BYTES = 1_024;

const ENTRY_HEAD_BYTES = 44;
const CHECKED_FROM = 12;
const MAGIC = 'tenutolg';
const VERSION = 1;
const KINDS: readonly EntryKind[] = ['record', 'release', 'seal'];

export function encodeHeader({ mark, firstPosition }: SegmentHeader): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.write(MAGIC, 'latin1');
  header.writeUInt32LE(VERSION, 8);
  header.writeUInt32LE(mark, 12);
  header.writeDoubleLE(firstPosition, 16);
  header.writeUInt32LE(crc32c(header, 0, 0, 24), 24);
  return header;
}

/** Null where it is none, or one of another version. */
export function decodeHeader(bytes: Buffer): SegmentHeader | null {
  if (bytes.length < HEADER_BYTES) return null;
  const isOurs = bytes.toString('latin1', 0, 8) === MAGIC && bytes.readUInt32LE(8) === VERSION;
  if (!isOurs || bytes.readUInt32LE(24) !== crc32c(bytes, 0, 0, 24)) return null;
  return { mark: bytes.readUInt32LE(12), firstPosition: bytes.readDoubleLE(16) };
}

export function entryLength({ sessionId, id, bytes }: Entry): number {
  return ENTRY_HEAD_BYTES + Buffer.byteLength(sessionId) + Buffer.byteLength(id) + bytes.length;
}

/** Returns where the next one goes. */
export function writeEntry(
  target: Buffer,
  at: number,
  entry: Entry,
  { mark, batchStart }: { readonly mark: number; readonly batchStart: number },
): number {
  const idAt = at + ENTRY_HEAD_BYTES + target.write(entry.sessionId, at + ENTRY_HEAD_BYTES);
  const bytesAt = idAt + target.write(entry.id, idAt);
  const end = bytesAt + entry.bytes.length;
  target.set(entry.bytes, bytesAt);
  target.writeUInt32LE(mark, at);
  target.writeUInt32LE(end - at, at + 4);
  target.writeUInt32LE(batchStart, at + 12);
  target.writeUInt8(KINDS.indexOf(entry.kind), at + 16);
  target.writeUInt8(idAt - at - ENTRY_HEAD_BYTES, at + 17);
  target.writeUInt16LE(bytesAt - idAt, at + 18);
  target.writeDoubleLE(entry.position, at + 20);
  target.writeDoubleLE(entry.releasedThrough, at + 28);
  target.writeDoubleLE(entry.writtenAtMs, at + 36);
  target.writeUInt32LE(checksum(target, at, end), at + 8);
  return end;
}

/** Null where there stands no whole entry. Its bytes are a view into those given. */
export function readEntry(source: Buffer, at: number, mark: number): ReadEntry | null {
  if (at + ENTRY_HEAD_BYTES > source.length || source.readUInt32LE(at) !== mark) return null;
  const length = source.readUInt32LE(at + 4);
  const kind = KINDS[source.readUInt8(at + 16)];
  const idAt = at + ENTRY_HEAD_BYTES + source.readUInt8(at + 17);
  const bytesAt = idAt + source.readUInt16LE(at + 18);
  const end = at + length;
  if (kind === undefined || bytesAt > end || end > source.length) return null;
  if (source.readUInt32LE(at + 8) !== checksum(source, at, end)) return null;
  return {
    kind,
    sessionId: source.toString('utf8', at + ENTRY_HEAD_BYTES, idAt),
    id: source.toString('utf8', idAt, bytesAt),
    position: source.readDoubleLE(at + 20),
    releasedThrough: source.readDoubleLE(at + 28),
    writtenAtMs: source.readDoubleLE(at + 36),
    bytes: source.subarray(bytesAt, end),
    length,
    batchStart: source.readUInt32LE(at + 12),
  };
}

function checksum(bytes: Buffer, at: number, end: number): number {
  return crc32c(bytes, crc32c(bytes, 0, at, at + 8), at + CHECKED_FROM, end);
}
