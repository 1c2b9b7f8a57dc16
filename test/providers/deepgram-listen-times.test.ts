/** Deepgram tells times as 32-bit floats: seconds in, samples out. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { endSampleAt, sampleAt } from '../../src/providers/deepgram-listen/decode.ts';

const { fround } = Math;
const DAY_MS = 86_400_000;

const sampleRateHz = fc.constantFrom(8_000, 16_000, 48_000);
const lengthMs = fc.integer({ min: 10, max: 10_000 });

interface ToldFinal {
  readonly start: number;
  readonly duration: number;
}

/** As the service tells them: where one begins is a float, how long it is the difference of two. */
function tell(fromMs: number, toMs: number): ToldFinal {
  const start = fround(fromMs / 1_000);
  return { start, duration: fround(fround(toMs / 1_000) - start) };
}

describe('times as 32-bit floats', () => {
  it('lead a final and the next one to the same sample, all day long', () => {
    const startMs = fc.oneof(fc.nat(DAY_MS), fc.nat(2_000_000), fc.nat(20_000));
    fc.assert(
      fc.property(
        startMs,
        fc.array(lengthMs, { minLength: 2 }),
        sampleRateHz,
        (from, run, rate) => {
          let atMs = from;
          const finals = run.map((ms) => {
            const told = tell(atMs, atMs + ms);
            atMs += ms;
            return told;
          });

          for (const [index, { start, duration }] of finals.entries()) {
            const next = finals[index + 1];
            if (next === undefined) break;
            expect(endSampleAt(start, duration, rate)).toBe(sampleAt(next.start, rate));
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('are exact to the sample for whole milliseconds of the first four and a half hours', () => {
    const fromMs = fc.nat(16_384_000 - 20_000);
    fc.assert(
      fc.property(fromMs, lengthMs, sampleRateHz, (from, ms, rate) => {
        const { start, duration } = tell(from, from + ms);
        const plain = fround(ms / 1_000); // a service that rounds the true duration

        expect(sampleAt(start, rate)).toBe((from * rate) / 1_000);
        expect(endSampleAt(start, duration, rate)).toBe(((from + ms) * rate) / 1_000);
        expect(endSampleAt(start, plain, rate)).toBe(((from + ms) * rate) / 1_000);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    [8_000, 2_000],
    [16_000, 1_000],
    [48_000, 250],
  ])('at %d Hz are exact for every sample of the first %d s', (rate, seconds) => {
    fc.assert(
      fc.property(
        fc.nat(seconds * rate),
        fc.integer({ min: 1, max: 10 * rate }),
        (from, length) => {
          const to = Math.min(from + length, seconds * rate);
          const start = fround(from / rate);

          expect(sampleAt(start, rate)).toBe(from);
          expect(endSampleAt(start, fround(fround(to / rate) - start), rate)).toBe(to);
          expect(endSampleAt(start, fround((to - from) / rate), rate)).toBe(to);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('never turn back', () => {
    const timeS = fc.double({ min: 0, max: 90_000, noNaN: true });
    fc.assert(
      fc.property(timeS, timeS, sampleRateHz, (a, b, rate) => {
        const [earlier, later] = a < b ? [a, b] : [b, a];
        const told = [fround(earlier), fround(later)].map((at) => sampleAt(at, rate));

        // Where floats become coarser than a sample the rounding changes, by half a millisecond.
        expect(told[1]! - told[0]!).toBeGreaterThanOrEqual(-rate / 1_000);
        if (later - earlier > 0.01) expect(told[1]).toBeGreaterThanOrEqual(told[0]!);
      }),
    );
  });

  it.each([
    [0, 0],
    [-1, -16_000],
    [14.36, 229_760],
    [2.6800013, 42_880],
    [Infinity, Infinity],
  ])('%d s is sample %d at 16 kHz', (timeS, sample) => {
    expect(sampleAt(timeS, 16_000)).toBe(sample);
  });
});
