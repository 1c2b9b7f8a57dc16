/** What pings prove of the audio that was sent, on lines that are slow and to services that answer late. */
import { describe, expect, it } from 'vitest';

import { Pings } from '../../src/session/pings.ts';
import { Rates } from '../../src/session/rates.ts';

const SETTLES_AFTER_MS = 5_000;
const SECOND = new Uint8Array(32_000);

function ratesOf(): Rates {
  return new Rates({ ours: 16_000, theirs: 16_000 }, SETTLES_AFTER_MS);
}

describe('pings', () => {
  it('are answered in the order in which they were sent', () => {
    const pings = new Pings();
    pings.send(1_000, 16_000, () => true);
    pings.send(2_000, 32_000, () => true);

    pings.answered(9_000);
    const first = { proof: pings.proof, isWaiting: pings.isWaiting, most: pings.arrivedAtMost };
    pings.answered(9_100);

    expect(first).toEqual({
      proof: { sentAtMs: 1_000, atMs: 9_000 },
      isWaiting: true,
      most: 32_000,
    });
    expect(pings.proof).toEqual({ sentAtMs: 2_000, atMs: 9_100 });
    expect(pings.arrivedAtMost).toBe(Infinity);
  });

  it('wait for no answer that does not come within a minute', () => {
    const pings = new Pings();
    pings.send(0, 0, () => true);

    pings.send(60_000, 0, () => false);

    expect(pings.isWaiting).toBe(false);
  });
});

describe('silence', () => {
  it('is what arrived 5 s before a ping that was answered, and led to nothing', () => {
    const rates = ratesOf();
    rates.toTheirs(SECOND, 0);

    expect(rates.settledSilence({ sentAtMs: 1_000, atMs: 1_100 })).toBeNull();
    expect(rates.settledSilence({ sentAtMs: 6_000, atMs: 6_100 })).toBeNull();
    expect(rates.settledSilence({ sentAtMs: 6_100, atMs: 6_200 })).toBe(16_000);
  });

  it('is not what a slow line brought only just now, however long ago it was sent', () => {
    const rates = ratesOf();
    rates.toTheirs(SECOND, 0);

    expect(rates.settledSilence({ sentAtMs: 100, atMs: 20_000 })).toBeNull();
    expect(rates.settledSilence({ sentAtMs: 24_900, atMs: 25_000 })).toBeNull();
    expect(rates.settledSilence({ sentAtMs: 25_000, atMs: 25_100 })).toBe(16_000);
  });

  it('wants a proof of what was sent a second ago, and of what may be silence by now', () => {
    const rates = ratesOf();
    rates.toTheirs(SECOND, 0);

    const early = rates.needsProof(900);
    const unproven = rates.needsProof(1_000);
    rates.settledSilence({ sentAtMs: 1_000, atMs: 1_100 });
    const proven = rates.needsProof(4_900);

    expect([early, unproven, proven, rates.needsProof(5_000)]).toEqual([false, true, false, true]);
  });
});
