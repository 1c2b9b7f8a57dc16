import { describe, expect, it } from 'vitest';

import { ClockMap } from '../../src/capture/clock-map.ts';

describe('the time of a sound card', () => {
  it("is the clock's, as the first reading has it", () => {
    const map = new ClockMap();
    expect(map.clockMsAt(5)).toBeNull();

    map.observe(100, 5_100);

    expect(map.clockMsAt(250)).toBe(5_250);
  });

  it('follows a card that runs 100 millionths too fast, within 2 ms for an hour', () => {
    const map = new ClockMap();

    let worstMs = 0;
    for (let clockMs = 0; clockMs <= 3_600_000; clockMs += 100) {
      const audioMs = clockMs * 1.000_1;
      map.observe(audioMs, clockMs);
      worstMs = Math.max(worstMs, Math.abs((map.clockMsAt(audioMs) ?? 0) - clockMs));
    }

    expect(worstMs).toBeLessThan(2);
  });

  it('hardly moves for readings that are some milliseconds late', () => {
    const map = new ClockMap();
    map.observe(0, 1_000);
    const times: number[] = [];

    for (let n = 1; n <= 50; n += 1) {
      map.observe(n * 100, 1_000 + n * 100 + (n % 2) * 8);
      times.push(map.clockMsAt(n * 100) ?? 0);
    }

    const spacing = times.slice(1).map((time, at) => time - times[at]!);
    expect(Math.max(...spacing) - Math.min(...spacing)).toBeLessThan(1.1);
  });

  it('takes a card that stood still for a leap once two readings agree, and says how long it was', () => {
    const map = new ClockMap();
    map.observe(1_000, 1_000);

    const first = map.observe(1_100, 4_100);
    const second = map.observe(1_200, 4_200);

    expect([first, second]).toEqual([0, 3_000]);
    expect(map.clockMsAt(1_300)).toBe(4_300);
  });

  it('believes the first reading where the platform has said so', () => {
    const map = new ClockMap();
    map.observe(1_000, 1_000);
    map.expectLeap();

    expect(map.observe(1_100, 4_100)).toBe(3_000);
  });

  it('passes over one reading that is wrong', () => {
    const map = new ClockMap();
    map.observe(1_000, 1_000);

    map.observe(1_100, 4_100);
    map.observe(1_200, 1_200);

    expect(map.clockMsAt(1_300)).toBe(1_300);
  });

  it.each([
    [80, 0],
    [81, 81],
  ])('takes what is %i ms off for a leap of %i', (offMs, leapMs) => {
    const map = new ClockMap();
    map.observe(0, 0);

    map.observe(100, 100 + offMs);

    expect(map.observe(200, 200 + offMs)).toBe(leapMs);
  });
});
