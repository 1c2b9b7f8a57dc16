/** What others name is remembered within a bound. */
import { describe, expect, it } from 'vitest';

import { dropOldest } from '../../src/ports/capacity.ts';

describe('what is remembered', () => {
  it('loses its oldest beyond the bound, and nothing up to it', () => {
    const names = new Set<string>();
    const values = new Map<string, number>();

    for (const name of ['a', 'b', 'c', 'd']) {
      names.add(name);
      dropOldest(names, 3);
      values.set(name, 1);
      dropOldest(values, 4);
    }

    expect([...names]).toEqual(['b', 'c', 'd']);
    expect([...values.keys()]).toEqual(['a', 'b', 'c', 'd']);
  });
});
