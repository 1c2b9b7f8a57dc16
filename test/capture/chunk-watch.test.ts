import { describe, expect, it } from 'vitest';

import { ChunkWatch } from '../../src/capture/chunk-watch.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const PATIENCE_MS = 3_000;

function watched() {
  const clock = new VirtualClock(1_000);
  const watch = new ChunkWatch(clock, PATIENCE_MS);
  const missedAtMs: number[] = [];
  const stop = watch.start(() => missedAtMs.push(clock.nowMs() - 1_000));
  return { clock, watch, missedAtMs, stop };
}

describe('a watch over chunks', () => {
  it('tells that none came once it has been patient, and each time that it has been again', () => {
    const { clock, missedAtMs, stop } = watched();

    clock.advance(2_999);
    const before = missedAtMs.length;
    clock.advance(6_001);
    stop();
    clock.advance(60_000);

    expect([before, missedAtMs]).toEqual([0, [3_000, 6_000, 9_000]]);
    expect(clock.pending).toBe(0);
  });

  it('says nothing while they come, however unevenly', () => {
    const { clock, watch, missedAtMs, stop } = watched();

    for (let n = 0; n < 20; n += 1) {
      clock.advance(n % 2 === 0 ? 100 : 2_900);
      watch.note();
    }
    stop();

    expect(missedAtMs).toEqual([]);
  });

  it.each([
    [1_499, 3_499],
    [1_501, 4_501],
  ])('blames nothing on a page that stood still: a look after %d ms', (lateMs, expected) => {
    const due: (() => void)[] = [];
    let nowMs = 0;
    const clock = {
      nowMs: () => nowMs,
      setTimeout: (callback: () => void) => due.push(callback),
      clearTimeout: () => undefined,
    };
    const missedAtMs: number[] = [];
    new ChunkWatch(clock, PATIENCE_MS).start(() => missedAtMs.push(nowMs));

    for (const passedMs of [lateMs, 1_000, 1_000, 1_000]) {
      nowMs += passedMs;
      due.pop()?.();
    }

    expect(missedAtMs).toEqual([expected]);
  });
});
