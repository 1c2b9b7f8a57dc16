import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  deadAfterMs,
  initialContext,
  isWorthWatching,
  suspectAfterMs,
} from '../../machines/liveness.rules.ts';
import type { LinkMeasured } from '../../machines/liveness.types.ts';
import { LivenessParent, rttOf } from './liveness-world.ts';

/** Without a sample: 50 + 50 + 250 ms. */
const UNMEASURED_PTO_MS = 350;

/** A link that is near and known: its silence is suspect as early as any. */
const near = { canProbe: true, rtt: rttOf(20, 5) };

/** Suspect, at the exact moment: 150 ms of quiet, then 250 ms without an answer. */
function suspectedParent(): LivenessParent {
  return new LivenessParent(near).look(150).look(250);
}

describe('a link that is quiet', () => {
  it.each([
    ['audio flows', true, 150],
    ['it idles', false, 5_000],
  ])('is probed at the exact moment while %s', (_what, isAudioFlowing, quietMs) => {
    const parent = new LivenessParent().asked();

    parent.look(quietMs - 1, { isAudioFlowing });
    const before = parent.toldTypes;
    parent.look(1, { isAudioFlowing });

    expect(before).not.toContain('link.probe');
    expect(parent.state).toBe('probing');
    expect(parent.toldTypes.at(-1)).toBe('link.probe');
  });

  // P15.1
  it('is fresh again with any byte', () => {
    const parent = new LivenessParent().look(150).spoke().look(100);

    expect(parent.state).toBe('fresh');
  });

  it('is fresh again with an answer that a coarse clock puts at the moment of the probe', () => {
    const parent = new LivenessParent().look(150).spoke();

    parent.look(100);

    expect(parent.state).toBe('fresh');
  });
});

describe('a server that chatters, so that its link is never quiet', () => {
  const probesIn = (parent: LivenessParent, ms: number, facts = {}): number => {
    parent.told.length = 0;
    for (let passed = 0; passed < ms; passed += 100) parent.spoke().look(100, facts);
    return parent.toldTypes.filter((type) => type === 'link.probe').length;
  };

  it.each([
    ['every 400 ms until its round trip is known', rttOf(20, 5, 3), 4_000, 10],
    ['every 5 s then', rttOf(20, 5, 4), 50_000, 10],
  ])('is probed %s', (_what, rtt, ms, probes) => {
    const parent = new LivenessParent({ canProbe: true, rtt }).asked();

    expect(probesIn(parent, ms)).toBe(probes);
  });

  it.each([
    ['while it idles', { canProbe: true }, { isAudioFlowing: false }],
    ['where no probe can be answered', { canProbe: false }, {}],
    ['by a late look', { canProbe: true }, { lateByMs: 151 }],
  ])('is not probed %s', (_what, input, facts) => {
    const parent = new LivenessParent(input).asked();

    expect(probesIn(parent, 10_000, facts)).toBe(0);
  });
});

describe('watching', () => {
  const look: LinkMeasured = {
    type: 'link.measured',
    atMs: 10_000,
    lastInboundAtMs: 9_900,
    rttMs: 20,
    isAudioFlowing: true,
    lateByMs: 0,
    bufferedChunks: 0,
    unit: 0,
  };

  it.each([
    ['is quiet', { lastInboundAtMs: 9_850 }, true],
    ['spoke lately', { lastInboundAtMs: 9_851 }, false],
    ['was never measured', { rttMs: null }, true],
    ['was never measured and idles', { rttMs: null, isAudioFlowing: false }, false],
    ['was never measured, by a late look', { rttMs: null, lateByMs: 151 }, false],
  ])('is worth it or not where the link %s', (_what, facts, isWorthIt) => {
    expect(isWorthWatching({ ...look, ...facts })).toBe(isWorthIt);
  });
});

