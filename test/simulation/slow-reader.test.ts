/** What waits at a gateway for a client to read it. */
import { describe, expect, it } from 'vitest';

import { Backlog } from '../../src/simulation/world/backlog.ts';

function slow() {
  const backlog = new Backlog();
  const read: number[] = [];
  backlog.isSlow = true;
  for (const bytes of [10, 20, 5]) backlog.put(bytes, () => read.push(bytes));
  return { backlog, read };
}

describe('what a gateway has written', () => {
  it('is read at once where its client reads', () => {
    const backlog = new Backlog();
    const read: number[] = [];

    backlog.put(10, () => read.push(10));

    expect([read, backlog.bytes]).toEqual([[10], 0]);
  });

  it('is read in order, whole frames, as fast as its client reads', () => {
    const { backlog, read } = slow();

    backlog.read(9);
    expect([[...read], backlog.bytes]).toEqual([[], 35]);
    backlog.read(1);
    backlog.read(19);
    expect([[...read], backlog.bytes]).toEqual([[10], 25]);
    backlog.read(Infinity);
    expect([read, backlog.bytes]).toEqual([[10, 20, 5], 0]);
  });

  it('waits behind what waits already, also when its client reads again', () => {
    const { backlog, read } = slow();
    backlog.isSlow = false;

    backlog.put(1, () => read.push(1));
    backlog.read(Infinity);

    expect(read).toEqual([10, 20, 5, 1]);
  });

  it('is gone with the socket', () => {
    const { backlog, read } = slow();

    backlog.clear();
    backlog.read(Infinity);

    expect([read, backlog.bytes]).toEqual([[], 0]);
  });
});
