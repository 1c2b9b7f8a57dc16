import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

import { Pacer } from '../../src/audio/pacing.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const BYTES_PER_SECOND = 32_000;
const CHUNK_BYTES = 640; // 20 ms

function startPacer(rateRatio = 1.2): { clock: VirtualClock; pacer: Pacer } {
  const clock = new VirtualClock(5_000);
  return { clock, pacer: new Pacer({ clock, bytesPerSecond: BYTES_PER_SECOND, rateRatio }) };
}

/** Sends chunks as fast as the pacer lets them, and returns how many bytes went out. */
function sendFor(ms: number, pacer: Pacer, clock: VirtualClock, chunkBytes = CHUNK_BYTES): number {
  const endAtMs = clock.nowMs() + ms;
  let sentBytes = 0;
  for (;;) {
    const waitMs = pacer.take(chunkBytes);
    if (waitMs === 0) sentBytes += chunkBytes;
    else if (clock.nowMs() + waitMs > endAtMs) return sentBytes;
    else clock.advance(Math.max(1, waitMs));
  }
}

describe('pacer', () => {
  it('lets a quarter of a second of audio go at once, and no more', () => {
    const { pacer, clock } = startPacer();

    const sentBytes = sendFor(0, pacer, clock);

    expect(sentBytes).toBe(12 * CHUNK_BYTES); // 12.5 chunks are 250 ms
    expect(pacer.take(CHUNK_BYTES)).toBeGreaterThan(0);
  });

  it('holds 1.2 times real time after the first burst', () => {
    const { pacer, clock } = startPacer();
    sendFor(0, pacer, clock);

    const sentBytes = sendFor(60_000, pacer, clock);

    const ratio = sentBytes / (60 * BYTES_PER_SECOND);
    expect(ratio).toBeGreaterThan(1.19);
    expect(ratio).toBeLessThanOrEqual(1.2 + 0.01);
  });

  it('never takes more than the burst beyond the rate, whatever the chunks and pauses', () => {
    const steps = fc.array(
      fc.record({ bytes: fc.integer({ min: 1, max: 40_000 }), pauseMs: fc.nat(2_000) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (plan) => {
        const { pacer, clock } = startPacer();
        const startedAtMs = clock.nowMs();
        let sentBytes = 0;
        for (const { bytes, pauseMs } of plan) {
          clock.advance(pauseMs);
          const isFree = pacer.take(bytes) === 0;
          // What is longer than the burst is paid for afterwards: count it when the debt is paid.
          const allowedBytes =
            0.25 * BYTES_PER_SECOND + (clock.nowMs() - startedAtMs) * BYTES_PER_SECOND * 0.0012;
          if (isFree) {
            expect(sentBytes + Math.min(bytes, 0.25 * BYTES_PER_SECOND)).toBeLessThanOrEqual(
              allowedBytes + 1,
            );
            sentBytes += bytes;
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it('lets a chunk go that is longer than the burst, and waits for its price afterwards', () => {
    const { pacer, clock } = startPacer();
    const chunkBytes = BYTES_PER_SECOND; // one second

    const first = pacer.take(chunkBytes);
    const waitMs = pacer.take(chunkBytes);

    expect(first).toBe(0);
    expect(waitMs).toBeCloseTo(1_000 / 1.2, 6);
    clock.advance(Math.ceil(waitMs));
    expect(pacer.take(chunkBytes)).toBe(0);
  });

  it('takes nothing when it says wait', () => {
    const { pacer, clock } = startPacer();
    sendFor(0, pacer, clock);

    const waits = [1, 2, 3].map(() => pacer.take(CHUNK_BYTES));

    expect(new Set(waits).size).toBe(1);
  });

  it('saves up no more than the burst in a long pause', () => {
    const { pacer, clock } = startPacer();
    sendFor(0, pacer, clock);

    clock.advance(3_600_000);

    expect(sendFor(0, pacer, clock)).toBe(12 * CHUNK_BYTES);
  });

  it('does not pace where there is no limit, nor ask for the time', () => {
    const { pacer, clock } = startPacer(Infinity);
    const asked = vi.spyOn(clock, 'nowMs');

    const waits = Array.from({ length: 1_000 }, () => pacer.take(1_000_000));

    expect(waits.every((waitMs) => waitMs === 0)).toBe(true);
    expect(asked).not.toHaveBeenCalled();
  });
});
