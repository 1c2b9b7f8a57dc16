/** A silent link is worth keeping for longer where there is nothing else to turn to. */
import { describe, expect, it } from 'vitest';

import { deadAtMostMs } from '../../src/cli/outages.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import { limitsOf } from '../../src/session/candidates.ts';
import { fakeProvider } from '../support/fake-provider.ts';

const keeper = gateway({ url: 'ws://127.0.0.1:1/v1/session' });

describe('a gateway', () => {
  it('P15.5: is given 20 s of silence where it is the only candidate, and what all are given beside others', () => {
    const alone = limitsOf(keeper.traits, true);
    const besideOthers = limitsOf(keeper.traits, false);

    expect(alone).toEqual({ isPrompt: true, deadAtLeastMs: 20_000 });
    expect(besideOthers).toEqual({ isPrompt: true });
  });

  it('is waited for as long in what a recording tells of its outages', () => {
    expect(deadAtMostMs([keeper])).toBe(20_000);
    expect(deadAtMostMs([keeper, fakeProvider()])).toBe(15_000);
  });
});

describe('a candidate that is given more by its own nature', () => {
  it('keeps that, alone or not', () => {
    const liveness = { deadAtLeastMs: 45_000, deadAloneAtLeastMs: 20_000 };
    const { traits } = fakeProvider();

    const given = [true, false].map((isAlone) => limitsOf({ ...traits, liveness }, isAlone));

    expect(given).toEqual([{ deadAtLeastMs: 45_000 }, { deadAtLeastMs: 45_000 }]);
  });
});
