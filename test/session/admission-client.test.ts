import { describe, expect, it } from 'vitest';

import { ClientBudget } from '../../src/session/admission/client-budget.ts';
import { StallWatch } from '../../src/session/admission/stall-watch.ts';
import type { StallLook } from '../../src/session/admission/stall-watch.ts';

describe('the budget of a client', () => {
  const spent = (dials: number) => {
    const budget = new ClientBudget();
    for (let nth = 0; nth < dials; nth += 1) budget.dialFailed(0);
    return budget;
  };

  it('holds back after ten failed dials of all its sessions', () => {
    expect(new ClientBudget().holdMs(0)).toBe(0);
    expect(spent(9).holdMs(0)).toBe(0);
    expect(spent(10).holdMs(0)).toBe(30_000);
  });

  it('earns at the higher rate while one link is healthy, and no faster for two', () => {
    const budget = spent(10);

    budget.linkRecovered(0);
    budget.linkRecovered(0);
    budget.linkLost(0);

    expect(budget.holdMs(0)).toBe(10_000);
  });

  it('earns at the lower rate once the last healthy link is lost', () => {
    const budget = spent(10);

    budget.linkRecovered(0);
    budget.linkLost(0);

    expect(budget.holdMs(0)).toBe(30_000);
  });

  it('knows of a link that was healthy before the first dial failed', () => {
    const budget = new ClientBudget();
    budget.linkRecovered(0);

    for (let nth = 0; nth < 10; nth += 1) budget.dialFailed(0);

    expect(budget.holdMs(0)).toBe(10_000);
  });

  it('is not in debt to links that were never healthy', () => {
    const budget = spent(10);

    budget.linkLost(0);
    budget.linkRecovered(0);

    expect(budget.holdMs(0)).toBe(10_000);
  });

  it('is full again after 100 s of health, and nine dials more are free', () => {
    const budget = spent(10);
    budget.linkRecovered(0);
    budget.linkLost(100_000);

    for (let nth = 0; nth < 9; nth += 1) budget.dialFailed(100_000);
    const before = budget.holdMs(100_000);
    budget.dialFailed(100_000);

    expect(before).toBe(0);
    expect(budget.holdMs(100_000)).toBe(30_000);
  });
});

describe('a stall', () => {
  /** A watch that was looked at in turn; the answer to the last look. */
  const lookedAt = (
    ...looks: readonly (readonly [number, number, (number | null)?, number?])[]
  ) => {
    const watch = new StallWatch();
    return looks.map(([atMs, speechSentMs, resultAtMs = null, lateByMs = 0]) => {
      const look: StallLook = { atMs, speechSentMs, resultAtMs, lateByMs };
      return watch.isStalled(look);
    });
  };

  it('is 5 s without a result', () => {
    expect(lookedAt([1_000, 20], [5_999, 4_000]).at(-1)).toBe(false);
    expect(lookedAt([1_000, 20], [6_000, 4_000]).at(-1)).toBe(true);
  });

  it('is 3 s of speech', () => {
    expect(lookedAt([1_000, 20], [9_000, 2_999]).at(-1)).toBe(false);
    expect(lookedAt([1_000, 20], [9_000, 3_000]).at(-1)).toBe(true);
  });

  it('is none while nothing is said', () => {
    expect(lookedAt([0, 0], [60_000, 0])).toEqual([false, false]);
  });

  it('is counted from the first speech that nothing answered', () => {
    const looks = lookedAt([0, 100], [4_000, 4_000, 3_990], [60_000, 4_100, 3_990]);
    const later = lookedAt([0, 100], [60_000, 100, 50], [60_100, 150, 50], [65_100, 3_099, 50]);

    expect(looks).toEqual([false, false, false]);
    expect(later.at(-1)).toBe(false);
  });

  it('is one when a stream that had answered falls silent', () => {
    const looks = lookedAt(
      [10_000, 5_000, 9_900],
      [10_100, 5_100, 9_900],
      [15_099, 8_099, 9_900],
      [15_100, 8_100, 9_900],
    );

    expect(looks).toEqual([false, false, false, true]);
  });

  it('takes 3 s of speech since the result, not since the beginning', () => {
    const looks = lookedAt(
      [0, 100],
      [4_900, 4_900, 4_800],
      [5_000, 5_000, 4_800],
      [10_000, 7_899, 4_800],
      [10_100, 7_900, 4_800],
    );

    expect(looks).toEqual([false, false, false, false, true]);
  });

  it('is told once, and again after as much speech and time', () => {
    const looks = lookedAt(
      [0, 100],
      [5_000, 5_000],
      [5_100, 5_100],
      [10_099, 9_000],
      [10_100, 9_000],
    );

    expect(looks).toEqual([false, true, false, false, true]);
  });

  it.each([
    [500, true],
    [501, false],
  ])('is not blamed on the service where we were %d ms late: %s', (lateByMs, isStalled) => {
    const looks = lookedAt([0, 100], [5_000, 5_000, null, lateByMs]);

    expect(looks.at(-1)).toBe(isStalled);
  });

  it('is found 5 s after a late look', () => {
    const looks = lookedAt(
      [0, 100],
      [60_000, 5_000, null, 55_000],
      [64_999, 5_000],
      [65_000, 5_000],
    );

    expect(looks).toEqual([false, false, false, true]);
  });
});