describe('a link that answers its probe', () => {
  it('is watched on while audio flows, probe after probe', () => {
    const parent = new LivenessParent();

    for (let round = 0; round < 20; round += 1) parent.look(150).look(50).spoke().look(50);

    expect(new Set(parent.toldTypes)).toEqual(new Set(['link.probe']));
    expect(parent.told).toHaveLength(20);
  });

  it('needs no watching any more once it idles, and its round trip is told', () => {
    const parent = new LivenessParent().look(150);
    parent.atMs += 20;
    parent.rttMs = 20;
    parent.spoke().look(80);

    const whileFlowing = parent.toldTypes;
    parent.look(100, { isAudioFlowing: false });

    expect(whileFlowing).toEqual(['link.probe']);
    expect(parent.told.at(-1)).toEqual({
      type: 'link.answered',
      atMs: parent.atMs,
      rtt: { srttMs: 20, rttvarMs: 10, samples: 1, newestMs: 20 },
    });
  });

  it('is probed rather than left where it idles and is quiet', () => {
    const parent = new LivenessParent().look(5_000, { isAudioFlowing: false });

    expect(parent.toldTypes).toEqual(['link.probe']);
  });
});

describe('a link that does not answer its probe while audio flows', () => {
  it.each([
    ['400 ms of silence at the least', near, 400],
    ['3 probe time-outs', { canProbe: true, rtt: rttOf(100, 25) }, 3 * 200],
    [
      '3 probe time-outs with an allowance, before a few round trips are known',
      { canProbe: true, rtt: rttOf(20, 5, 3) },
      3 * (70 + 250),
    ],
    ['3 probe time-outs of a guess, before the first', { canProbe: true }, 3 * UNMEASURED_PTO_MS],
    ['1,200 ms at the most', { canProbe: true, rtt: rttOf(700, 20) }, 1_200],
    [
      'the least that its service is given',
      { ...near, limits: { suspectAtLeastMs: 30_000 } },
      30_000,
    ],
  ])('is suspect after %s, at the exact moment', (_what, input, silentForMs) => {
    const parent = new LivenessParent(input).look(150);

    parent.look(silentForMs - 150 - 1);
    const before = parent.state;
    parent.look(1);

    expect(before).toBe('probing');
    expect(parent.state).toBe('suspect');
    expect(parent.told.at(-1)).toEqual({ type: 'link.suspected', atMs: parent.atMs, silentForMs });
  });

  it.each([
    ['250 ms', near, 250],
    ['a probe time-out', { canProbe: true, rtt: rttOf(850, 25) }, 950],
    ['1,200 ms and not longer', { canProbe: true, rtt: rttOf(1_500, 100) }, 1_200],
  ])('is given %s to answer, however long it was quiet before', (_what, input, answerMs) => {
    const parent = new LivenessParent(input).look(1_400);

    parent.look(answerMs - 1);
    const before = parent.state;
    parent.look(1);

    expect(before).toBe('probing');
    expect(parent.state).toBe('suspect');
  });

  it('is not suspect for the quiet of a time in which nobody asked it to speak', () => {
    const parent = new LivenessParent({ canProbe: true, rtt: rttOf(20, 5, 3) }).look(4_900);

    parent.look(3 * (70 + 250) - 250 - 1);
    const before = parent.state;
    parent.look(1);

    expect(before).toBe('probing');
    expect(parent.state).toBe('suspect');
  });

  it('is suspect within 2 s of its last byte at any round-trip time and any pace of looking', () => {
    const rtt = fc
      .tuple(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 0, max: 20_000 }))
      .map(([srttMs, rttvarMs]) => rttOf(srttMs, rttvarMs));
    fc.assert(
      fc.property(rtt, fc.integer({ min: 0, max: 99 }), (known, offsetMs) => {
        const parent = new LivenessParent({ canProbe: true, rtt: known }).look(offsetMs);

        while (parent.state !== 'suspect') parent.look(100);

        expect(parent.atMs - parent.aliveAtMs).toBeLessThanOrEqual(2_000);
      }),
    );
  });
});

