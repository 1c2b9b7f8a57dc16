/**
 * CRC-32C (Castagnoli; RFC 3720 appendix B.4): polynomial 0x1EDC6F41, reflected. It sees what a proxy or a disk did to a
 * frame; it is no protection against anybody.
 */
const REFLECTED_POLYNOMIAL = 0x82f63b78;
/** Tables for sixteen bytes at once, read as four words: twice as fast as eight, read byte by byte. */
const STRIDE = 16;
const ENTRIES = 256;

/** The table of the byte that is so many before the last stands at `ENTRIES` times that. */
const TABLES = tables();

/**
 * @param seed what `crc32c` gave for the bytes before these. Default: there are none.
 * @param from the first byte that counts, and `to` the one behind the last. Default: all of them.
 */
export function crc32c(bytes: Uint8Array, seed = 0, from = 0, to = bytes.length): number {
  return ~updated(viewOf(bytes), ~seed, from, to) >>> 0;
}

/** Of the first `to` bytes, with the four at `zerosAt` counted as zeros: they are where the checksum itself is written. */
export function crc32cAround(bytes: Uint8Array, zerosAt: number, to: number): number {
  const view = viewOf(bytes);
  let crc = updated(view, ~0, 0, zerosAt);
  for (let n = 0; n < 4; n += 1) crc = tableAt(crc & 0xff) ^ (crc >>> 8);
  return ~updated(view, crc, zerosAt + 4, to) >>> 0;
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}

function updated(view: DataView, before: number, from: number, to: number): number {
  let crc = before;
  let at = from;
  for (const end = to - STRIDE; at <= end; at += STRIDE) {
    const first = view.getInt32(at, true) ^ crc;
    const second = view.getInt32(at + 4, true);
    const third = view.getInt32(at + 8, true);
    const fourth = view.getInt32(at + 12, true);
    crc = ofWord(first, 12) ^ ofWord(second, 8) ^ ofWord(third, 4) ^ ofWord(fourth, 0);
  }
  for (; at < to; at += 1) crc = tableAt((crc ^ view.getUint8(at)) & 0xff) ^ (crc >>> 8);
  return crc;
}

/** @param bytesBehind how many bytes of the stride follow the word. */
function ofWord(word: number, bytesBehind: number): number {
  const at = bytesBehind * ENTRIES;
  return (
    tableAt(at + 3 * ENTRIES + (word & 0xff)) ^
    tableAt(at + 2 * ENTRIES + ((word >>> 8) & 0xff)) ^
    tableAt(at + ENTRIES + ((word >>> 16) & 0xff)) ^
    tableAt(at + (word >>> 24))
  );
}

function tableAt(at: number): number {
  return TABLES[at] ?? 0;
}

function tables(): Int32Array {
  const all = new Int32Array(STRIDE * ENTRIES);
  for (let byte = 0; byte < ENTRIES; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 1) === 1 ? REFLECTED_POLYNOMIAL ^ (crc >>> 1) : crc >>> 1;
    }
    all[byte] = crc;
  }
  for (let at = ENTRIES; at < all.length; at += 1) {
    const crc = all[at - ENTRIES] ?? 0;
    all[at] = (all[crc & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return all;
}
