import { describe, expect, it } from 'vitest';

import { differencesOf } from '../../src/cli/compare.ts';

describe('the comparison of two transcripts', () => {
  it('finds nothing where every word is the same', () => {
    expect(differencesOf('ask not what', 'ask  not what ')).toEqual([]);
  });

  it('names each stretch that differs, with its place', () => {
    expect(differencesOf('ask not what your country can', 'ask what my own country')).toEqual([
      { at: 2, first: 'not', second: '' },
      { at: 4, first: 'your', second: 'my own' },
      { at: 6, first: 'can', second: '' },
    ]);
  });

  it('tells a doubled word from one that was heard once', () => {
    expect(differencesOf('ten of clubs', 'ten of of clubs')).toHaveLength(1);
  });
});
