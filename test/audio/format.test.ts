import { describe, expect, it } from 'vitest';

import {
  BYTES_PER_SAMPLE,
  checkAudioFormat,
  msOf,
  samplesOf,
  samplesOfMs,
} from '../../src/audio/format.ts';

const at16k = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;

describe('an audio format', () => {
  it.each([8_000, 11_025, 16_000, 44_100, 48_000])('is carried at %i Hz', (sampleRateHz) => {
    expect(() => checkAudioFormat({ encoding: 'pcm_s16le', sampleRateHz })).not.toThrow();
  });

  it.each([7_999, 48_001, 0, -16_000, 16_000.5, Number.NaN, Infinity])(
    'is refused at %d Hz, with a remedy',
    (sampleRateHz) => {
      expect(() => checkAudioFormat({ encoding: 'pcm_s16le', sampleRateHz })).toThrow(
        expect.objectContaining({
          code: 'AUDIO_FORMAT_UNSUPPORTED',
          message: `A sample rate of ${sampleRateHz} Hz is not supported.`,
          remediation: expect.stringContaining('8,000 to 48,000'),
        }),
      );
    },
  );

  it('is refused in any other encoding', () => {
    expect(() => checkAudioFormat({ encoding: 'opus', sampleRateHz: 16_000 })).toThrow(
      expect.objectContaining({
        code: 'AUDIO_FORMAT_UNSUPPORTED',
        message: "Audio encoding 'opus' is not supported.",
      }),
    );
  });
});

describe('the arithmetic', () => {
  it('counts whole samples only', () => {
    expect(BYTES_PER_SAMPLE).toBe(2);
    expect([0, 1, 2, 3, 640].map(samplesOf)).toEqual([0, 0, 1, 1, 320]);
  });

  it('turns samples into milliseconds and back', () => {
    expect(msOf(320, at16k)).toBe(20);
    expect(samplesOfMs(20, at16k)).toBe(320);
    expect(samplesOfMs(20, { ...at16k, sampleRateHz: 11_025 })).toBe(221);
    expect(msOf(1, at16k)).toBe(0.0625);
  });
});
