import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isWorthWatching } from '../../machines/liveness.rules.ts';
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

/** The liveness chart as the connection chart has it: only while there is something to be watched. */
class Watching {
  atMs = 100_000;
  aliveAtMs = this.atMs;
  readonly #limits: LivenessLimits;
  #watch: LivenessParent | null = null;

  constructor(limits: LivenessLimits) {
    this.#limits = limits;
  }

  pass(ms: number, spokeAgoMs: number | null): void {
    this.atMs += ms;
    if (spokeAgoMs !== null) this.aliveAtMs = Math.max(this.aliveAtMs, this.atMs - spokeAgoMs);
  }

  hears(look: LinkMeasured): boolean {
    return this.#watch !== null || isWorthWatching(look, this.#limits);
  }

  /** As it is where nobody watches, too. */
  get state(): unknown {
    return this.#watch?.state ?? 'fresh';
  }

  /** Whether it asks for a sign of life. */
  look(look: LinkMeasured): boolean {
    return this.hears(look) && this.#tell((watch) => watch.look(0, look));
  }

  challenge(): boolean {
    this.atMs += 1;
    return this.#tell((watch) => watch.challenge());
  }

  #tell(tell: (watch: LivenessParent) => void): boolean {
    const watch = (this.#watch ??= new LivenessParent({ canProbe: true, limits: this.#limits }));
    if (watch.child.getSnapshot().status === 'done') return false;
    const before = watch.told.length;
    watch.atMs = this.atMs;
    tell(watch);
    this.atMs = watch.atMs;
    const told = watch.toldTypes.slice(before);
    if (told.includes('link.answered') || told.includes('link.recovered')) this.#watch = null;
    return told.includes('link.probe');
  }
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

  it('leaves out idle looks once the chart has let go of its watch, until one is worth watching', () => {
    const looks = settled();
    const idle = { isAudioFlowing: false };

    const first = looks.isNews(lookAt(1_550, idle), PROMPT);
    const next = looks.isNews(lookAt(2_050, idle), PROMPT);
    const quiet = looks.isNews(lookAt(7_100, { ...idle, lastInboundAtMs: 2_100 }), PROMPT);

    expect([first, next, quiet]).toEqual([true, false, true]);
  });

  it('leaves out no idle look that a chart would hear, and none while it waits for an answer', () => {
    const run = fc.property(steps, fc.boolean(), (taken, isPrompt) => {
      const limits = { isPrompt };
      const chart = new Watching(limits);
      const looks = new Looks();
      const noteProbe = (asks: boolean): void => {
        if (asks) looks.probed(chart.atMs);
      };

      for (const { ms, spokeAgoMs, isChallenged, ...facts } of taken) {
        chart.pass(ms, spokeAgoMs);
        const look = lookAt(chart.atMs, { ...facts, lastInboundAtMs: chart.aliveAtMs });
        if (looks.isNews(look, limits)) noteProbe(chart.look(look));
        else if (look.isAudioFlowing) expect(chart.state).toBe('fresh');
        else expect(chart.hears(look)).toBe(false);
        if (isChallenged) noteProbe(chart.challenge());
      }
    });

    fc.assert(run, { numRuns: 300 });
  });

  it('leaves nothing out, while audio flows, from which a chart would do anything', () => {
    const run = fc.property(steps, fc.boolean(), (taken, isPrompt) => {
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

      for (const { ms, spokeAgoMs, lateByMs, isChallenged } of taken) {
        if (all.child.getSnapshot().status === 'done') break;
        const atMs = all.atMs + ms;
        if (spokeAgoMs !== null) {
          all.aliveAtMs = some.aliveAtMs = Math.max(all.aliveAtMs, atMs - spokeAgoMs);
        }
        const facts = { lateByMs };
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
