import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { RingBuffer } from '../../src/audio/ring-buffer.ts';
import type { RingOptions } from '../../src/audio/ring-buffer.ts';
import { SLAB_BYTES, SlabPool } from '../../src/audio/slab-pool.ts';

/** A pool that knows how many slabs are out. */
class CountedPool extends SlabPool {
  out = 0;

  override take(sizeBytes: number): Uint8Array {
    this.out += 1;
    return super.take(sizeBytes);
  }

  override give(slab: Uint8Array): void {
    this.out -= 1;
    slab.fill(0xee); // whoever still reads it shall notice
    super.give(slab);
  }
}

function startRing(options: Omit<RingOptions, 'pool'> = {}) {
  const pool = new CountedPool();
  const evicted: number[] = [];
  const keeper = { onEvict: (seq: number) => evicted.push(seq) };
  const ring = new RingBuffer({ keeper, ...options, pool });
  return { ring, pool, evicted };
}

function chunkOf(length: number, value: number): Uint8Array {
  return new Uint8Array(length).fill(value);
}

function heldBy(ring: RingBuffer): { seq: number; bytes: Uint8Array }[] {
  return Array.from({ length: ring.chunks }, (_, at) => {
    const seq = ring.firstSeq + at;
    return { seq, bytes: ring.view(seq) };
  });
}

