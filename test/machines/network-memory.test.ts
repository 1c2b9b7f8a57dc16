/** What the network chart remembers of words and of resets, and what of it is void. */
import { describe, expect, it } from 'vitest';

import {
  OFFLINE_HYSTERESIS_MS,
  RESET_INTERVAL_MS,
  RETURN_HYSTERESIS_MS,
  TRIAL_INTERVAL_MS,
  afterWord,
  initialContext,
  isAgreed,
  isProof,
  isTakenBack,
  restoredJudgement,
} from '../../machines/network.rules.ts';
import type { NetworkFact } from '../../machines/network.types.ts';
import { networkWays, NetworkWorld } from './network-world.ts';

function says(word: 'online' | 'offline', source: string): NetworkFact {
  return { type: 'network.signalled', source, says: word, atMs: 60_000 };
}

/** Lost anew, as two sources say, and restored by one of them, within the time for one reset. */
function flap(world: NetworkWorld): NetworkWorld {
  world.says('offline').says('offline', 'interfaces').pass(RETURN_HYSTERESIS_MS);
  return world.says('online');
}

describe('a word against the network', () => {
  it('counts no more once it was taken back', () => {
    const world = new NetworkWorld().says('offline').pass(100).says('online');
    world.pass(RETURN_HYSTERESIS_MS);

    world.says('offline', 'interfaces').says('offline', 'interfaces');

    expect(world.state).toBe('doubtful');
  });

  it('counts no more once a byte refuted it', () => {
    const world = new NetworkWorld().says('offline').pass(600).traffic();

    world.says('offline', 'interfaces').says('offline', 'interfaces');

    expect(world.state).toBe('doubtful');
  });

  it('stands against a byte that was on its way before it, in a network that just came back', () => {
    const world = new NetworkWorld();
    networkWays['returning']!(world);
    world.says('offline').says('offline', 'interfaces').pass(499).traffic();

    world.pass(RETURN_HYSTERESIS_MS);

    expect(world.state).toBe('offline');
  });
});

describe('two sources', () => {
  const context = { ...initialContext, offlineSources: ['navigator', 'interfaces'] };

  it('agree whoever of them speaks last', () => {
    expect(isAgreed(context, says('offline', 'interfaces'))).toBe(true);
    expect(isAgreed(context, says('online', 'interfaces'))).toBe(false);
  });

  it('have not taken their words back while one stands by it', () => {
    expect(isTakenBack(context, says('online', 'navigator'))).toBe(false);
    expect(isTakenBack({ ...context, offlineSources: [] }, says('online', 'a'))).toBe(true);
  });
});

describe('what a source says', () => {
  it('proves nothing, however late', () => {
    expect(isProof(initialContext, says('offline', 'navigator'))).toBe(false);
    expect(isProof(initialContext, { type: 'traffic.seen', atMs: 60_000 })).toBe(true);
  });

  it('is all that is noted as a word', () => {
    expect(afterWord(initialContext, { type: 'traffic.seen', atMs: 60_000 })).toEqual({});
  });
});

describe('attempts', () => {
  it('count anew at the first restoration, whatever the clock says', () => {
    expect(restoredJudgement(initialContext, -1)).toMatchObject({ resetsAttempts: true });
  });

  it.each([
    ['a word', (world: NetworkWorld) => world.says('online')],
    ['a byte', (world: NetworkWorld) => world.pass(600).traffic()],
  ])('count anew with %s, and not again within 5 s of it', (_what, restore) => {
    const world = new NetworkWorld();
    networkWays['offline']!(world);

    restore(world);
    flap(world.pass(100));

    const resets = world.told.filter(({ type }) => type === 'network.restored');
    expect(resets).toMatchObject([{ resetsAttempts: true }, { resetsAttempts: false }]);
  });

  it('count anew with a trial, and not again within 5 s of it', () => {
    const world = new NetworkWorld().says('offline').pass(OFFLINE_HYSTERESIS_MS);
    world.pass(TRIAL_INTERVAL_MS);

    world.pass(RETURN_HYSTERESIS_MS + OFFLINE_HYSTERESIS_MS).says('online');

    expect(RETURN_HYSTERESIS_MS + OFFLINE_HYSTERESIS_MS).toBeLessThan(RESET_INTERVAL_MS);
    const resets = world.told.filter(({ type }) => type === 'network.restored');
    expect(resets).toMatchObject([{ resetsAttempts: true }, { resetsAttempts: false }]);
  });
});
