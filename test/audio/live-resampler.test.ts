import { describe, expect, it } from 'vitest';

import { createLiveResampler } from '../../src/audio/resample.node.ts';

const FROM_HZ = 16_000;
const TO_HZ = 24_000;
const TONE_HZ = 440;

function tone(samples: number, rateHz: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, at) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * TONE_HZ * at) / rateHz)),
  );
}

async function resampled(pieceSamples: number): Promise<Int16Array> {
  const resampler = await createLiveResampler(FROM_HZ, TO_HZ);
  const bytes = new Uint8Array(tone(FROM_HZ, FROM_HZ).buffer);
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceSamples * 2) {
    pieces.push(resampler.process(bytes.subarray(at, at + pieceSamples * 2)));
  }
  resampler.free();
  return new Int16Array(Uint8Array.from(Buffer.concat(pieces)).buffer);
}

describe('createLiveResampler', () => {
  it('holds back less than 15 ms of what it was given', async () => {
    const samples = await resampled(320);

    expect(samples.length).toBeGreaterThan(TO_HZ * 0.985);
    expect(samples.length).toBeLessThanOrEqual(TO_HZ);
  });

  it('keeps a tone where and as loud as it is', async () => {
    const samples = await resampled(320);

    const wanted = tone(samples.length, TO_HZ);
    const middle = [...samples.keys()].slice(1_000, -1_000);
    const error = Math.max(...middle.map((at) => Math.abs((samples[at] ?? 0) - (wanted[at] ?? 0))));
    expect(error).toBeLessThan(200);
  });

  it('gives the same whatever the pieces are', async () => {
    const [small, large] = await Promise.all([resampled(37), resampled(1_600)]);

    const common = Math.min(small.length, large.length);
    expect(small.subarray(0, common)).toEqual(large.subarray(0, common));
  });

  it('begins anew for each stream', async () => {
    const [first, second] = [await resampled(320), await resampled(320)];

    expect(second).toEqual(first);
  });
});
