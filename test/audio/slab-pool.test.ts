import { describe, expect, it } from 'vitest';

import { SLAB_BYTES, SlabPool } from '../../src/audio/slab-pool.ts';

describe('slab pool', () => {
  it('lends again what was given back', () => {
    const pool = new SlabPool();
    const slab = pool.take(10);

    pool.give(slab);

    expect(pool.take(10)).toBe(slab);
    expect(pool.freeSlabs).toBe(0);
  });

  it('lends a kept slab to whoever needs all of it', () => {
    const pool = new SlabPool();
    const slab = pool.take(10);
    pool.give(slab);

    expect(pool.take(SLAB_BYTES)).toBe(slab);
  });

  it('makes a block of its own for what is longer than a slab, and does not keep it', () => {
    const pool = new SlabPool();

    const exact = pool.take(SLAB_BYTES);
    const large = pool.take(SLAB_BYTES + 1);
    pool.give(large);

    expect(exact).toHaveLength(SLAB_BYTES);
    expect(large).toHaveLength(SLAB_BYTES + 1);
    expect(pool.freeSlabs).toBe(0);
  });

  it('keeps no more unused slabs than its capacity', () => {
    const pool = new SlabPool(2);
    const slabs = [pool.take(1), pool.take(1), pool.take(1)];

    for (const slab of slabs) pool.give(slab);

    expect(pool.freeSlabs).toBe(2);
  });

  it('keeps as many unused slabs as are lent, where these are more', () => {
    const pool = new SlabPool(2);
    const slabs = Array.from({ length: 10 }, () => pool.take(1));

    for (const slab of slabs.slice(0, 7)) pool.give(slab);

    expect(pool.freeSlabs).toBe(5);
  });
});
