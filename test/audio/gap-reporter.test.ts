import { describe, expect, it } from 'vitest';

import { GapReporter } from '../../src/audio/gap-reporter.ts';
import type { GapRange } from '../../src/audio/ledger.ts';

function startReporter(): { reporter: GapReporter; told: GapRange[] } {
  const told: GapRange[] = [];
  return { reporter: new GapReporter(1_000, (gap) => told.push(gap)), told };
}

function overflow(from: number, to: number): GapRange {
  return { from, to, chunks: 1, reason: 'ringOverflow' };
}

describe('gap reporter', () => {
  it('tells one hole once, however many chunks it has', () => {
    const { reporter, told } = startReporter();

    for (let from = 0; from < 600; from += 20) reporter.add(overflow(from, from + 20));
    reporter.flush();

    expect(told).toEqual([{ from: 0, to: 600, chunks: 30, reason: 'ringOverflow' }]);
  });

  it('tells a hole that keeps growing in pieces of about a second', () => {
    const { reporter, told } = startReporter();

    for (let from = 0; from < 2_100; from += 300) reporter.add(overflow(from, from + 300));
    reporter.report();

    expect(told).toEqual([{ from: 0, to: 1_200, chunks: 4, reason: 'ringOverflow' }]);
    reporter.flush();
    expect(told.at(-1)).toEqual({ from: 1_200, to: 2_100, chunks: 3, reason: 'ringOverflow' });
  });

  it('keeps holes apart that do not touch or have other reasons', () => {
    const { reporter, told } = startReporter();

    reporter.add(overflow(0, 20));
    reporter.add(overflow(40, 60));
    reporter.add({ from: 60, to: 80, chunks: 1, reason: 'providerSkipped' });
    reporter.flush();

    expect(told.map(({ from, to }) => [from, to])).toEqual([
      [0, 20],
      [40, 60],
      [60, 80],
    ]);
  });

  it('tells nothing while a gap is being noted', () => {
    const { reporter, told } = startReporter();

    reporter.add(overflow(0, 5_000));

    expect(told).toEqual([]);
    reporter.report();
    expect(told).toHaveLength(1);
  });

  it('tells nothing when there is nothing to tell', () => {
    const { reporter, told } = startReporter();

    reporter.flush();
    reporter.report();

    expect(told).toEqual([]);
  });
});
