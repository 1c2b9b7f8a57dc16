import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { FrameTracker } from '../../../src/simulators/faults/frame-tracker.ts';

/** A masked client frame with a payload of this many bytes. */
function frame(payloadBytes: number): Buffer {
  const extended =
    payloadBytes < 126
      ? Buffer.from([0x80 | payloadBytes])
      : payloadBytes < 65_536
        ? Buffer.from([0x80 | 126, payloadBytes >> 8, payloadBytes & 0xff])
        : Buffer.from([
            0x80 | 127,
            0,
            0,
            0,
            0,
            0,
            payloadBytes >> 16,
            (payloadBytes >> 8) & 0xff,
            payloadBytes & 0xff,
          ]);
  return Buffer.concat([Buffer.from([0x82]), extended, Buffer.alloc(4 + payloadBytes, 0xff)]);
}

describe('FrameTracker', () => {
  it('cuts inside a frame where half of the chunk would end exactly at a border', () => {
    const two = Buffer.concat([frame(640), frame(640)]);

    const cutBytes = new FrameTracker().advance(two);

    expect(cutBytes).not.toBe(two.length / 2);
    expect(cutBytes % (two.length / 2)).toBeGreaterThan(100);
  });

  it('never cuts at a border, however frames are cut into chunks', () => {
    const payloads = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 700 }), fc.constantFrom(125, 126, 65_535, 65_536)),
      { minLength: 1, maxLength: 12 },
    );
    const sizes = fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(payloads, sizes, (payloadBytes, chunkBytes) => {
        const frames = payloadBytes.map(frame);
        const stream = Buffer.concat(frames);
        const borders = new Set([0]);
        let border = 0;
        for (const { length } of frames) borders.add((border += length));
        const tracker = new FrameTracker();

        let offset = 0;
        for (let turn = 0; offset < stream.length; turn += 1) {
          const chunk = stream.subarray(offset, offset + chunkBytes[turn % chunkBytes.length]!);
          const cutBytes = tracker.advance(chunk);
          if (cutBytes > chunk.length || borders.has(offset + cutBytes)) return false;
          offset += chunk.length;
        }
        return true;
      }),
      { numRuns: 150 },
    );
  });
});
