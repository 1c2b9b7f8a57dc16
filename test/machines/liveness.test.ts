import type { AnyEventObject } from 'xstate';
import { createActor, setup } from 'xstate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { livenessMachine } from '../../machines/liveness.machine.ts';
import { deadAfterMs, suspectAfterMs } from '../../machines/liveness.rules.ts';
import type {
  LinkMeasured,
  LivenessContext,
  LivenessInput,
} from '../../machines/liveness.types.ts';

/** Without a sample: 50 + 50 + 250 ms. */
const UNMEASURED_PTO_MS = 350;

class Parent {
  readonly told: AnyEventObject[] = [];
  atMs = 100_000;
  aliveAtMs = this.atMs;
  rttMs: number | null = null;
  readonly #actor;

  constructor(input: LivenessInput = { canProbe: true }) {
    const told = this.told;
    const parent = setup({ actors: { liveness: livenessMachine } }).createMachine({
      invoke: { src: 'liveness', id: 'liveness', input },
      on: { 'link.*': { actions: ({ event }) => told.push(event) } },
    });
    this.#actor = createActor(parent).start();
  }

  get child() {
    return this.#actor.getSnapshot().children.liveness!;
  }

  get state(): unknown {
    return this.child.getSnapshot().value;
  }

  get toldTypes(): readonly string[] {
    return this.told.map(({ type }) => type);
  }

  /** A look after `ms`. */
  look(ms: number, facts: Partial<LinkMeasured> = {}): this {
    this.atMs += ms;
    this.child.send({
      type: 'link.measured',
      atMs: this.atMs,
      lastInboundAtMs: this.aliveAtMs,
      rttMs: this.rttMs,
      isAudioFlowing: true,
      lateByMs: 0,
      bufferedChunks: 3,
      unit: 0.5,
      ...facts,
    });
    return this;
  }

  spoke(agoMs = 0): this {
    this.aliveAtMs = this.atMs - agoMs;
    return this;
  }
}

describe('a link that is quiet', () => {
  it.each([
    ['audio flows', true, 300],
    ['it idles', false, 5_000],
  ])('is probed at the exact moment while %s', (_what, isAudioFlowing, quietMs) => {
    const parent = new Parent();

    parent.look(quietMs - 1, { isAudioFlowing });
    const before = parent.state;
    parent.look(1, { isAudioFlowing });

    expect(before).toBe('fresh');
    expect(parent.state).toBe('probing');
    expect(parent.toldTypes).toEqual(['link.probe']);
  });

  it('is fresh again with any byte, and tells what it learnt of the round trip', () => {
    const parent = new Parent().look(300);
    parent.rttMs = 20;

    parent.spoke().look(200);

    expect(parent.state).toBe('fresh');
    expect(parent.told.at(-1)).toEqual({
      type: 'link.answered',
      atMs: parent.atMs,
      rtt: { srttMs: 20, rttvarMs: 10 },
    });
  });

  it('is fresh again with an answer that a coarse clock puts at the moment of the probe', () => {
    const parent = new Parent().look(300).spoke();

    parent.look(200);

    expect(parent.state).toBe('fresh');
  });
});

describe('a link that does not answer its probe', () => {
  it.each([
    ['while audio flows', { canProbe: true }, true, 3 * UNMEASURED_PTO_MS],
    ['while it idles', { canProbe: true }, false, 3 * UNMEASURED_PTO_MS],
    ['without probes', { canProbe: false }, true, 5_000],
  ])('is suspect at the exact moment %s', (_what, input, isAudioFlowing, afterMs) => {
    const parent = new Parent(input).look(5_000, { isAudioFlowing });

    parent.look(afterMs - 1, { isAudioFlowing });
    const before = parent.state;
    parent.look(1, { isAudioFlowing });

    expect(before).toBe('probing');
    expect(parent.state).toBe('suspect');
    expect(parent.told.at(-1)).toEqual({
      type: 'link.suspected',
      atMs: parent.atMs,
      silentForMs: 5_000 + afterMs,
    });
  });

  it('is suspect within 2 s of its last byte while audio flows, at any pace of looking', () => {
    const rtt = fc.record({
      srttMs: fc.integer({ min: 1, max: 20_000 }),
      rttvarMs: fc.integer({ min: 0, max: 20_000 }),
    });
    fc.assert(
      fc.property(rtt, fc.integer({ min: 0, max: 199 }), (known, offsetMs) => {
        const parent = new Parent({ canProbe: true, rtt: known }).look(offsetMs);

        while (parent.state !== 'suspect') parent.look(200);

        expect(parent.atMs - parent.aliveAtMs).toBeLessThanOrEqual(2_000);
      }),
    );
  });

  it('asks for a second socket again each second, with a further probe', () => {
    const parent = new Parent().look(300).look(1_050);
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
    const parent = new Parent().look(300).look(1_050);

    parent.look(100).spoke(50).look(50);

    expect(parent.state).toBe('fresh');
    expect(parent.told.at(-1)).toEqual({ type: 'link.recovered', atMs: parent.atMs });
  });
});

