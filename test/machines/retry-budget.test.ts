import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  afterFailedDial,
  afterHealth,
  fullBudget,
  holdMs,
  tokensLeft,
} from '../../machines/retry-budget.ts';
import type { RetryBudget } from '../../machines/retry-budget.ts';

/** A budget after so many failed dials, all at moment 0. */
function spent(dials: number): RetryBudget {
  let budget = fullBudget(0);
  for (let nth = 0; nth < dials; nth += 1) budget = afterFailedDial(budget, 0);
  return budget;
}

describe('a retry budget', () => {
  it('holds nobody back for nine failed dials, and with the tenth for 30 s', () => {
    expect(holdMs(fullBudget(0), 0)).toBe(0);
    expect(holdMs(spent(9), 0)).toBe(0);
    expect(holdMs(spent(10), 0)).toBe(30_000);
  });

  it('counts what is left', () => {
    expect([0, 1, 9, 10, 11].map((dials) => tokensLeft(spent(dials), 0))).toEqual([10, 9, 1, 0, 0]);
  });

  it.each([
    [0, 30_000],
    [29_999, 1],
    [30_000, 0],
    [300_000, 0],
  ])('always allows one dial in 30 s: %d ms after the last, %d ms are left', (atMs, leftMs) => {
    expect(holdMs(spent(10), atMs)).toBe(leftMs);
  });

  it('holds for 30 s from each dial that fails at that rate', () => {
    const budget = afterFailedDial(spent(10), 30_000);

    expect(holdMs(budget, 30_000)).toBe(30_000);
    expect(holdMs(budget, 59_999)).toBe(1);
    expect(holdMs(budget, 60_000)).toBe(0);
  });

  it('earns a token by 60 s of waiting, and not a millisecond sooner', () => {
    const budget = spent(10);

    expect([59_999, 60_000, 119_999, 120_000].map((atMs) => tokensLeft(budget, atMs))).toEqual([
      0, 1, 1, 2,
    ]);
  });

  it('earns a token by 10 s of health, and not a millisecond sooner', () => {
    const budget = afterHealth(spent(10), true, 0);

    expect([9_999, 10_000, 19_999, 20_000].map((atMs) => tokensLeft(budget, atMs))).toEqual([
      0, 1, 1, 2,
    ]);
    expect(holdMs(budget, 0)).toBe(10_000);
    expect(holdMs(budget, 9_999)).toBe(1);
    expect(holdMs(budget, 10_000)).toBe(0);
  });

  it('adds up health and waiting', () => {
    const healthy = afterHealth(spent(10), true, 0);
    const waiting = afterHealth(healthy, false, 5_000);

    expect(tokensLeft(waiting, 34_999)).toBe(0);
    expect(tokensLeft(waiting, 35_000)).toBe(1);
  });

  it('holds no more than ten tokens, however long all is well', () => {
    const rested = afterHealth(fullBudget(0), true, 0);
    const budget = afterFailedDial(rested, 86_400_000);

    expect(tokensLeft(rested, 86_400_000)).toBe(10);
    expect(tokensLeft(budget, 86_400_000)).toBe(9);
  });

  it('lets a failed dial end no healthy spell: other links of the client may be well', () => {
    const budget = afterFailedDial(afterHealth(spent(10), true, 0), 10_000);

    expect(tokensLeft(budget, 20_000)).toBe(1);
  });

  it('is not confused by a fact that comes late', () => {
    const budget = afterFailedDial(afterHealth(spent(10), false, 60_000), 0);

    expect(holdMs(budget, 60_000)).toBe(0);
    expect(tokensLeft(budget, 119_999)).toBe(0);
    expect(tokensLeft(budget, 120_000)).toBe(1);
  });

  it('lets a client that waits as told dial at least twice a minute, and holds for no more than that', () => {
    const pauses = fc.array(fc.integer({ min: 0, max: 45_000 }), { maxLength: 40 });
    fc.assert(
      fc.property(pauses, fc.boolean(), (waits, isHealthy) => {
        let atMs = 0;
        let budget = afterHealth(spent(10), isHealthy, 0);
        for (const waitMs of waits) {
          const hold = holdMs(budget, atMs);
          expect(hold).toBeGreaterThanOrEqual(0);
          expect(hold).toBeLessThanOrEqual(30_000);
          expect(holdMs(budget, atMs + hold)).toBe(0);
          atMs += Math.max(hold, waitMs);
          budget = afterFailedDial(budget, atMs);
        }
      }),
    );
  });

  it('lets a client that always fails dial ten times at once, and then twice a minute', () => {
    let atMs = 0;
    let budget = fullBudget(0);
    let dials = 0;
    while (atMs < 600_000) {
      budget = afterFailedDial(budget, atMs);
      dials += 1;
      atMs += holdMs(budget, atMs);
    }

    expect(dials).toBe(10 + 19);
  });
});
