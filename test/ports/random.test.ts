import { describe, expect, it } from 'vitest';

import { seededRandom } from '../../src/ports/random.ts';
import type { Random } from '../../src/ports/random.ts';

const drawn = ({ unit }: Random, count = 5): readonly number[] =>
  Array.from({ length: count }, unit);

describe('a seeded stream of chance', () => {
  it('gives the same numbers for the same seed, for good', () => {
    expect(drawn(seededRandom(7))).toEqual(drawn(seededRandom(7)));
    expect(drawn(seededRandom(7), 2)).toEqual([0.011704753153026104, 0.06195825757458806]);
    expect(drawn(seededRandom(8))).not.toEqual(drawn(seededRandom(7)));
  });

  it('gives a fork by seed and label, whatever was drawn before', () => {
    const random = seededRandom(7);
    const early = drawn(random.fork('network'));

    drawn(random);

    expect(drawn(random.fork('network'))).toEqual(early);
    expect(drawn(seededRandom(7).fork('network'))).toEqual(early);
    expect(drawn(seededRandom(8).fork('network'))).not.toEqual(early);
  });

  it('gives every label a stream of its own, and so does a fork', () => {
    const random = seededRandom(7);
    const labels = Array.from({ length: 1_000 }, (_, at) => `client ${at}`);
    const streams = [
      random,
      ...labels.map((label) => random.fork(label)),
      ...labels.map((label) => random.fork('store').fork(label)),
    ];

    const firsts = streams.map(({ unit }) => unit());

    expect(new Set(firsts).size).toBe(streams.length);
    const mean = firsts.reduce((sum, first) => sum + first) / firsts.length;
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
  });

  it('draws whole numbers through the most, each as often', () => {
    const { integer } = seededRandom(7);
    const counts = [0, 0, 0, 0];

    for (let draw = 0; draw < 4_000; draw += 1) counts[integer(3)]! += 1;

    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(counts.reduce((sum, count) => sum + count)).toBe(4_000);
    expect(integer(0)).toBe(0);
  });

  it('picks every one of a list, and none of nothing', () => {
    const { pick } = seededRandom(7);

    const picked = Array.from({ length: 100 }, () => pick(['a', 'b', 'c']));

    expect(new Set(picked)).toEqual(new Set(['a', 'b', 'c']));
    expect(() => pick([])).toThrow(RangeError);
  });

  it('takes a chance as often as it is told', () => {
    const { chance } = seededRandom(7);
    const often = (ratio: number) =>
      Array.from({ length: 1_000 }, () => chance(ratio)).filter(Boolean).length;

    expect([often(0), often(1)]).toEqual([0, 1_000]);
    expect(Math.abs(often(0.25) - 250)).toBeLessThan(50);
  });
});