describe('a dead link', () => {
  it.each([
    ['6 s at the least', { canProbe: true }, 6_000],
    [
      '8 probe time-outs',
      { canProbe: true, rtt: { srttMs: 700, rttvarMs: 12 } },
      8 * (700 + 50 + 250),
    ],
    ['15 s at the most', { canProbe: true, rtt: { srttMs: 9_000, rttvarMs: 0 } }, 15_000],
    ['15 s without probes', { canProbe: false }, 15_000],
  ])('is told after %s, at the exact moment', (_what, input, afterMs) => {
    const parent = new Parent(input).look(300);
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
      silentForMs: 300 + afterMs,
      bufferedChunks: 3,
      unit: 0.5,
    });
  });

  it('ends the actor', () => {
    const parent = new Parent().look(300).look(1_050).look(6_000);

    expect(parent.child.getSnapshot().status).toBe('done');
  });
});

describe('a late look', () => {
  it('tells of us and not of the link: no probe', () => {
    const parent = new Parent().look(20_000, { lateByMs: 19_000 });

    expect(parent.state).toBe('fresh');
    expect(parent.told).toEqual([]);
  });

  it('excuses a link until as much silence has passed again', () => {
    const parent = new Parent().look(20_000, { lateByMs: 19_000 });

    parent.look(299);
    const before = parent.state;
    parent.look(1);

    expect(before).toBe('fresh');
    expect(parent.state).toBe('probing');
  });

  it.each([
    ['probing', 'link.answered'],
    ['suspect', 'link.recovered'],
  ])('takes back that a link was %s', (state, told) => {
    const parent = new Parent().look(300);
    if (state === 'suspect') parent.look(1_050);
    expect(parent.state).toBe(state);

    parent.look(60_000, { lateByMs: 59_000 });

    expect(parent.state).toBe('fresh');
    expect(parent.told.at(-1)).toMatchObject({ type: told });
  });

  it('is one beyond 500 ms: up to that it is an ordinary one', () => {
    const parent = new Parent().look(800, { lateByMs: 500 });

    expect(parent.state).toBe('probing');
  });
});

describe('patience', () => {
  const context = (facts: Partial<LivenessContext>): LivenessContext => ({
    canProbe: true,
    srttMs: null,
    rttvarMs: 0,
    newestRttMs: null,
    aliveAtMs: 0,
    probedAtMs: 0,
    suspectedAtMs: 0,
    hedgedAtMs: 0,
    ...facts,
  });

  it('grows with the round-trip time and its variation', () => {
    const near = context({ srttMs: 10, rttvarMs: 1 });
    const far = context({ srttMs: 600, rttvarMs: 100 });

    expect(suspectAfterMs(near, false)).toBe(930);
    expect(suspectAfterMs(far, false)).toBe(3_750);
    expect(deadAfterMs(far)).toBe(10_000);
  });

  it('learns each round trip once, however often it is told', () => {
    const parent = new Parent({ canProbe: true });
    parent.rttMs = 100;

    parent.look(100).look(0).look(0);

    expect(parent.child.getSnapshot().context).toMatchObject({ srttMs: 100, rttvarMs: 50 });
  });

  it('smooths round trips in the manner of RFC 6298', () => {
    const parent = new Parent({ canProbe: true, rtt: { srttMs: 100, rttvarMs: 50 } });
    parent.rttMs = 180;

    parent.look(100);

    expect(parent.child.getSnapshot().context).toMatchObject({ srttMs: 110, rttvarMs: 57.5 });
  });
});
