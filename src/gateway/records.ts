/**
 * What a session's log is made of. A record holds frames, as they came or will go out, and where the session stands
 * after it: whoever takes the session over reads one record, the tail.
 *
 *      0  u16  magic 0x4e54 ("TN")     16  u32  up         committed through, client to gateway
 *      2  u8   version 2               20  u32  down       the newest seq, gateway to client
 *      3  u8   kind                    24  u32  downAcked  the client has the gateway's frames through here
 *      4  u32  epoch                   28  u32  fin        finals cover the audio through this sample
 *      8  f64  previous position       32  u32  done       the application has handled the client's frames through here
 *     36  u32  length of the card      40  f64  when it was written, ms since 1970
 *     48  card, UTF-8 JSON; then each frame: u32 length, with bit 31 set where it goes to the
 *                                       client, and bytes; last: u32 CRC-32C of card and header;
 *                                       each frame has one of its own
 *
 * `previous` is the tail that the record was appended behind, for whoever looks into a log.
 */
import { SLAB_BYTES, SlabPool, sharedSlabs } from '../audio/slab-pool.ts';
import { putU32 } from '../protocol/bytes.ts';
import { crc32c } from '../protocol/crc32c.ts';

export type RecordKind = 'fence' | 'frames' | 'end';

/** Where a session stands. All but `epoch` only grow. */
export interface Standing {
  readonly epoch: number;
  readonly up: number;
  readonly down: number;
  readonly downAcked: number;
  readonly fin: number;
  readonly done: number;
}

export interface SessionRecord extends Standing {
  readonly kind: RecordKind;
  readonly previous: number;
  /** By the writer's wall clock: how long nobody has had the session. */
  readonly writtenAtMs: number;
  /** Who the session is: `SessionCard`, as bytes of JSON. */
  readonly card: Uint8Array;
  readonly frames: readonly LoggedFrame[];
}

export interface LoggedFrame {
  /** From the gateway to the client. */
  readonly isDown: boolean;
  readonly bytes: Uint8Array;
}

/** Of a whole record. P20.6 */
export const MAX_RECORD_BYTES = 256 * 1_024;

const DOWN_BIT = 0x8000_0000;
const MAGIC = 0x4e54;
const VERSION = 2;
const HEADER_BYTES = 48;
const LENGTH_BYTES = 4;
const CRC_BYTES = 4;
/** For whoever sends much at once: a record's frames in one piece, without growing by and by. */
const WIDE_SLABS = 16;
const wideSlabs = new SlabPool(WIDE_SLABS, MAX_RECORD_BYTES);
const NO_FRAMES = new Uint8Array(0);
const KINDS: readonly RecordKind[] = ['fence', 'frames', 'end'];

/**
 * Frames of the next record, copied in as they come: what they were read from is the socket's, and a slice of it would hold all
 * of it. Empty, it holds nothing.
 */
export class PackedFrames {
  #slab: Uint8Array | null = null;
  #used = 0;

  add({ isDown, bytes }: LoggedFrame): void {
    const at = this.#used;
    const end = at + LENGTH_BYTES + bytes.length;
    const slab = this.#roomFor(end);
    putU32(slab, at, (isDown ? DOWN_BIT : 0) + bytes.length);
    slab.set(bytes, at + LENGTH_BYTES);
    this.#used = end;
  }

  get lengthBytes(): number {
    return this.#used;
  }

  /** As a record has them; valid until the next `add` or `clear`. */
  get bytes(): Uint8Array {
    return this.#slab?.subarray(0, this.#used) ?? NO_FRAMES;
  }

