import { describe, expect, it } from 'vitest';

import { Resampler } from '../../src/worklets/resampler.ts';
import { levelDbOf } from '../browser/support/tones.ts';

/** One second of a tone at half of full scale. */
function tone(hz: number, rateHz: number): Float32Array {
  return Float32Array.from(
    { length: rateHz },
    (_, at) => 0.5 * Math.sin((2 * Math.PI * hz * at) / rateHz),
  );
}

function resampled(input: Float32Array, from: number, to: number, pieces = [128]): Float32Array {
  const resampler = new Resampler(from, to);
  const out: number[] = [];
  for (let at = 0, turn = 0; at < input.length; turn += 1) {
    const piece = input.subarray(at, at + (pieces[turn % pieces.length] ?? 128));
    const output = new Float32Array(resampler.mostOf(piece.length));
    out.push(...output.subarray(0, resampler.push(piece, output)));
    at += piece.length;
  }
  const rest = new Float32Array(resampler.mostAtEnd);
  out.push(...rest.subarray(0, resampler.end(rest)));
  return Float32Array.from(out);
}

/** In dB of full scale, without the ends, where the tone begins and stops. */
function levelOf(samples: Float32Array, hz: number, rateHz: number): number {
  const middle = [...samples.subarray(samples.length / 8, (samples.length * 7) / 8)];
  return levelDbOf(
    middle.map((sample) => sample * 32_768),
    hz,
    rateHz,
  );
}

const HALF_DB = 20 * Math.log10(0.5);

describe('a resampler', () => {
  it.each([
    [48_000, 16_000],
    [44_100, 16_000],
    [44_100, 22_050],
    [96_000, 8_000],
    [16_000, 48_000],
    [8_000, 16_000],
    [44_100, 47_999],
  ])(
    'keeps pitch and level from %i to %i Hz, and gives as many samples as there should be',
    (from, to) => {
      const output = resampled(tone(1_000, from), from, to);

      expect(output.length).toBe(Math.ceil((from * to) / from));
      expect(levelOf(output, 1_000, to)).toBeCloseTo(HALF_DB, 2);
    },
  );

  it.each([
    [48_000, 16_000, 8_100],
    [48_000, 16_000, 9_000],
    [48_000, 16_000, 15_000],
    [48_000, 16_000, 23_000],
    [44_100, 16_000, 8_200],
    [44_100, 16_000, 20_000],
    [48_000, 8_000, 4_100],
  ])('from %i to %i Hz lets nothing of %i Hz come back as something else', (from, to, hz) => {
    const output = resampled(tone(hz, from), from, to);

    const folded = Math.abs(((hz + to / 2) % to) - to / 2);
    expect(levelOf(output, folded, to)).toBeLessThan(HALF_DB - 80);
  });

  it('passes what is below seven eighths of half the rate as it is', () => {
    const output = resampled(tone(6_900, 48_000), 48_000, 16_000);

    expect(levelOf(output, 6_900, 16_000)).toBeCloseTo(HALF_DB, 2);
  });

  it('gives the same however its input is cut', () => {
    const input = tone(700, 44_100);

    const whole = resampled(input, 44_100, 16_000, [44_100]);
    const cut = resampled(input, 44_100, 16_000, [1, 128, 7, 1_000, 3]);

    expect(cut).toEqual(whole);
  });

  it('keeps each sample at its time: an impulse comes out where it went in', () => {
    const input = new Float32Array(4_800);
    input[2_400] = 1;

    const output = resampled(input, 48_000, 16_000);

    expect(output.indexOf(Math.max(...output))).toBe(800);
  });

  it('passes samples through where the rates are the same', () => {
    const input = tone(440, 16_000);

    const output = resampled(input, 16_000, 16_000);

    expect(output).toEqual(input);
  });

  it('passes even silence, and a level that does not change', () => {
    const output = resampled(new Float32Array(48_000).fill(0.25), 48_000, 16_000);

    expect(Math.max(...output.subarray(200, -200).map((x) => Math.abs(x - 0.25)))).toBeLessThan(
      1e-6,
    );
  });
});
