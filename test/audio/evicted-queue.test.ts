import { describe, expect, it } from 'vitest';

import { EvictedQueue } from '../../src/audio/evicted-queue.ts';

/** Beyond this many unsettled chunks the oldest are counted lost. */
const CAPACITY_CHUNKS = 20_000;

function startQueue(...through: number[]): EvictedQueue {
  const queue = new EvictedQueue();
  for (const position of through) queue.push({ through: position, wasSent: true });
  return queue;
}

describe('evicted queue', () => {
  it('gives chunks back in the order in which they left the ring', () => {
    const queue = startQueue(10, 20, 30);

    const heads = [queue.head?.through, queue.head?.through];
    const shifted = [queue.shift(), queue.shift(), queue.shift()].map((chunk) => chunk?.through);

    expect(heads).toEqual([10, 10]);
    expect(shifted).toEqual([10, 20, 30]);
    expect([queue.head, queue.shift(), queue.chunks]).toEqual([undefined, undefined, 0]);
  });

  it('counts what it holds', () => {
    const queue = startQueue(10, 20, 30);

    queue.shift();

    expect(queue.chunks).toBe(2);
  });

  it('goes on after it was emptied', () => {
    const queue = startQueue(10);
    queue.shift();
    queue.shift();

    queue.push({ through: 20, wasSent: true });
    queue.push({ through: 30, wasSent: true });

    expect([queue.chunks, queue.shift()?.through, queue.shift()?.through]).toEqual([2, 20, 30]);
  });

  it('counts a chunk as lost that the live connection was not sent', () => {
    const queue = startQueue();

    queue.push({ through: 10, wasSent: false });
    queue.push({ through: 20, wasSent: true });

    expect(queue.isLost(queue.head!)).toBe(true);
    queue.shift();
    expect(queue.isLost(queue.head!)).toBe(false);
  });

  it('counts the oldest as lost beyond its capacity, whoever was sent it', () => {
    const queue = startQueue(...Array.from({ length: CAPACITY_CHUNKS }, (_, at) => at + 1));

    const isLostWhenFull = queue.isLost(queue.head!);
    queue.push({ through: CAPACITY_CHUNKS + 1, wasSent: true });

    expect(isLostWhenFull).toBe(false);
    expect(queue.isLost(queue.head!)).toBe(true);
    queue.shift();
    expect(queue.isLost(queue.head!)).toBe(false);
  });
});
