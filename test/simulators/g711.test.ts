/** Telephone audio as ITU-T G.711 defines it. */
import { describe, expect, it } from 'vitest';

import { compress, expand } from '../../src/simulators/openai-realtime/g711.ts';

/** Bytes on the wire and the values that they stand for, from the tables of the recommendation, in 16 bits. */
const MU: readonly (readonly [number, number])[] = [
  [0xff, 0],
  [0x7f, 0],
  [0xfe, 8],
  [0x7e, -8],
  [0xef, 132],
  [0xdf, 396],
  [0x8f, 16_764],
  [0x80, 32_124],
  [0x00, -32_124],
];
const A: readonly (readonly [number, number])[] = [
  [0xd5, 8],
  [0x55, -8],
  [0xd4, 24],
  [0xc5, 264],
  [0xf5, 528],
  [0xe5, 1_056],
  [0xaa, 32_256],
  [0x2a, -32_256],
];

describe.each([
  ['pcmu', MU, 132],
  ['pcma', A, 0],
] as const)('%s', (law, known, bias) => {
  it.each([...known])('byte %i stands for %i', (byte, value) => {
    expect(expand(Uint8Array.of(byte), law)).toEqual(Int16Array.of(value));
  });

  it('makes of every value the byte that stands for the nearest one', () => {
    const values = Int16Array.from({ length: 65_536 }, (_, at) => at - 32_768);

    const back = expand(compress(values, law), law);

    // A step is a sixteenth of its segment, so an error is at most half of that.
    const worst = values.findIndex((value, at) => {
      const asked = Math.min(Math.abs(value), 32_635);
      return Math.abs(asked - Math.abs(back[at] ?? 0)) > Math.max(8, (asked + bias) / 32 + 1);
    });
    expect(worst).toBe(-1);
  });

  it('gives every byte back, but for the second zero of µ-law', () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);

    const back = compress(expand(bytes, law), law);

    const changed = [...bytes].filter((byte) => back[byte] !== byte);
    expect(changed).toEqual(law === 'pcmu' ? [0x7f] : []);
  });
});