describe('ring buffer', () => {
  it('copies what is appended, so that the caller may reuse its bytes', () => {
    const { ring } = startRing();
    const bytes = chunkOf(4, 7);

    const seq = ring.append(bytes);
    bytes.fill(9);

    expect(seq).toBe(1);
    expect([...ring.view(1)]).toEqual([7, 7, 7, 7]);
  });

  it('numbers chunks from 1 and knows where each stands in the stream', () => {
    const { ring } = startRing();

    const seqs = [3, 5, 7].map((length) => ring.append(chunkOf(length, length)));

    expect(seqs).toEqual([1, 2, 3]);
    expect(seqs.map((seq) => [ring.positionOf(seq), ring.lengthOf(seq)])).toEqual([
      [0, 3],
      [3, 5],
      [8, 7],
    ]);
    expect([ring.startPosition, ring.endPosition, ring.bytes, ring.chunks]).toEqual([0, 15, 15, 3]);
  });

  it('lets go of acknowledged chunks, and of no others', () => {
    const { ring } = startRing();
    for (let value = 1; value <= 5; value += 1) ring.append(chunkOf(10, value));

    const released = ring.acknowledge(3);
    const again = ring.acknowledge(2);
    const beyond = ring.acknowledge(99);

    expect([released, again, beyond]).toEqual([3, 0, 2]);
    expect([ring.firstSeq, ring.nextSeq, ring.startPosition]).toEqual([6, 6, 50]);
  });

  it('refuses to show a chunk that it does not hold', () => {
    const { ring } = startRing();
    ring.append(chunkOf(1, 1));
    ring.acknowledge(1);

    expect(() => ring.view(1)).toThrow(RangeError);
    expect(() => ring.view(2)).toThrow('chunk 2 is not held');
    expect(() => ring.positionOf(0)).toThrow(RangeError);
  });

  it('says which chunks it does hold', () => {
    const { ring } = startRing();
    for (let value = 1; value <= 4; value += 1) ring.append(chunkOf(10, value));
    ring.acknowledge(1);

    expect(() => ring.lengthOf(5)).toThrow(new RangeError('chunk 5 is not held: 2 to 4 are'));
  });

  it('shows a chunk without its first bytes', () => {
    const { ring } = startRing();
    ring.append(chunkOf(3, 1));
    ring.append(Uint8Array.of(5, 6, 7));

    expect([...ring.view(2, 0)]).toEqual([5, 6, 7]);
    expect([...ring.view(2, 2)]).toEqual([7]);
  });

  it('evicts the oldest where there is no room, telling of it while its bytes can be read', () => {
    const seen: number[][] = [];
    const ring: RingBuffer = new RingBuffer({
      capacityBytes: 30,
      minChunks: 1,
      pool: new SlabPool(),
      keeper: { onEvict: (seq) => seen.push([seq, ...ring.view(seq)]) },
    });

    for (let value = 1; value <= 4; value += 1) ring.append(chunkOf(10, value));
    ring.append(chunkOf(25, 5));

    expect(seen.map(([seq, value]) => [seq, value])).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [4, 4],
    ]);
    expect([ring.firstSeq, ring.bytes]).toEqual([5, 25]);
  });

  it('never evicts while it holds fewer chunks than it promises to keep', () => {
    const { ring, evicted } = startRing({ capacityBytes: 10, minChunks: 5 });

    for (let value = 1; value <= 5; value += 1) ring.append(chunkOf(10, value));
    const heldAtMinimum = [...evicted];
    ring.append(chunkOf(10, 6));

    expect(heldAtMinimum).toEqual([]);
    expect(evicted).toEqual([1]);
    expect(ring.chunks).toBe(5);
  });

  it.each([0, 1])('takes a chunk longer than its capacity when %i chunks are promised', (min) => {
    const { ring, evicted } = startRing({ capacityBytes: 10, minChunks: min });

    ring.append(chunkOf(20, 1));
    ring.append(chunkOf(30, 2));

    expect(evicted).toEqual([1]);
    expect([ring.firstSeq, ring.chunks, ring.bytes]).toEqual([2, 1, 30]);
  });

  it('holds no more audio than the shorter of its two limits', () => {
    const { ring } = startRing({ capacityBytes: 100, retentionBytes: 40, minChunks: 1 });

    for (let value = 1; value <= 20; value += 1) ring.append(chunkOf(10, value));

    expect(ring.bytes).toBe(40);
  });

  it('gives every slab back as soon as its chunks are gone, and holds none when empty', () => {
    const { ring, pool } = startRing();
    const chunkBytes = SLAB_BYTES / 4;
    for (let value = 1; value <= 10; value += 1) ring.append(chunkOf(chunkBytes, value));

    const outWhenFull = pool.out;
    ring.acknowledge(4);
    const outAfterOne = pool.out;
    ring.clear();

    expect([outWhenFull, outAfterOne, pool.out]).toEqual([3, 2, 0]);
    expect(ring.chunks).toBe(0);
  });

  it('goes on filling its slab while it holds a part of it', () => {
    const { ring, pool } = startRing();
    ring.append(chunkOf(10, 1));
    ring.append(chunkOf(10, 2));
    ring.acknowledge(1);

    ring.append(chunkOf(10, 3));

    expect(pool.out).toBe(1);
  });

  it('borrows nothing before the first chunk', () => {
    const { pool } = startRing();

    expect(pool.out).toBe(0);
  });

  it('goes on after it was emptied', () => {
    const { ring, pool } = startRing();
    ring.append(chunkOf(10, 1));
    ring.clear();

    const seq = ring.append(chunkOf(10, 2));

    expect(seq).toBe(2);
    expect([...ring.view(2)]).toEqual([...chunkOf(10, 2)]);
    expect(pool.out).toBe(1);
  });

  it('takes chunks longer than a slab between shorter ones', () => {
    const { ring, pool } = startRing();
    const lengths = [10, SLAB_BYTES + 1, 10, SLAB_BYTES, 3 * SLAB_BYTES];

    for (const [at, length] of lengths.entries()) ring.append(chunkOf(length, at + 1));

    for (const [at, length] of lengths.entries()) {
      expect(ring.view(at + 1)).toHaveLength(length);
      expect(ring.view(at + 1).every((byte) => byte === at + 1)).toBe(true);
    }
    ring.clear();
    expect(pool.out).toBe(0);
  });

  it('grows its index as it fills, keeping what it holds', () => {
    const { ring } = startRing();
    for (let seq = 1; seq <= 10; seq += 1) ring.append(chunkOf(2, seq));
    ring.acknowledge(7); // so that the first chunk does not stand in the first slot

    for (let seq = 11; seq <= 3_000; seq += 1) ring.append(chunkOf(2, seq & 0xff));

    expect(ring.chunks).toBe(2_993);
    for (const { seq, bytes } of heldBy(ring)) {
      if (bytes[0] !== (seq & 0xff) || bytes[1] !== (seq & 0xff)) expect.fail(`chunk ${seq}`);
    }
    expect(ring.positionOf(3_000)).toBe(5_998);
  });

  it('finds the chunk that reaches beyond a position', () => {
    const { ring } = startRing();
    for (let value = 1; value <= 4; value += 1) ring.append(chunkOf(10, value));
    ring.acknowledge(1);

    const found = [0, 10, 19, 20, 39, 40, 99].map((position) => ring.seqBeyond(position));

    expect(found).toEqual([2, 2, 2, 3, 4, 5, 5]);
  });
});