describe('a link that does not answer its probe', () => {
  const idle = { isAudioFlowing: false };

  it.each([
    ['while it idles', { canProbe: true }, idle, 3 * UNMEASURED_PTO_MS],
    ['while it idles, near as it may be', near, idle, 1_000],
    ['while it idles and is far', { canProbe: true, rtt: rttOf(2_000, 90) }, idle, 5_000],
    ['without probes', { canProbe: false }, {}, 5_000],
    [
      'without probes, at the least that its service is given',
      { canProbe: false, limits: { suspectAtLeastMs: 9_000 } },
      {},
      9_000,
    ],
  ])('is suspect at the exact moment %s', (_what, input, facts, afterMs) => {
    const parent = new LivenessParent(input).look(5_000, facts);

    parent.look(afterMs - 1, facts);
    const before = parent.state;
    parent.look(1, facts);

    expect(before).toBe('probing');
    expect(parent.state).toBe('suspect');
    expect(parent.told.at(-1)).toEqual({
      type: 'link.suspected',
      atMs: parent.atMs,
      silentForMs: 5_000 + afterMs,
    });
  });

  it('asks for a second socket again each second, with a further probe', () => {
    const parent = suspectedParent();
    parent.told.length = 0;

    parent.look(999).look(1).look(999).look(1);

    expect(parent.toldTypes).toEqual([
      'link.probe',
      'link.suspected',
      'link.probe',
      'link.suspected',
    ]);
  });

  it('recovers when it speaks', () => {
    const parent = suspectedParent();

    parent.look(100).spoke(50).look(50);

    expect(parent.state).toBe('fresh');
    expect(parent.told.at(-1)).toEqual({
      type: 'link.recovered',
      atMs: parent.atMs,
      rtt: near.rtt,
    });
  });
});

describe('a dead link', () => {
  it.each([
    ['6 s at the least', { canProbe: true }, 6_000],
    ['8 probe time-outs', { canProbe: true, rtt: rttOf(700, 12) }, 8 * (700 + 50 + 250)],
    ['15 s at the most', { canProbe: true, rtt: rttOf(9_000, 0) }, 15_000],
    ['15 s without probes', { canProbe: false }, 15_000],
    [
      'the least that its service is given',
      { canProbe: true, limits: { deadAtLeastMs: 45_000 } },
      45_000,
    ],
    [
      'the least that its service is given, without probes',
      { canProbe: false, limits: { deadAtLeastMs: 45_000 } },
      45_000,
    ],
  ])('is told after %s, at the exact moment', (_what, input, afterMs) => {
    const parent = new LivenessParent(input).look(150);
    const probedAtMs = parent.atMs;
    parent.look(5_000);

    parent.look(probedAtMs + afterMs - 1 - parent.atMs);
    const before = parent.state;
    parent.look(1);

    expect(before).toBe('suspect');
    expect(parent.state).toBe('dead');
    expect(parent.told.at(-1)).toEqual({
      type: 'link.died',
      atMs: parent.atMs,
      silentForMs: 150 + afterMs,
      bufferedChunks: 3,
      unit: 0.5,
    });
  });

  it('ends the actor', () => {
    const parent = suspectedParent().look(6_000);

    expect(parent.child.getSnapshot().status).toBe('done');
  });
});

describe('patience', () => {
  // P15.2, P15.4, P15.5
  it('grows with the round-trip time and its variation', () => {
    const nearby = { ...initialContext({ canProbe: true }), rtt: rttOf(60, 5) };
    const far = { ...initialContext({ canProbe: true }), rtt: rttOf(600, 100) };

    expect(suspectAfterMs(nearby, false)).toBe(3 * (110 + 250));
    expect(suspectAfterMs(far, false)).toBe(3_750);
    expect(deadAfterMs(far)).toBe(10_000);
  });

  it('learns each round trip once, however often it is told', () => {
    const parent = new LivenessParent().look(150);
    parent.atMs += 100;
    parent.rttMs = 100;

    parent.spoke().look(0).look(10).look(10);

    expect(parent.context.rtt).toEqual(rttOf(100, 50, 1));
  });

  it('learns a round trip that took exactly as long as the last', () => {
    const parent = new LivenessParent().look(150);

    for (let trip = 0; trip < 2; trip += 1) {
      parent.atMs += 100;
      parent.rttMs = 100;
      parent.spoke().look(0).look(150);
    }

    expect(parent.context.rtt).toEqual(rttOf(100, 37.5, 2));
  });

  // P15.2
  it('smooths round trips in the manner of RFC 6298', () => {
    const parent = new LivenessParent({ canProbe: true, rtt: rttOf(100, 50) });
    parent.rttMs = 180;

    parent.look(100);

    expect(parent.context.rtt).toEqual({
      srttMs: 110,
      rttvarMs: 57.5,
      samples: 5,
      newestMs: 180,
    });
  });
});
