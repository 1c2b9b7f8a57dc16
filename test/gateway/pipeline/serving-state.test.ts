/** Whether anybody hears, by facts and their moments alone. */
import { describe, expect, it } from 'vitest';

import { afterFact, NOBODY_YET, tellingOf } from '../../../src/gateway/pipeline/serving-state.ts';
import type { ServingFact } from '../../../src/gateway/pipeline/serving-state.ts';

type Moment = readonly [atMs: number, fact: ServingFact];

const REACHED: ServingFact = { type: 'reached', provider: 'first' };
const OTHER: ServingFact = { type: 'reached', provider: 'second' };
const LOST: ServingFact = { type: 'lost' };
const HEARD: ServingFact = { type: 'heard' };
const SWEPT: ServingFact = { type: 'swept' };
const AWAY: readonly Moment[] = [
  [0, REACHED],
  [100, LOST],
  [1_600, SWEPT],
];

const stateAfter = (...moments: readonly Moment[]) =>
  moments.reduce((state, [atMs, fact]) => afterFact(state, fact, atMs), NOBODY_YET);

describe('who hears, of facts and their moments', () => {
  it.each<[string, readonly Moment[], string, number | null]>([
    ['a first service', [[0, REACHED]], 'serves', null],
    ['a dial', [[0, LOST]], 'lost', 1_500],
    ['a break, 1 ms before it is told', [...AWAY.slice(0, 2), [1_599, SWEPT]], 'lost', 1_600],
    ['a break that is told', AWAY, 'away', null],
    ['a further attempt', [...AWAY.slice(0, 2), [1_000, LOST]], 'lost', 1_600],
    ['an attempt after it was told', [...AWAY, [2_000, LOST]], 'away', null],
    ['a link that stands again at once', [...AWAY.slice(0, 2), [1_000, REACHED]], 'serves', null],
    ['one that stands again', [...AWAY, [2_000, REACHED]], 'returns', 12_000],
    ['one that goes on', [...AWAY, [2_000, REACHED], [9_000, REACHED]], 'returns', 12_000],
    ['one after another', [...AWAY, [2_000, REACHED], [9_000, OTHER]], 'returns', 19_000],
    ['one that hangs up', [...AWAY, [2_000, REACHED], [11_999, LOST]], 'away', null],
    ['one that hears', [...AWAY, [2_000, REACHED], [2_100, HEARD]], 'serves', null],
    ['one that stood for 10 s', [...AWAY, [2_000, REACHED], [12_000, SWEPT]], 'serves', null],
    ['one that hangs up then', [...AWAY, [2_000, REACHED], [12_000, LOST]], 'lost', 13_500],
    ['an end', [...AWAY.slice(0, 2), [500, { type: 'ended' }]], 'lost', null],
    ['what is heard of nobody', [...AWAY, [2_000, HEARD]], 'away', null],
  ])('after %s', (_, moments, reach, decidedAtMs) => {
    expect(stateAfter(...moments)).toMatchObject({ reach, decidedAtMs });
  });

  it('is decided by the moments where no timer ran, as after a sleep', () => {
    expect(stateAfter([0, REACHED], [100, LOST], [3_600_000, REACHED])).toMatchObject({
      reach: 'returns',
    });
  });

  it('is told as it stands: nothing of a short break, nobody until one shows that it hears', () => {
    const changed: ServingFact = { type: 'changed', mode: 'textOnly', missing: ['speaking'] };
    const recordOnly = { provider: null, mode: 'recordOnly', missing: ['hearing'] };

    expect(tellingOf(stateAfter([0, REACHED], [100, LOST]))).toBeNull();
    expect(tellingOf(stateAfter(...AWAY))).toEqual(recordOnly);
    expect(tellingOf(stateAfter(...AWAY, [2_000, OTHER], [2_000, changed]))).toEqual(recordOnly);
    expect(
      tellingOf(stateAfter(...AWAY, [2_000, OTHER], [2_000, changed], [2_100, HEARD])),
    ).toEqual({
      provider: 'second',
      mode: 'textOnly',
      missing: ['speaking'],
    });
  });
});