type Step = { readonly append: number } | { readonly acknowledge: number };

interface Held {
  readonly seq: number;
  readonly bytes: Uint8Array;
}

/** What the ring shall be: an array that forgets from the front. */
class NaiveRing {
  held: Held[] = [];
  nextSeq = 1;
  readonly evicted: number[] = [];
  readonly #capacityBytes: number;
  readonly #minChunks: number;

  constructor(capacityBytes: number, minChunks: number) {
    this.#capacityBytes = capacityBytes;
    this.#minChunks = minChunks;
  }

  get bytes(): number {
    return this.held.reduce((sum, { bytes }) => sum + bytes.length, 0);
  }

  append(chunk: Uint8Array): void {
    const isFull = (): boolean => this.bytes + chunk.length > this.#capacityBytes;
    while (isFull() && this.held.length >= this.#minChunks) {
      this.evicted.push(this.held.shift()!.seq);
    }
    this.held.push({ seq: this.nextSeq, bytes: chunk.slice() });
    this.nextSeq += 1;
  }

  acknowledge(throughSeq: number): void {
    this.held = this.held.filter(({ seq }) => seq > throughSeq);
  }
}

const lengthBytes = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: 0, max: 700 }) },
  { weight: 1, arbitrary: fc.integer({ min: SLAB_BYTES - 2, max: SLAB_BYTES + 2 }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ append: lengthBytes }) },
  { weight: 1, arbitrary: fc.record({ acknowledge: fc.nat(40) }) },
);

describe('ring buffer, for any sequence of appends and acknowledgements', () => {
  it('holds what a plain array would, byte for byte, in bounded memory', () => {
    const limits = fc.record({
      capacityBytes: fc.nat(20_000),
      minChunks: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(limits, fc.array(step, { maxLength: 150 }), (limit, steps) => {
        const { ring, pool, evicted } = startRing(limit);
        const naive = new NaiveRing(limit.capacityBytes, limit.minChunks);
        let longestBytes = 0;

        for (const [at, what] of steps.entries()) {
          if ('append' in what) {
            const chunk = Uint8Array.from(
              { length: what.append },
              (_, byte) => (at * 31 + byte) & 0xff,
            );
            longestBytes = Math.max(longestBytes, chunk.length);
            naive.append(chunk);
            ring.append(chunk);
            chunk.fill(0);
          } else {
            const through = ring.firstSeq - 3 + what.acknowledge;
            naive.acknowledge(through);
            ring.acknowledge(through);
          }
          expect(ring.bytes).toBe(naive.bytes);
          expect(ring.bytes).toBeLessThanOrEqual(
            Math.max(limit.capacityBytes, limit.minChunks * longestBytes),
          );
        }

        const held = heldBy(ring);
        expect(held.map(({ seq }) => seq)).toEqual(naive.held.map(({ seq }) => seq));
        for (const [at, { bytes }] of held.entries()) {
          expect(Buffer.compare(bytes, naive.held[at]!.bytes)).toBe(0);
        }
        expect(evicted).toEqual(naive.evicted);
        expect(ring.nextSeq).toBe(naive.nextSeq);
        ring.clear();
        expect([pool.out, ring.bytes, ring.chunks]).toEqual([0, 0, 0]);
      }),
      { numRuns: 300 },
    );
  });
});
