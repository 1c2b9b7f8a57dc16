import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeFrame, encodeFrame, restamp } from '../../src/protocol/frames.ts';
import { ENCODED, anyFrame } from './samples.ts';

const RUNS = { numRuns: 1_500, interruptAfterTimeLimit: 20_000 };

/** Every number, flag and text of a decoded frame is within what PROTOCOL.md allows, so writing it again has to do. */
function expectSound(bytes: Uint8Array): void {
  const frame = decodeFrame(bytes);
  if (frame.type === 'unknown') return;
  if (frame.type === 'malformed') {
    expect([4400, 4413, 4414]).toContain(frame.code);
    return;
  }
  expect(() => encodeFrame(frame)).not.toThrow();
}

describe('Frames', () => {
  it('P3.5: come back as they were', () => {
    fc.assert(
      fc.property(anyFrame, (frame) => {
        const read = decodeFrame(encodeFrame(frame));

        expect(read).toEqual(frame);
      }),
      RUNS,
    );
  });

  it('P3.7: are the same on another attachment, but for the epoch', () => {
    fc.assert(
      fc.property(anyFrame, fc.integer({ min: 0, max: 0xffff_ffff }), (frame, epoch) => {
        const bytes = encodeFrame(frame);

        restamp(bytes, epoch);

        const hasEpoch = bytes[0]! < 0x40;
        expect(decodeFrame(bytes)).toEqual(hasEpoch ? { ...frame, epoch } : frame);
      }),
      RUNS,
    );
  });

  it('P3.5: of any bytes are read without a throw', () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    const types = fc.constantFrom(...ENCODED.map((sample) => sample.bytes[0]!));
    fc.assert(
      fc.property(types, bytes, (type, rest) => {
        expectSound(Uint8Array.of(type, ...rest));
        expectSound(rest);
      }),
      RUNS,
    );
  });

  it.each(ENCODED)('P3.5: $type, with any bytes changed, is read without a throw', (sample) => {
    const change = fc.tuple(fc.nat(sample.bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const bytes = sample.bytes.slice();
        for (const [at, value] of changes) bytes[at] = value;

        expectSound(bytes);
      }),
      { ...RUNS, numRuns: 500 },
    );
  });

  it.each(ENCODED)('P3.5: $type is refused wherever it is cut off', ({ type, bytes }) => {
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeFrame(bytes.subarray(0, length)), `${type} of ${length}`).toMatchObject({
        type: 'malformed',
        code: 4400,
      });
    }
  });

  it.each(ENCODED)('P3.5: $type with a byte too many is refused', ({ bytes }) => {
    const longer = Uint8Array.of(...bytes, 0x20);

    expect(decodeFrame(longer)).toMatchObject({ type: 'malformed', code: 4400 });
  });

  it('P3.6: data and gaps are refused whichever bit of them was turned', () => {
    for (const { bytes } of ENCODED.slice(0, 2)) {
      for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
        const turned = bytes.slice();
        turned[bit >>> 3]! ^= 1 << (bit & 7);
        expect(['malformed', 'unknown']).toContain(decodeFrame(turned).type);
      }
    }
  });

  it('are read from the middle of other bytes, which are not looked at', () => {
    for (const { bytes } of ENCODED) {
      const among = new Uint8Array(bytes.length + 20).fill(0xa5);
      among.set(bytes, 10);

      expect(decodeFrame(among.subarray(10, 10 + bytes.length))).toEqual(decodeFrame(bytes));
    }
  });
});