  clear(): void {
    if (this.#slab !== null) giveBack(this.#slab);
    this.#slab = null;
    this.#used = 0;
  }

  #roomFor(bytes: number): Uint8Array {
    const slab = this.#slab;
    if (slab !== null && bytes <= slab.length) return slab;
    const wider = bytes <= SLAB_BYTES ? sharedSlabs.take(bytes) : wideSlabs.take(bytes);
    if (slab !== null) {
      wider.set(slab.subarray(0, this.#used));
      giveBack(slab);
    }
    return (this.#slab = wider);
  }
}

/** Each pool takes what is of its own. */
function giveBack(slab: Uint8Array): void {
  sharedSlabs.give(slab);
  wideSlabs.give(slab);
}

/** @param record with its frames in a list, or packed already. */
export function encodeRecord(
  record: Omit<SessionRecord, 'frames'> & { readonly frames: readonly LoggedFrame[] | Uint8Array },
): Uint8Array {
  const { card } = record;
  const frames = record.frames instanceof Uint8Array ? record.frames : packed(record.frames);
  const bytes = new Uint8Array(HEADER_BYTES + card.length + frames.length + CRC_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, MAGIC, true);
  view.setUint8(2, VERSION);
  view.setUint8(3, KINDS.indexOf(record.kind));
  view.setUint32(4, record.epoch, true);
  view.setFloat64(8, record.previous, true);
  view.setUint32(16, record.up, true);
  view.setUint32(20, record.down, true);
  view.setUint32(24, record.downAcked, true);
  view.setUint32(28, record.fin, true);
  view.setUint32(32, record.done, true);
  view.setUint32(36, card.length, true);
  view.setFloat64(40, record.writtenAtMs, true);
  bytes.set(card, HEADER_BYTES);
  bytes.set(frames, HEADER_BYTES + card.length);
  const end = bytes.length - CRC_BYTES;
  view.setUint32(end, checksumOf(bytes, card.length), true);
  return bytes;
}

function packed(frames: readonly LoggedFrame[]): Uint8Array {
  const all = new PackedFrames();
  for (const frame of frames) all.add(frame);
  return all.bytes;
}

/** Null for what is no record, or not whole. Card and frames are views into `bytes`. */
export function decodeRecord(bytes: Uint8Array): SessionRecord | null {
  const end = bytes.length - CRC_BYTES;
  if (end < HEADER_BYTES) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kind = KINDS[view.getUint8(3)];
  const isOurs = view.getUint16(0, true) === MAGIC && view.getUint8(2) === VERSION;
  if (!isOurs || kind === undefined) return null;
  const cardEnd = HEADER_BYTES + view.getUint32(36, true);
  if (cardEnd > end) return null;
  if (view.getUint32(end, true) !== checksumOf(bytes, cardEnd - HEADER_BYTES)) return null;
  const frames = framesIn(bytes, view, cardEnd, end);
  if (frames === null) return null;
  return {
    kind,
    epoch: view.getUint32(4, true),
    previous: view.getFloat64(8, true),
    up: view.getUint32(16, true),
    down: view.getUint32(20, true),
    downAcked: view.getUint32(24, true),
    fin: view.getUint32(28, true),
    done: view.getUint32(32, true),
    writtenAtMs: view.getFloat64(40, true),
    card: bytes.subarray(HEADER_BYTES, cardEnd),
    frames,
  };
}

/** What is wrong with one that `decodeRecord` does not read. */
export function whyUnreadable(bytes: Uint8Array): string {
  const version = bytes[2];
  const isOfOthers = bytes[0] === (MAGIC & 0xff) && bytes[1] === MAGIC >> 8 && version !== VERSION;
  return isOfOthers && version !== undefined ? `version ${version}, not ${VERSION}` : 'damaged';
}

function checksumOf(bytes: Uint8Array, cardBytes: number): number {
  return crc32c(bytes, 0, 0, HEADER_BYTES + cardBytes);
}

function framesIn(
  bytes: Uint8Array,
  view: DataView,
  from: number,
  end: number,
): readonly LoggedFrame[] | null {
  const frames: LoggedFrame[] = [];
  let at = from;
  while (at < end) {
    if (at + LENGTH_BYTES > end) return null;
    const length = view.getUint32(at, true);
    const isDown = length >= DOWN_BIT;
    const frameEnd = at + LENGTH_BYTES + (isDown ? length - DOWN_BIT : length);
    if (frameEnd > end) return null;
    frames.push({ isDown, bytes: bytes.subarray(at + LENGTH_BYTES, frameEnd) });
    at = frameEnd;
  }
  return at === end ? frames : null;
}
