import { describe, expect, it } from 'vitest';

import { createResampler } from '../../src/audio/resample.node.ts';

/** About the loudest that 16 bits take. */
const AMPLITUDE = 16_000;

function tone(frequencyHz: number, rateHz: number, count: number): Int16Array {
  return Int16Array.from({ length: count }, (_, at) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * frequencyHz * at) / rateHz)),
  );
}

/** Everything that comes out of a fresh resampler, fed in runs of `runSamples`. */
async function resample(
  samples: Int16Array,
  fromHz: number,
  toHz: number,
  runSamples = samples.length,
): Promise<Int16Array> {
  const resampler = await createResampler(fromHz, toHz);
  const out: number[] = [];
  const emit = (part: Int16Array): void => {
    expect(part.length).toBeGreaterThan(0);
    for (const sample of part) out.push(sample);
  };
  for (let at = 0; at < samples.length; at += runSamples) {
    resampler.push(samples.subarray(at, at + runSamples), emit);
  }
  resampler.flush(emit);
  return Int16Array.from(out);
}

/** How far `samples` are from `expected` at the worst, but for the filter's run-in and run-out. */
function worstError(samples: Int16Array, expected: Int16Array, edgeSamples = 400): number {
  let worst = 0;
  for (let at = edgeSamples; at < samples.length - edgeSamples; at += 1) {
    worst = Math.max(worst, Math.abs(samples[at]! - expected[at]!));
  }
  return worst;
}

describe('a resampler', () => {
  // First, for the package is loaded once in a process.
  it('leaves the handlers of uncaught errors as they were', async () => {
    const count = (): number[] =>
      (['uncaughtException', 'unhandledRejection'] as const).map((event) =>
        process.listenerCount(event),
      );
    const mine = (): void => undefined;
    process.on('uncaughtException', mine);
    const before = count();

    await resample(tone(440, 8_000, 800), 8_000, 16_000);

    expect(count()).toEqual(before);
    expect(process.rawListeners('uncaughtException')).toContain(mine);
    process.off('uncaughtException', mine);
  });

  it.each([
    [8_000, 16_000],
    [16_000, 8_000],
    [44_100, 16_000],
    [16_000, 44_100],
    [48_000, 16_000],
    [44_056, 16_000],
  ])('makes of %i Hz the same tone at %i Hz, sample upon sample', async (fromHz, toHz) => {
    const heard = await resample(tone(440, fromHz, fromHz), fromHz, toHz);

    expect(heard).toHaveLength(toHz);
    expect(worstError(heard, tone(440, toHz, toHz))).toBeLessThan(AMPLITUDE * 0.001);
  });

  it.each([
    [48_000, 16_000],
    [44_100, 16_000],
    [16_000, 44_100],
  ])('makes the same of one run as of many, from %i to %i Hz', async (fromHz, toHz) => {
    const samples = tone(440, fromHz, 3 * fromHz + 1_234); // more than two blocks

    const whole = await resample(samples, fromHz, toHz);
    const pieces = await resample(samples, fromHz, toHz, 997);

    expect(pieces).toEqual(whole);
    expect(worstError(whole, tone(440, toHz, whole.length))).toBeLessThan(AMPLITUDE * 0.001);
  });

  it.each([0, 1, 2, 441, 65_535, 65_536, 65_537])(
    'turns %i samples into as many as last as long',
    async (count) => {
      const samples = new Int16Array(count).fill(1_000);

      const down = await resample(samples, 44_100, 16_000);
      const up = await resample(samples, 16_000, 44_100);

      expect(down).toHaveLength(Math.round((count * 16_000) / 44_100));
      expect(up).toHaveLength(Math.round((count * 44_100) / 16_000));
    },
  );

  it('begins and ends with the audio: nothing before it, nothing of it missing', async () => {
    const clicks = new Int16Array(4_800);
    clicks[0] = AMPLITUDE;
    clicks[4_797] = AMPLITUDE;

    const heard = await resample(clicks, 48_000, 16_000);

    const loudest = [...heard.keys()].sort((a, b) => heard[b]! - heard[a]!).slice(0, 2);
    expect(new Set(loudest)).toEqual(new Set([0, 1_599]));
  });

  it('owes nothing to the recording before', async () => {
    const first = await resample(tone(440, 44_100, 5_000), 44_100, 16_000);
    await resample(new Int16Array(65_000).fill(-32_768), 44_100, 16_000);

    const again = await resample(tone(440, 44_100, 5_000), 44_100, 16_000);

    expect(again).toEqual(first);
  });

  it('serves two recordings at a time', async () => {
    const alone = await resample(tone(440, 44_100, 5_000), 44_100, 16_000);

    const both = await Promise.all(
      [0, 1].map(async () => {
        const resampler = await createResampler(44_100, 16_000);
        const out: number[] = [];
        const emit = (part: Int16Array): unknown => out.push(...part);
        resampler.push(tone(440, 44_100, 5_000), emit);
        await Promise.resolve();
        resampler.flush(emit);
        return Int16Array.from(out);
      }),
    );

    expect(both).toEqual([alone, alone]);
  });

  it('keeps out what the lower rate cannot hold', async () => {
    const heard = await resample(tone(10_000, 48_000, 48_000), 48_000, 16_000);

    expect(worstError(heard, new Int16Array(heard.length))).toBeLessThanOrEqual(2);
  });
});
