/** A peer that is known to answer at once is suspected sooner, once its round trip is known. */
import { describe, expect, it } from 'vitest';

import { initialContext, isToBeAsked, suspectAfterMs } from '../../machines/liveness.rules.ts';
import type { LivenessLimits, RttEstimate } from '../../machines/liveness.types.ts';
import { LivenessParent, rttOf } from './liveness-world.ts';

function patienceMs(rtt: RttEstimate | null, limits: LivenessLimits, isAudioFlowing = true) {
  return suspectAfterMs(initialContext({ canProbe: true, rtt, limits }), isAudioFlowing);
}

describe('a peer that is prompt', () => {
  it.each([
    ['near: 250 ms at the least', rttOf(20, 5), 250],
    ['at 50 ms: 100 ms of round trip and 150 ms', rttOf(50, 5), 250],
    ['at 200 ms', rttOf(200, 10), 400],
    ['at 200 ms, varying', rttOf(200, 50), 550],
    ['very far: 1.2 s at the most', rttOf(2_000, 100), 1_200],
    ['not measured often enough: as anybody', rttOf(20, 5, 3), 960],
    ['not measured at all', null, 1_050],
  ])('%s', (_what, rtt, ms) => {
    expect(patienceMs(rtt, { isPrompt: true })).toBe(ms);
  });

  it('is not hurried while idle, nor against what its service is known to need', () => {
    const rtt = rttOf(50, 5);

    expect(patienceMs(rtt, { isPrompt: true }, false)).toBe(patienceMs(rtt, {}, false));
    expect(patienceMs(rtt, { isPrompt: true, suspectAtLeastMs: 3_000 })).toBe(3_000);
  });

  it.each([
    [189, false],
    [190, true],
  ])('is asked after 190 ms of quiet, not sooner: %d ms', (quietMs, isAsked) => {
    const context = {
      ...initialContext({ canProbe: true, rtt: rttOf(50, 5), limits: { isPrompt: true } }),
      aliveAtMs: 10_000,
      probedAtMs: 10_000,
    };
    const look = {
      type: 'link.measured',
      atMs: 10_000 + quietMs,
      lastInboundAtMs: 10_000,
      rttMs: 50,
      isAudioFlowing: true,
      lateByMs: 0,
      bufferedChunks: 0,
      unit: 0,
    } as const;

    expect(isToBeAsked(context, look)).toBe(isAsked);
  });

  it.each([
    [99, 'probing'],
    [100, 'suspect'],
  ])('has 100 ms to answer what it was asked: after %d ms it is %s', (ms, state) => {
    const rtt = rttOf(50, 5);
    const parent = new LivenessParent({ canProbe: true, rtt, limits: { isPrompt: true } });
    parent.asked().look(190);
    expect(parent.state).toBe('probing');

    parent.look(ms);

    expect(parent.state).toBe(state);
  });
});
