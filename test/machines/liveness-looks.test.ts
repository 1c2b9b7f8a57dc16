/** Which looks at a link are worth taking, telling and following: what they could find. */
import { describe, expect, it } from 'vitest';

import {
  initialContext,
  isEventful,
  isToBeAsked,
  isWorthWatching,
  lookAgainInMs,
} from '../../machines/liveness.rules.ts';
import type { LinkMeasured, LivenessLimits } from '../../machines/liveness.types.ts';
import { rttOf } from './liveness-world.ts';

const NOW_MS = 100_000;
const PROMPT: LivenessLimits = { isPrompt: true };

const KNOWN = rttOf(40, 10);
const UNKNOWN = rttOf(40, 10, 3);

/** Audio flows, and something came 100 ms ago. */
function look(facts: Partial<LinkMeasured> = {}): LinkMeasured {
  return {
    type: 'link.measured',
    atMs: NOW_MS,
    lastInboundAtMs: NOW_MS - 100,
    rttMs: 40,
    isAudioFlowing: true,
    lateByMs: 0,
    bufferedChunks: 0,
    unit: 0,
    ...facts,
  };
}

function quietFor(ms: number): LinkMeasured {
  return look({ lastInboundAtMs: NOW_MS - ms });
}

/** The link was asked so long ago, and answered. */
function askedAgo(ms: number, rtt = KNOWN) {
  return { rtt, learnedAtMs: 0, probedAtMs: NOW_MS - ms };
}

describe('a look at a link that speaks', () => {
  it.each([
    ['not quiet for 150 ms', quietFor(149), {}, true],
    ['quiet for 150 ms', quietFor(150), {}, false],
    ['of a prompt peer and not quiet for 190 ms', quietFor(189), PROMPT, true],
    ['of a prompt peer and quiet for 190 ms', quietFor(190), PROMPT, false],
    ['of no round trip', look({ rttMs: null }), {}, true],
    ['without audio', look({ isAudioFlowing: false }), {}, false],
    ['late by no more than happens', look({ lateByMs: 150 }), {}, true],
    ['late', look({ lateByMs: 151 }), {}, false],
  ])('changes nothing or may: %s', (_what, seen, limits, isUnchanged) => {
    const context = { ...initialContext({ canProbe: true, limits }), ...askedAgo(1_000) };

    expect(isEventful('fresh', context, seen)).toBe(!isUnchanged);
  });

  it.each([
    ['5 s after the last, once it is known', KNOWN, {}, 5_000],
    ['5 s after the last, of a prompt peer too', KNOWN, PROMPT, 5_000],
    ['400 ms after the last, until it is known', UNKNOWN, {}, 400],
    ['150 ms after the last, of a prompt peer', UNKNOWN, PROMPT, 150],
  ])('has its round trip measured %s', (_when, rtt, limits, everyMs) => {
    const asked = (agoMs: number) => ({
      ...initialContext({ canProbe: true, limits }),
      ...askedAgo(agoMs, rtt),
    });
    const isAsked = (agoMs: number) => isToBeAsked(asked(agoMs), look());
    const isChanged = (agoMs: number) => isEventful('fresh', asked(agoMs), look());

    expect([isAsked(everyMs - 1), isAsked(everyMs)]).toEqual([false, true]);
    expect([isChanged(everyMs - 1), isChanged(everyMs)]).toEqual([false, true]);
  });

  it('has a prompt peer watched, whose round trip says when it is late, and no other', () => {
    expect(isWorthWatching(look(), PROMPT)).toBe(true);
    expect(isWorthWatching(look(), {})).toBe(false);
  });
});

// P15.4
describe('the next look while audio flows', () => {
  it.each([
    ['anybody', undefined],
    ['a peer of which nothing is known', {}],
    ['a peer that is not prompt', { isPrompt: false }],
  ])('is taken after 100 ms at %s, however long it was quiet', (_who, limits) => {
    expect(lookAgainInMs(quietFor(0), limits)).toBe(100);
    expect(lookAgainInMs(quietFor(500), limits)).toBe(100);
  });

  it.each([
    ['when it would be asked, if it said nothing', 0, 190],
    ['as soon as it is to be asked', 91, 99],
    ['not a moment before it is', 189.5, 1],
    ['after 50 ms once it is asked', 190, 50],
    ['after 50 ms as long as it is quiet', 500, 50],
  ])('is taken at a prompt peer %s: quiet for %d ms', (_when, quietMs, inMs) => {
    expect(lookAgainInMs(quietFor(quietMs), PROMPT)).toBe(inMs);
  });

  it('is taken at a prompt peer that was asked when its answer is late, and not before', () => {
    const look = quietFor(190);

    expect(lookAgainInMs(look, PROMPT, look.atMs)).toBe(100);
    expect(lookAgainInMs(look, PROMPT, look.atMs - 40)).toBe(60);
    expect(lookAgainInMs(look, PROMPT, look.atMs - 60)).toBe(50);
  });
});
