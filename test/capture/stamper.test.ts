import { describe, expect, it } from 'vitest';

import { Stamper } from '../../src/capture/stamper.ts';
import type { Break } from '../../src/worklets/capture.types.ts';

function stamperAt(clockMs: number, latencyMs = 0): Stamper {
  const stamper = new Stamper({ contextHz: 48_000, sampleRateHz: 16_000, latencyMs });
  stamper.observe(0, clockMs);
  return stamper;
}

/** A tenth of a second of the context's time. */
function heard(atMs: number, after: Break | null = null, silentFrames = 0) {
  return { samples: new Int16Array(1_600), frame: atMs * 48, after, silentFrames };
}

describe('the time of a chunk', () => {
  it('is when its first sample was in the air', () => {
    const stamper = stamperAt(50_000, 10);

    const { chunk, hole } = stamper.stamp(heard(200));

    expect(chunk).toMatchObject({ capturedAtMs: 50_190, durationMs: 100 });
    expect(chunk.bytes).toHaveLength(3_200);
    expect(hole).toBeNull();
  });

  it('is told with what of it is silence in the place of sound', () => {
    const stamper = stamperAt(50_000);

    const { hole, filled } = stamper.stamp(heard(200, null, 480));

    expect(hole).toBeNull();
    expect(filled).toEqual({ type: 'filled', atMs: 50_200, durationMs: 10 });
    expect(stamper.stamp(heard(300)).filled).toBeNull();
  });

  it('follows on the one before, whenever it arrives', () => {
    const stamper = stamperAt(50_000);
    stamper.stamp(heard(0));

    stamper.observe(370, 50_370); // three chunks come late, at once
    const times = [100, 200, 300].map((ms) => stamper.stamp(heard(ms)).chunk.capturedAtMs);

    expect(times).toEqual([50_100, 50_200, 50_300]);
  });

  it('never goes back', () => {
    const stamper = stamperAt(50_000);
    const times: number[] = [];

    for (let n = 0; n < 100; n += 1) {
      stamper.observe(n * 100, 50_000 + n * 100 - n * 3); // a card that runs 3 % fast
      times.push(stamper.stamp(heard(n * 100)).chunk.capturedAtMs);
    }

    expect(times).toEqual([...times].sort((a, b) => a - b));
  });
});

describe('a hole', () => {
  it.each([
    ['noInput', 'device'],
    ['overrun', 'overrun'],
  ] as const)(
    'after %s is told before the chunk that follows, with its length',
    (after, reason) => {
      const stamper = stamperAt(50_000);
      stamper.stamp(heard(0));

      const { chunk, hole } = stamper.stamp(heard(600, after));

      expect(chunk.capturedAtMs).toBe(50_600);
      expect(hole).toEqual({ type: 'hole', fromMs: 50_100, toMs: 50_600, durationMs: 500, reason });
    },
  );

  it('of a context that stood still is as long as it stood', () => {
    const stamper = stamperAt(50_000);
    stamper.observe(100, 50_100);
    stamper.stamp(heard(0));
    stamper.stoodStill();

    stamper.observe(200, 57_200);
    const { chunk, hole } = stamper.stamp(heard(100));

    expect(hole).toMatchObject({ durationMs: 7_000, toMs: 57_100, reason: 'suspended' });
    expect(chunk.capturedAtMs).toBe(57_100);
    expect(stamper.stamp(heard(200)).hole).toBeNull();
  });

  it('is none before the first chunk', () => {
    const stamper = stamperAt(50_000);

    expect(stamper.stamp(heard(900, 'noInput')).hole).toBeNull();
  });

  it.each([
    [0.9, null],
    [1, 1],
  ])('of %d ms is told as %s', (ms, told) => {
    const stamper = stamperAt(50_000);
    stamper.stamp(heard(0));

    const { hole } = stamper.stamp(heard(100 + ms, 'noInput'));

    expect(hole?.durationMs ?? null).toBe(told);
  });
});
