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

function looksOf(chart: LivenessParent | null): Looks {
  return new Looks(() => chart?.child.getSnapshot() ?? null);
}

/** Of a prompt peer that was asked, and has answered five times. */
function settled(): { chart: LivenessParent; looks: Looks } {
  const chart = new LivenessParent({ canProbe: true, limits: PROMPT });
  chart.rttMs = 5;
  for (let times = 0; times < 5; times += 1) chart.look(150).spoke(-5).look(20);
  return { chart, looks: looksOf(chart) };
}

const steps = fc.array(
  fc.record({
    ms: fc.constantFrom(1, 20, 50, 50, 50, 120, 300, 1_500),
    spokeAgoMs: fc.option(fc.constantFrom(0, 0, 5, 40, 90), { nil: null }),
    lateByMs: fc.constantFrom(0, 0, 0, 0, 60, 400),
    isAudioFlowing: fc.constantFrom(true, true, true, false),
    isChallenged: fc.constantFrom(false, false, false, false, true),
  }),
  { maxLength: 80 },
);

describe('Looks', () => {
  it('leaves out a look at a link that answered and speaks', () => {
    const { chart, looks } = settled();

    expect(chart.state).toBe('fresh');
    expect(looks.isNews(lookAt(chart.atMs + 100))).toBe(false);
  });

  it.each([
    ['is quiet', { lastInboundAtMs: 0 }],
    ['carries no audio', { isAudioFlowing: false }],
    ['was looked at late', { lateByMs: 151 }],
  ])('tells of a link that %s', (_what, facts) => {
    const { chart, looks } = settled();

    expect(looks.isNews(lookAt(chart.atMs + 200, facts))).toBe(true);
  });

  it('tells of a link that was asked when it has answered, or when its silence is suspicious', () => {
    const { chart, looks } = settled();
    chart.look(200);
    const silent = { lastInboundAtMs: chart.aliveAtMs };
    const isToldAfter = (ms: number, facts = {}) => looks.isNews(lookAt(chart.atMs + ms, facts));

    expect(chart.state).toBe('probing');
    expect([isToldAfter(49, silent), isToldAfter(50)]).toEqual([false, true]);
    expect([isToldAfter(99, silent), isToldAfter(100, silent)]).toEqual([false, true]);
  });

  it('tells of a suspected link when it speaks, when another socket is to be tried, and when it is dead', () => {
    const { chart, looks } = settled();
    chart.look(200).look(100);
    const { suspectedAtMs, probedAtMs } = chart.context;
    const silentAt = (atMs: number) =>
      looks.isNews(lookAt(atMs, { lastInboundAtMs: chart.aliveAtMs }));

    expect(chart.state).toBe('suspect');
    expect(looks.isNews(lookAt(suspectedAtMs + 50))).toBe(true);
    expect([silentAt(suspectedAtMs + 999), silentAt(suspectedAtMs + 1_000)]).toEqual([false, true]);
    for (let times = 0; times < 5; times += 1) chart.look(1_000);
    expect([silentAt(probedAtMs + 5_999), silentAt(probedAtMs + 6_000)]).toEqual([false, true]);
  });

  it('leaves out idle looks while nobody watches, until one is worth watching', () => {
    const looks = looksOf(null);
    const idle = { isAudioFlowing: false };
    const isNews = (facts: Partial<LinkMeasured>) => looks.isNews(lookAt(7_100, facts), PROMPT);

    expect(isNews(idle)).toBe(false);
    expect(isNews({ ...idle, lastInboundAtMs: 2_100 })).toBe(true);
    expect(isNews({})).toBe(true); // it flows again: its round trip is to be known
  });

  it('leaves nothing out from which a chart would do anything', () => {
    const run = fc.property(steps, fc.boolean(), (taken, isPrompt) => {
      const limits = { isPrompt };
      const all = new LivenessParent({ canProbe: true, limits });
      const some = new LivenessParent({ canProbe: true, limits });
      const looks = looksOf(some);
      all.rttMs = some.rttMs = 5;

      for (const { ms, spokeAgoMs, isChallenged, ...facts } of taken) {
        const atMs = all.atMs + ms;
        if (spokeAgoMs !== null) {
          all.aliveAtMs = some.aliveAtMs = Math.max(all.aliveAtMs, atMs - spokeAgoMs);
        }
        all.look(ms, facts);
        const look = lookAt(atMs, { ...facts, lastInboundAtMs: some.aliveAtMs });
        if (looks.isNews(look, limits)) some.look(ms, facts);
        else some.atMs = atMs;
        expect(some.state).toBe(all.state);
        if (all.child.getSnapshot().status === 'done') break;
        if (isChallenged) {
          all.challenge();
          some.challenge();
        }
      }

      expect(some.told).toEqual(all.told);
    });

    fc.assert(run, { numRuns: 300 });
  });
});
