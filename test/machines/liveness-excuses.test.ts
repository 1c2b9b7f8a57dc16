import { describe, expect, it } from 'vitest';

import { LivenessParent, rttOf } from './liveness-world.ts';

/** A link that is near and known: its silence is suspect as early as any. */
const near = { canProbe: true, rtt: rttOf(20, 5) };

describe('a late look', () => {
  it('tells of us and not of the link: no probe', () => {
    const parent = new LivenessParent().look(20_000, { lateByMs: 19_000 });

    expect(parent.state).toBe('fresh');
    expect(parent.told).toEqual([]);
  });

  it('excuses a link until as much silence has passed again', () => {
    const parent = new LivenessParent(near).asked().spoke().look(300, { lateByMs: 200 });

    parent.look(149);
    const before = parent.state;
    parent.look(1);

    expect(before).toBe('fresh');
    expect(parent.state).toBe('probing');
  });

  it('takes back that a link was probing, and says nothing', () => {
    const parent = new LivenessParent(near).look(150);

    parent.look(60_000, { lateByMs: 59_900 });

    expect(parent.state).toBe('fresh');
    expect(parent.toldTypes).toEqual(['link.probe']);
  });

  it('takes back that a link was suspect', () => {
    const parent = new LivenessParent(near).look(150).look(250);

    parent.look(60_000, { lateByMs: 59_900 });

    expect(parent.state).toBe('fresh');
    expect(parent.told.at(-1)).toMatchObject({ type: 'link.recovered' });
  });

  it('is one beyond 150 ms: up to that it is an ordinary one', () => {
    const ordinary = new LivenessParent().look(250, { lateByMs: 150 });
    const late = new LivenessParent().look(250, { lateByMs: 151 });

    expect(ordinary.state).toBe('probing');
    expect(late.state).toBe('fresh');
  });
});

describe('a late look at a service that is given its time', () => {
  const slow = { canProbe: true, limits: { suspectAtLeastMs: 30_000, deadAtLeastMs: 45_000 } };

  it('excuses nothing up to a tenth of that time: on a busy machine the silence goes on', () => {
    const parent = new LivenessParent(slow).look(200);
    for (let at = 0; at < 45_000; at += 500) parent.look(500, { lateByMs: 400 });

    expect(parent.toldTypes.filter((type) => type !== 'link.probe').at(-1)).toBe('link.died');
    expect(parent.toldTypes).not.toContain('link.recovered');
  });

  it.each([
    [3_000, 'probing'],
    [3_001, 'fresh'],
  ])('that is %d ms late leaves it %s', (lateByMs, state) => {
    const parent = new LivenessParent(slow).look(200).look(5_000, { lateByMs });

    expect(parent.state).toBe(state);
  });
});

describe('a challenge', () => {
  it('asks at once, however lately the link spoke', () => {
    const parent = new LivenessParent(near).challenge();

    expect(parent.state).toBe('probing');
    expect(parent.toldTypes).toEqual(['link.probe']);
  });

  // P15.7
  it.each([
    ['1 s at the least', near, 1_000],
    ['3 probe time-outs', { canProbe: true, rtt: rttOf(200, 50) }, 3 * (400 + 250)],
  ])('leaves an idle link %s to answer', (_what, input, afterMs) => {
    const parent = new LivenessParent(input).challenge();

    parent.look(afterMs - 1, { isAudioFlowing: false });
    const before = parent.state;
    parent.look(1, { isAudioFlowing: false });

    expect(before).toBe('probing');
    expect(parent.state).toBe('suspect');
  });

  it('is met with any byte', () => {
    const parent = new LivenessParent(near).challenge();

    parent.look(10).spoke().look(100);

    expect(parent.state).toBe('fresh');
  });

  it('is not met by a late look, which only gives the link its time again', () => {
    const idle = { isAudioFlowing: false };
    const parent = new LivenessParent(near).challenge().look(9_000, { ...idle, lateByMs: 8_500 });

    const afterSleep = parent.state;
    parent.look(999, idle);
    const before = parent.state;
    parent.look(1, idle);

    expect(afterSleep).toBe('probing');
    expect(before).toBe('probing');
    expect(parent.state).toBe('suspect');
  });

  it('sends a further probe after one on its way, once', () => {
    const parent = new LivenessParent(near).look(150).look(100);

    parent.challenge();
    const probedAgainAtMs = parent.atMs;
    parent.look(100).challenge().challenge();

    expect(parent.toldTypes).toEqual(['link.probe', 'link.probe']);
    expect(parent.context).toMatchObject({ probedAtMs: probedAgainAtMs, isChallenged: true });
  });

  it('is over with its answer: the next late look excuses as ever', () => {
    const parent = new LivenessParent(near).challenge().look(10).spoke().look(100).look(150);
    const probedAnew = parent.state;

    parent.look(60_000, { lateByMs: 59_900 });

    expect(probedAnew).toBe('probing');
    expect(parent.state).toBe('fresh');
  });
});

describe('a challenge of a link that is suspect', () => {
  it('asks again, and for a second socket at once', () => {
    const parent = new LivenessParent(near).look(150).look(250);
    parent.told.length = 0;

    parent.challenge();

    expect(parent.state).toBe('suspect');
    expect(parent.told).toEqual([
      { type: 'link.probe' },
      { type: 'link.suspected', atMs: parent.atMs, silentForMs: 401 },
    ]);
  });
});

describe('a machine whose every look is late', () => {
  const minute = { lateByMs: 59_500, isAudioFlowing: false };

  it('suspects a link that was asked, and is silent at the second late look after that', () => {
    const parent = new LivenessParent(near).challenge().look(60_000, minute);

    const afterFirst = parent.state;
    parent.look(60_000, minute);

    expect(afterFirst).toBe('probing');
    expect(parent.state).toBe('suspect');
  });

  it('suspects none that answers, however late that is seen', () => {
    const parent = new LivenessParent(near);

    for (let at = 0; at < 10; at += 1) parent.challenge().spoke().look(60_000, minute);

    expect(parent.state).toBe('fresh');
    expect(parent.toldTypes).not.toContain('link.suspected');
  });

  it('suspects none that nobody asked', () => {
    const parent = new LivenessParent(near);

    for (let at = 0; at < 10; at += 1) parent.look(60_000, minute);

    expect(parent.state).toBe('fresh');
    expect(parent.toldTypes).not.toContain('link.suspected');
  });

  it('suspects none between two looks that are too near each other', () => {
    const parent = new LivenessParent(near).challenge().look(60_000, minute);

    parent.look(999, { lateByMs: 899, isAudioFlowing: false });
    const before = parent.state;
    parent.look(1_000, { lateByMs: 899, isAudioFlowing: false });

    expect(before).toBe('probing');
    expect(parent.state).toBe('suspect');
  });
});
