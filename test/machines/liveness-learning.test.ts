/** Which looks teach the liveness chart a round trip. */
import { describe, expect, it } from 'vitest';

import { learned } from '../../machines/liveness.rtt.ts';
import { afterLook, initialContext } from '../../machines/liveness.rules.ts';
import type { LinkMeasured, LivenessContext } from '../../machines/liveness.types.ts';

/** One round trip of 40 ms is known, and a probe went out since. */
const context: LivenessContext = {
  ...initialContext({
    canProbe: true,
    rtt: { srttMs: 40, rttvarMs: 20, samples: 1, newestMs: 40 },
  }),
  learnedAtMs: 1_000,
  probedAtMs: 2_000,
};

function look(facts: Partial<LinkMeasured>): LinkMeasured {
  return {
    type: 'link.measured',
    atMs: 2_500,
    lastInboundAtMs: 1_000,
    rttMs: 40,
    isAudioFlowing: true,
    lateByMs: 0,
    bufferedChunks: 0,
    unit: 0,
    ...facts,
  };
}

function told(rttAtMs: number, lastInboundAtMs: number): LinkMeasured {
  return look({ rttAtMs, lastInboundAtMs });
}

describe('a look at a link of which a round trip is known', () => {
  it.each([
    ['nothing new', look({})],
    ['a byte that answers no probe', look({ lastInboundAtMs: 2_300 })],
    ['a byte from before the newest probe', look({ lastInboundAtMs: 1_900 })],
    ['one that was told before', told(1_000, 2_300)],
    ['no round trip at all', look({ rttMs: null, lastInboundAtMs: 2_300 })],
  ])('learns none from %s', (_what, seen) => {
    const after = { ...context, ...afterLook(context, seen) };

    expect([after.rtt, after.learnedAtMs]).toEqual([context.rtt, 1_000]);
  });

  it.each([
    ['nothing new', look({})],
    ['no round trip at all', look({ rttMs: null })],
  ])('is answered with all that is known where it brings %s', (_what, seen) => {
    expect(learned(context, seen)).toEqual({ rtt: context.rtt, learnedAtMs: 1_000 });
  });

  it.each([
    ['another time', look({ rttMs: 80, lastInboundAtMs: 2_300 }), 45],
    ['exactly as long, with a byte of its own', look({ lastInboundAtMs: 2_040 }), 40],
    ['exactly as long, told when, whatever came after it', told(2_040, 2_300), 40],
  ])('learns one that took %s', (_what, seen, srttMs) => {
    const after = afterLook(context, seen);

    expect(after.rtt).toMatchObject({ samples: 2, srttMs });
    expect(after.learnedAtMs).toBe(seen.rttAtMs ?? seen.lastInboundAtMs);
  });
});
