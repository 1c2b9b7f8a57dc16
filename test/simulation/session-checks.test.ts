/** Who may lose its session: whom something befell that explains it, and not long ago. */
import { describe, expect, it } from 'vitest';

import { Report } from '../../src/simulation/checks/report.ts';
import { SessionChecks } from '../../src/simulation/checks/session-checks.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { toldIn } from './histories.ts';

function opened() {
  const clock = new VirtualClock();
  const report = new Report(clock, false);
  const checks = new SessionChecks(report, clock, 120_000);
  const losesAfter = (ms: number) => {
    clock.advance(ms);
    checks.heard(1);
    checks.lost(1);
    return toldIn(report);
  };
  return { clock, report, losesAfter };
}

describe('a client that loses its session', () => {
  it('I11: needs something that explains it', () => {
    expect(opened().losesAfter(0)).toEqual(['I11']);
  });

  it.each([
    ['truncated', 1, 60_000],
    ['storeTailLost', null, 60_000],
    ['wallClockJump', 2, 120_000],
  ])('is explained by %s of %s, and for a while after it', (kind, on, echoMs) => {
    const { report, losesAfter } = opened();
    report.struck(kind, on)();

    expect(losesAfter(echoMs)).toEqual([]);
    expect(losesAfter(1)).toEqual(['I11']);
  });

  it('is explained as long as it lasts', () => {
    const { report, losesAfter } = opened();
    report.struck('truncated', 1);

    expect(losesAfter(100_000)).toEqual([]);
  });

  it('I11: is not explained by what befell another, or by what explains nothing', () => {
    const { report, losesAfter } = opened();
    report.struck('truncated', 0);
    report.struck('reset', 1);

    expect(losesAfter(0)).toEqual(['I11']);
  });
});
