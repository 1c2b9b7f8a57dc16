/** When what a service tells may be of long ago. */
import { describe, expect, it } from 'vitest';

import { Lateness } from '../../src/session/lateness.ts';
import { Pings } from '../../src/session/pings.ts';

const sent = (pings: Pings, atMs: number): void => pings.send(atMs, 0, () => true);

describe('lateness', () => {
  it('begins where a link speaks again that was silent for 3 s, to a ping as well', () => {
    const lateness = new Lateness();
    const pings = new Pings();
    sent(pings, 1_000);

    lateness.spoke(3_999, 0, pings);
    const early = lateness.isLate;
    lateness.spoke(4_000, 0, pings);

    expect(early).toBe(false);
    expect(lateness.isLate).toBe(true);
  });

  it('is none of a link that was asked for no sign of life, or gave another', () => {
    const lateness = new Lateness();
    const pings = new Pings();

    lateness.spoke(60_000, 0, pings);
    sent(pings, 60_000);
    lateness.spoke(75_000, 72_001, pings);

    expect(lateness.isLate).toBe(false);
  });

  it('ends with the answer to a ping that was sent when all that was held back had come', () => {
    const lateness = new Lateness();
    const pings = new Pings();
    sent(pings, 0);
    lateness.spoke(30_000, 0, pings);

    pings.answered(30_000);
    lateness.answered(pings);
    sent(pings, 30_100);
    pings.answered(30_110); // of a ping before
    lateness.answered(pings);
    const before = lateness.isLate;
    sent(pings, 31_000);
    pings.answered(31_100);
    lateness.answered(pings);

    expect(before).toBe(true);
    expect(lateness.isLate).toBe(false);
  });
});
