import { describe, expect, test } from 'vitest';

import { Finals } from '../../src/simulation/services/finals.ts';

const FINAL = '{"is_final":true}';
const INTERIM = '{"is_final":false}';
const WELL = { areRepeated: false, areLost: false };

describe('finals on their way to a client', () => {
  test('come once, twice, or not at all, and interims come', () => {
    const finals = new Finals('listen');

    expect(finals.times(FINAL, WELL)).toBe(1);
    expect(finals.times(FINAL, { ...WELL, areRepeated: true })).toBe(2);
    expect(finals.times(FINAL, { ...WELL, areLost: true })).toBe(0);
    expect(finals.times(INTERIM, { ...WELL, areLost: true })).toBe(1);
  });

  test('stay away from a connection of which one was lost', () => {
    const finals = new Finals('listen');
    finals.times(FINAL, { ...WELL, areLost: true });

    expect(finals.times(FINAL, WELL)).toBe(0);
    expect(new Finals('listen').times(FINAL, WELL)).toBe(1);
  });
});
