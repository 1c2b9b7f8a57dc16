import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Chunker } from '../../src/audio/chunker.ts';

const format = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;

describe('a chunker', () => {
  it('cuts runs of any size into chunks of one duration', () => {
    const chunker = new Chunker({ format, chunkMs: 20 });
    const sizes: number[] = [];

    chunker.push(new Uint8Array(1_000), (chunk) => sizes.push(chunk.length));
    chunker.push(new Uint8Array(1_000), (chunk) => sizes.push(chunk.length));
    chunker.flush((chunk) => sizes.push(chunk.length));

    expect(chunker.chunkBytes).toBe(640);
    expect(sizes).toEqual([640, 640, 640, 80]);
  });

  it('loses, doubles and reorders nothing, whatever the cuts', () => {
    const runs = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 40 });
    const property = fc.property(runs, fc.integer({ min: 1, max: 7 }), (pieces, chunkMs) => {
      const chunker = new Chunker({ format: { ...format, sampleRateHz: 8_000 }, chunkMs });
      const out: Uint8Array[] = [];

      for (const piece of pieces) chunker.push(piece, (chunk) => out.push(chunk.slice()));
      const whole = out.length;
      const { droppedBytes } = chunker.flush((chunk) => out.push(chunk.slice()));

      const input = Buffer.concat(pieces);
      expect(Buffer.concat(out).equals(input.subarray(0, input.length - droppedBytes))).toBe(true);
      expect(out.slice(0, whole).every(({ length }) => length === chunker.chunkBytes)).toBe(true);
      expect(droppedBytes).toBe(input.length % 2);
      expect(out.length - whole).toBeLessThanOrEqual(1);
    });

    fc.assert(property);
  });

  it('holds nothing back of a run that ends with a chunk', () => {
    const chunker = new Chunker({ format, chunkMs: 20 });
    const sizes: number[] = [];

    chunker.push(new Uint8Array(1_280), (chunk) => sizes.push(chunk.length));

    expect(sizes).toEqual([640, 640]);
    expect(chunker.pendingBytes).toBe(0);
  });

  it('carries an odd byte over to the next run', () => {
    const chunker = new Chunker({ format, chunkMs: 1 });
    const out: number[] = [];
    const bytes = Uint8Array.from({ length: 64 }, (_, index) => index);

    chunker.push(bytes.subarray(0, 33), (chunk) => out.push(...chunk));
    const pendingBytes = chunker.pendingBytes;
    chunker.push(bytes.subarray(33), (chunk) => out.push(...chunk));

    expect(pendingBytes).toBe(1);
    expect(out).toEqual(Array.from(bytes));
    expect(chunker.pendingBytes).toBe(0);
  });

  it('passes on whole chunks as views of the run, without a copy', () => {
    const chunker = new Chunker({ format, chunkMs: 20 });
    const run = new Uint8Array(6_400);
    const buffers = new Set<ArrayBufferLike>();

    chunker.push(run, (chunk) => buffers.add(chunk.buffer));

    expect(buffers).toEqual(new Set([run.buffer]));
  });

  it('lets the caller reuse its buffer', () => {
    const chunker = new Chunker({ format, chunkMs: 1 });
    const run = new Uint8Array(20).fill(1);
    const out: number[] = [];

    chunker.push(run, (chunk) => out.push(...chunk));
    run.fill(2);
    chunker.push(run, (chunk) => out.push(...chunk));

    expect(out).toEqual([...new Array<number>(20).fill(1), ...new Array<number>(12).fill(2)]);
  });

  it('emits a chunk once, even where its taker throws', () => {
    const chunker = new Chunker({ format, chunkMs: 1 });
    chunker.push(new Uint8Array(10), () => {});
    const fail = (): never => {
      throw new Error('taker');
    };

    expect(() => chunker.push(new Uint8Array(22), fail)).toThrow('taker');
    expect(chunker.pendingBytes).toBe(0);
  });

  it('starts afresh after a flush, and flushes nothing twice', () => {
    const chunker = new Chunker({ format, chunkMs: 20 });
    const sizes: number[] = [];
    chunker.push(new Uint8Array(11), (chunk) => sizes.push(chunk.length));

    const first = chunker.flush((chunk) => sizes.push(chunk.length));
    const second = chunker.flush((chunk) => sizes.push(chunk.length));

    expect([first, second]).toEqual([{ droppedBytes: 1 }, { droppedBytes: 0 }]);
    expect(sizes).toEqual([10]);
  });

  it.each([0, 0.5, -20, 10_001, Number.NaN])('refuses a duration of %d ms', (chunkMs) => {
    expect(() => new Chunker({ format, chunkMs })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: `chunkMs is ${chunkMs}.` }),
    );
  });

  it.each([1, 10_000])('takes a duration of %d ms', (chunkMs) => {
    expect(new Chunker({ format, chunkMs }).chunkBytes).toBe(32 * chunkMs);
  });

  it('refuses a format that tenuto does not carry', () => {
    const wrong = { ...format, sampleRateHz: 4_000 };

    expect(() => new Chunker({ format: wrong, chunkMs: 20 })).toThrow(
      expect.objectContaining({ code: 'AUDIO_FORMAT_UNSUPPORTED' }),
    );
  });
});
