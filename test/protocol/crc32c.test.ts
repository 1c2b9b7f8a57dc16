import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { crc32c, crc32cAround } from '../../src/protocol/crc32c.ts';
import checksums from '../../src/protocol/vectors/checksums.json' with { type: 'json' };
import { fromHex } from './hex.ts';

describe('CRC-32C', () => {
  it.each(checksums)('P3.6: of $name is that of RFC 3720', ({ hex, crc32c: expected }) => {
    expect(crc32c(fromHex(hex))).toBe(expected);
  });

  it('of two parts, one after the other, is that of the whole', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), (bytes, cut) => {
        const [head, tail] = [bytes.subarray(0, cut), bytes.subarray(cut)];

        expect(crc32c(tail, crc32c(head))).toBe(crc32c(bytes));
      }),
      { numRuns: 300 },
    );
  });

  it('of a part is that of its bytes alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), fc.nat(70), (bytes, a, b) => {
        const [from, to] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)];

        expect(crc32c(bytes, 0, from, to)).toBe(crc32c(bytes.slice(from, to)));
      }),
      { numRuns: 300 },
    );
  });

  it.each([4_095, 4_096, 4_097, 8_192, 9_001])('of %i bytes is that of its halves', (length) => {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
    const [head, tail] = [bytes.subarray(0, 2_001), bytes.subarray(2_001)];

    expect(crc32c(bytes)).toBe(crc32c(tail, crc32c(head)));
  });

  it.each([24, 36, 664, 4_096, 9_001])(
    'of a frame of %i bytes counts its own place as zeros',
    (length) => {
      const bytes = Uint8Array.from({ length }, (_, index) => index * 7 + 1);
      const zeroed = bytes.slice().fill(0, 20, 24);

      expect(crc32cAround(bytes, 20, length)).toBe(crc32c(zeroed));
      expect(crc32cAround(Uint8Array.of(...bytes, 9), 20, length)).toBe(crc32c(zeroed));
    },
  );

  it('sees each bit that was turned', () => {
    const bytes = Uint8Array.from({ length: 41 }, (_, index) => index * 7);
    const before = crc32c(bytes);

    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const turned = bytes.slice();
      turned[bit >>> 3]! ^= 1 << (bit & 7);
      expect(crc32c(turned)).not.toBe(before);
    }
  });
});
