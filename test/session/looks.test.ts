import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { LinkMeasured, LivenessLimits } from '../../machines/liveness.types.ts';
import { Looks } from '../../src/session/looks.ts';
import { LivenessParent } from '../machines/liveness-world.ts';

const PROMPT: LivenessLimits = { isPrompt: true };

function lookAt(atMs: number, facts: Partial<LinkMeasured> = {}): LinkMeasured {
  return {
    type: 'link.measured',
    atMs,
    lastInboundAtMs: atMs - 10,
    rttMs: 5,
    isAudioFlowing: true,
    lateByMs: 0,
    bufferedChunks: 3,
    unit: 0.5,
    ...facts,
  };
}

/** Asked, answered, and told so. */
function settled(): Looks {
  const looks = new Looks();
  looks.isNews(lookAt(1_000), PROMPT);
  looks.probed(1_000);
  looks.isNews(lookAt(1_050), PROMPT);
  return looks;
}

describe('Looks', () => {
  it('leaves out a look at a link that answered and speaks', () => {
    expect(settled().isNews(lookAt(1_100), PROMPT)).toBe(false);
  });

  it.each([
    ['is quiet', { lastInboundAtMs: 910 }],
    ['has an unknown round trip', { rttMs: null }],
    ['carries no audio', { isAudioFlowing: false }],
    ['was looked at late', { lateByMs: 151 }],
  ])('tells of a link that %s', (_what, facts) => {
    expect(settled().isNews(lookAt(1_100, facts), PROMPT)).toBe(true);
  });

  it('tells of a link that was asked, until it has answered', () => {
    const looks = settled();
    looks.probed(1_095);

    const unanswered = looks.isNews(lookAt(1_100), PROMPT);
    const answered = looks.isNews(lookAt(1_150), PROMPT);
    const after = looks.isNews(lookAt(1_200), PROMPT);

    expect([unanswered, answered, after]).toEqual([true, true, false]);
  });

  it('tells when the round trip is to be learned: soon until it is known, and then seldom', () => {
    const looks = settled();
    expect(looks.isNews(lookAt(1_150), PROMPT)).toBe(true);
    for (let atMs = 1_150; atMs < 1_750; atMs += 150) {
      looks.probed(atMs);
      looks.isNews(lookAt(atMs + 20, { rttMs: 5, rttAtMs: atMs + 5 }), PROMPT);
    }

    const soon = looks.isNews(lookAt(6_000), PROMPT);
    const seldom = looks.isNews(lookAt(6_600), PROMPT);

    expect([soon, seldom]).toEqual([false, true]);
  });

  it('leaves nothing out from which a chart would do anything', () => {
    const step = fc.record({
      ms: fc.constantFrom(1, 20, 50, 50, 50, 120, 300, 1_500),
      spokeAgoMs: fc.option(fc.constantFrom(0, 0, 5, 40, 90), { nil: null }),
      lateByMs: fc.constantFrom(0, 0, 0, 0, 60, 400),
      isAudioFlowing: fc.constantFrom(true, true, true, false),
      isChallenged: fc.constantFrom(false, false, false, false, true),
    });
    const run = fc.property(fc.array(step, { maxLength: 80 }), fc.boolean(), (steps, isPrompt) => {
      const limits = { isPrompt };
      const all = new LivenessParent({ canProbe: true, limits });
      const some = new LivenessParent({ canProbe: true, limits });
      const looks = new Looks();
      let probes = 0;
      const noteProbes = (): void => {
        const asked = some.toldTypes.filter((type) => type === 'link.probe').length;
        if (asked > probes) looks.probed(some.atMs);
        probes = asked;
      };
      all.rttMs = some.rttMs = 5;

      for (const { ms, spokeAgoMs, lateByMs, isAudioFlowing, isChallenged } of steps) {
        if (all.child.getSnapshot().status === 'done') break;
        const atMs = all.atMs + ms;
        if (spokeAgoMs !== null) {
          all.aliveAtMs = some.aliveAtMs = Math.max(all.aliveAtMs, atMs - spokeAgoMs);
        }
        const facts = { lateByMs, isAudioFlowing };
        all.look(ms, facts);
        const look = lookAt(atMs, { ...facts, lastInboundAtMs: some.aliveAtMs });
        if (looks.isNews(look, limits)) some.look(ms, facts);
        else some.atMs = atMs;
        noteProbes();
        if (isChallenged) {
          all.challenge();
          some.challenge();
          noteProbes();
        }
      }

      expect(some.told).toEqual(all.told);
    });

    fc.assert(run, { numRuns: 300 });
  });
});
