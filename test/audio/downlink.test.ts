import { describe, expect, it } from 'vitest';

import { Downlink } from '../../src/audio/downlink.ts';

const TOLERANCE = 10;

function startToldThrough(position: number): Downlink {
  const downlink = new Downlink(TOLERANCE);
  downlink.admitFinal(0, position);
  return downlink;
}

describe('downlink', () => {
  it('tells finals that tile', () => {
    const downlink = new Downlink(TOLERANCE);

    const verdicts = [0, 100, 200].map((from) => downlink.admitFinal(from, from + 100));

    expect(verdicts).toEqual([
      { verdict: 'fresh', from: 0 },
      { verdict: 'fresh', from: 100 },
      { verdict: 'fresh', from: 200 },
    ]);
    expect(downlink.toldThrough).toBe(300);
    expect(downlink.duplicates).toBe(0);
  });

  it('drops and counts a final that was told already', () => {
    const downlink = startToldThrough(300);

    const again = downlink.admitFinal(100, 300);

    expect(again.verdict).toBe('duplicate');
    expect(downlink.duplicates).toBe(1);
    expect(downlink.toldThrough).toBe(300);
  });

  it('says from where on an overlapping final is news', () => {
    const downlink = startToldThrough(300);

    const admission = downlink.admitFinal(200, 400);

    expect(admission).toEqual({ verdict: 'overlapping', from: 300 });
    expect(downlink.toldThrough).toBe(400);
  });

  it('takes an overlap within the tolerance for rounding, and one beyond it for repetition', () => {
    const within = startToldThrough(300).admitFinal(300 - TOLERANCE, 400);
    const beyond = startToldThrough(300).admitFinal(300 - TOLERANCE - 1, 400);

    expect(within).toEqual({ verdict: 'fresh', from: 290 });
    expect(beyond).toEqual({ verdict: 'overlapping', from: 300 });
  });

  it('takes a final for a duplicate that reaches no further, however near the line it lies', () => {
    const downlink = startToldThrough(300);

    const admission = downlink.admitFinal(300 - TOLERANCE, 300);

    expect(admission).toEqual({ verdict: 'duplicate', from: 300 });
  });

  it('tells an interim until a final covers it, and lets it move nothing', () => {
    const downlink = startToldThrough(300);

    const ahead = downlink.admitInterim(300, 500);
    const behind = downlink.admitInterim(100, 300);

    expect(ahead).toEqual({ verdict: 'fresh', from: 300 });
    expect(behind.verdict).toBe('duplicate');
    expect(downlink.toldThrough).toBe(300);
    expect(downlink.duplicates).toBe(0);
  });

  it('tells an empty final at the line, which may end an utterance, but not one behind it', () => {
    const downlink = startToldThrough(300);

    const atLine = downlink.admitFinal(300, 300);
    const behind = downlink.admitFinal(100, 100);

    expect(atLine).toEqual({ verdict: 'fresh', from: 300 });
    expect(behind.verdict).toBe('duplicate');
    expect(downlink.toldThrough).toBe(300);
  });

  it('tells what comes after a range that was left out', () => {
    const downlink = startToldThrough(300);

    expect(downlink.admitFinal(1_000, 1_100)).toEqual({ verdict: 'fresh', from: 1_000 });
    expect(downlink.toldThrough).toBe(1_100);
  });
});
