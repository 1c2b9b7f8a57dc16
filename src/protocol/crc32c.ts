/**
 * CRC-32C (Castagnoli; RFC 3720 appendix B.4): polynomial 0x1EDC6F41, reflected. It sees what a proxy or a disk did to a
 * frame; it is no protection against anybody.
 */
const REFLECTED_POLYNOMIAL = 0x82f63b78;
/** Tables for eight bytes at once: a frame of 640 bytes is checked 80 times instead of 640. */
const STRIDE = 8;

const TABLES = tables();

/**
 * @param seed what `crc32c` gave for the bytes before these. Default: there are none.
 * @param from the first byte that counts, and `to` the one behind the last. Default: all of them.
 */
export function crc32c(bytes: Uint8Array, seed = 0, from = 0, to = bytes.length): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES;
  let crc = ~seed;
  let at = from;
  for (const end = to - STRIDE; at <= end; at += STRIDE) {
    const low =
      crc ^
      ((bytes[at] ?? 0) |
        ((bytes[at + 1] ?? 0) << 8) |
        ((bytes[at + 2] ?? 0) << 16) |
        ((bytes[at + 3] ?? 0) << 24));
    crc =
      (t7[low & 0xff] ?? 0) ^
      (t6[(low >>> 8) & 0xff] ?? 0) ^
      (t5[(low >>> 16) & 0xff] ?? 0) ^
      (t4[low >>> 24] ?? 0) ^
      (t3[bytes[at + 4] ?? 0] ?? 0) ^
      (t2[bytes[at + 5] ?? 0] ?? 0) ^
      (t1[bytes[at + 6] ?? 0] ?? 0) ^
      (t0[bytes[at + 7] ?? 0] ?? 0);
  }
  for (; at < to; at += 1) {
    crc = (t0[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

type Tables = readonly [
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
  Int32Array,
];

function tables(): Tables {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = (crc & 1) === 1 ? REFLECTED_POLYNOMIAL ^ (crc >>> 1) : crc >>> 1;
    }
    return crc;
  });
  const next = (table: Int32Array): Int32Array =>
    table.map((crc) => (first[crc & 0xff] ?? 0) ^ (crc >>> 8));
  const second = next(first);
  const third = next(second);
  const fourth = next(third);
  const fifth = next(fourth);
  const sixth = next(fifth);
  const seventh = next(sixth);
  return [first, second, third, fourth, fifth, sixth, seventh, next(seventh)];
}
