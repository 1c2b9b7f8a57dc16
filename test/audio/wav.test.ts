import { describe, expect, it } from 'vitest';

import { readWav } from '../../src/audio/wav.ts';
import {
  ascii,
  chunk,
  extensibleFmt,
  fitTone,
  int16,
  joined,
  samples,
  tone,
  u32,
  wavFile,
} from './wav-files.ts';

const some = [0, 1, -1, 1_000, -1_000, 32_767, -32_768];

describe('a WAV file in our own format', () => {
  it('is passed on as a view, untouched and without notes', async () => {
    const file = wavFile({ data: samples('s16', some) });

    const wav = await readWav(file, 'a.wav');

    expect(Array.from(int16(wav.pcm))).toEqual(some);
    expect(wav.pcm.buffer).toBe(file.buffer);
    expect(wav.format).toEqual({ encoding: 'pcm_s16le', sampleRateHz: 16_000 });
    expect(wav.durationMs).toBeCloseTo((some.length / 16_000) * 1_000);
    expect(wav.notes).toEqual([]);
  });

  it('is found behind and before any other chunks', async () => {
    const list = chunk('LIST', ascii('INFOISFT\x05\0\0\0odd!\0\0'));
    const cue = chunk('cue ', u32(0xffff_ffff));
    const file = wavFile({ data: samples('s16', some), before: joined([list, cue]), after: list });

    const wav = await readWav(file, 'a.wav');

    expect(Array.from(int16(wav.pcm))).toEqual(some);
    expect(wav.notes).toEqual([]);
  });

  it('is plain bytes, even where a Buffer was passed', async () => {
    const file = Buffer.from(wavFile({ data: samples('s16', some) }));

    const wav = await readWav(file, 'a.wav');

    expect(Buffer.isBuffer(wav.pcm)).toBe(false);
    expect(Array.from(int16(wav.pcm))).toEqual(some);
  });

  it('is read from the middle of a larger buffer', async () => {
    const file = wavFile({ data: samples('s16', some), channels: 1 });
    const larger = joined([ascii('xyz'), file, ascii('xyz')]);

    const wav = await readWav(larger.subarray(3, 3 + file.length), 'a.wav');

    expect(Array.from(int16(wav.pcm))).toEqual(some);
  });
});

describe('samples of another kind', () => {
  it.each([
    ['8-bit', { bits: 8, data: samples('u8', [128, 0, 255, 129]) }, [0, -32_768, 32_512, 256]],
    [
      '24-bit',
      { bits: 24, data: samples('s24', [0, 256, -256, 8_388_607, -8_388_608, 384, 127]) },
      [0, 1, -1, 32_767, -32_768, 2, 0],
    ],
    [
      '32-bit',
      { bits: 32, data: samples('s32', [0, 65_536, -65_536, 2_147_483_647, -2_147_483_648]) },
      [0, 1, -1, 32_767, -32_768],
    ],
    [
      '32-bit float',
      { tag: 3, bits: 32, data: samples('f32', [0, 0.5, -0.5, 1, -1, 3e-7, -3e-7]) },
      [0, 16_384, -16_384, 32_767, -32_768, 0, 0],
    ],
    [
      '64-bit float',
      { tag: 3, bits: 64, data: samples('f64', [0, 0.25, -1, 1 / 32_768]) },
      [0, 8_192, -32_768, 1],
    ],
    [
      'A-law',
      { tag: 6, bits: 8, data: Uint8Array.of(0xd5, 0x55, 0xaa, 0x2a) },
      [8, -8, 32_256, -32_256],
    ],
    [
      'mu-law',
      { tag: 7, bits: 8, data: Uint8Array.of(0xff, 0x7f, 0x80, 0x00) },
      [0, 0, 32_124, -32_124],
    ],
  ])('is converted from %s', async (kind, parts, expected) => {
    const wav = await readWav(wavFile(parts), 'a.wav');

    expect(wav.notes).toEqual([`${kind} samples converted to 16-bit`]);
    expect(Array.from(int16(wav.pcm))).toEqual(expected);
  });

  it('is converted from big-endian', async () => {
    const file = wavFile({ container: 'RIFX', data: samples('s16be', some) });

    const wav = await readWav(file, 'a.wav');

    expect(Array.from(int16(wav.pcm))).toEqual(some);
    expect(wav.notes).toEqual(['big-endian samples converted to 16-bit']);
  });

  it('is understood from an extensible header: integer, float, and 20 bits in 24', async () => {
    const integer = { data: samples('s16', some) };
    const float = { tag: 3, bits: 32, data: samples('f32', [0.5, -0.5]) };
    const narrow = { bits: 24, data: samples('s24', [0x10000, -0x10000]) };

    const wavs = await Promise.all([
      readWav(wavFile({ ...integer, fmt: extensibleFmt(integer, 16) }), 'a.wav'),
      readWav(wavFile({ ...float, fmt: extensibleFmt(float, 32) }), 'a.wav'),
      readWav(wavFile({ ...narrow, fmt: extensibleFmt(narrow, 20) }), 'a.wav'),
    ]);

    expect(wavs.map(({ pcm }) => Array.from(int16(pcm)))).toEqual([
      some,
      [16_384, -16_384],
      [256, -256],
    ]);
  });

  it('is clipped where floats go beyond full scale, and a note says how often', async () => {
    const file = wavFile({ tag: 3, bits: 32, data: samples('f32', [1.5, -2, 0.5, Number.NaN]) });

    const wav = await readWav(file, 'a.wav');

    expect(Array.from(int16(wav.pcm))).toEqual([32_767, -32_768, 16_384, 0]);
    expect(wav.notes).toContain('2 samples beyond full scale clipped');
  });
});

describe('several channels', () => {
  it('are mixed to their exact mean', async () => {
    const left = tone(440, 16_000, 3);
    const right = tone(1_000, 16_000, 3, 9_001);
    const data = samples(
      's16',
      left.flatMap((sample, index) => [sample, right[index]!]),
    );

    const wav = await readWav(wavFile({ channels: 2, data }), 'a.wav');

    const means = left.map((sample, index) => Math.round((sample + right[index]!) / 2));
    expect(int16(wav.pcm)).toEqual(Int16Array.from(means));
    expect(wav.durationMs).toBe(3_000);
    expect(wav.notes).toEqual(['stereo mixed to mono']);
  });

  it('cannot overflow, and may be many', async () => {
    const data = samples('s16', [32_767, 32_767, 32_767, 32_767, 32_767, 32_767, 6, 0, 0, 0, 0, 0]);

    const wav = await readWav(wavFile({ channels: 6, data }), 'a.wav');

    expect(Array.from(int16(wav.pcm))).toEqual([32_767, 1]);
    expect(wav.notes).toEqual(['6 channels mixed to mono']);
  });
});

describe('another sample rate', () => {
  it.each([8_000, 11_025, 22_050, 24_000, 32_000, 44_100, 48_000, 96_000, 44_056])(
    'of %i Hz becomes 16,000 Hz: in length, in phase, 60 dB clean',
    async (rateHz) => {
      const file = wavFile({ rateHz, data: samples('s16', tone(1_000, rateHz, 2)) });

      const wav = await readWav(file, 'a.wav');

      const fit = fitTone(int16(wav.pcm), 1_000, 16_000, 400);
      expect(fit.snrDb).toBeGreaterThan(60);
      expect(Math.abs(fit.lagMs)).toBeLessThan(0.002);
      expect(fit.peak / 16_000).toBeCloseTo(1, 2);
      expect(Math.abs(wav.durationMs - 2_000)).toBeLessThan(1);
      expect(wav.notes).toEqual([`${rateHz.toLocaleString('en-US')} Hz resampled to 16,000 Hz`]);
    },
  );

  it('leaves no echo of what the lower rate cannot hold', async () => {
    const file = wavFile({ rateHz: 48_000, data: samples('s16', tone(10_000, 48_000, 1)) });

    const wav = await readWav(file, 'a.wav');

    const middle = int16(wav.pcm).subarray(400, -400);
    expect(Math.max(...middle.map(Math.abs))).toBeLessThanOrEqual(2);
  });

  it.each([8_000, 24_000, 48_000])('can be asked for: %i Hz', async (targetRateHz) => {
    const file = wavFile({ rateHz: 44_100, data: samples('s16', tone(1_000, 44_100, 1)) });

    const wav = await readWav(file, 'a.wav', { targetRateHz });

    expect(wav.format.sampleRateHz).toBe(targetRateHz);
    expect(fitTone(int16(wav.pcm), 1_000, targetRateHz, 400).snrDb).toBeGreaterThan(60);
    expect(wav.durationMs).toBe(1_000);
  });

  it('is kept where the native one is asked for', async () => {
    const values = tone(1_000, 44_100, 0.1);

    const file = wavFile({ rateHz: 44_100, data: samples('s16', values) });
    const wav = await readWav(file, 'a.wav', { targetRateHz: 'native' });

    expect(wav.format.sampleRateHz).toBe(44_100);
    expect(int16(wav.pcm)).toEqual(Int16Array.from(values));
  });

  it.each([1, 7, 441, 65_536, 65_537, 131_071])(
    'keeps the length of %i samples within half a sample',
    async (count) => {
      const data = samples('s16', new Int16Array(count).fill(1_000));

      const wav = await readWav(wavFile({ rateHz: 22_050, data }), 'a.wav');

      expect(wav.pcm.length / 2).toBe(Math.round((count * 16_000) / 22_050));
    },
  );

  it('gives the same bytes again, and owes nothing to the recording before', async () => {
    const quiet = wavFile({ rateHz: 44_100, data: samples('s16', tone(300, 44_100, 0.5, 50)) });
    const loud = wavFile({
      rateHz: 44_100,
      data: samples('s16', tone(5_000, 44_100, 0.511, 32_000)),
    });

    const first = await readWav(quiet, 'a.wav');
    await readWav(loud, 'b.wav');
    const again = await readWav(quiet, 'a.wav');

    expect(again.pcm).toEqual(first.pcm);
  });

  it('leaves the process without handlers of the resampler', async () => {
    const file = wavFile({ rateHz: 44_100, data: samples('s16', tone(300, 44_100, 0.1)) });

    await readWav(file, 'a.wav');

    const listeners = [
      ...process.rawListeners('uncaughtException'),
      ...process.rawListeners('unhandledRejection'),
    ];
    expect(listeners.filter((listener) => /ExitStatus|abort/.test(String(listener)))).toEqual([]);
  });

  it('is converted together with channels and depth in one go', async () => {
    const values = tone(1_000, 44_100, 1).flatMap((value) => [value * 256, value * 256]);
    const file = wavFile({ rateHz: 44_100, channels: 2, bits: 24, data: samples('s24', values) });

    const wav = await readWav(file, 'a.wav');

    expect(fitTone(int16(wav.pcm), 1_000, 16_000, 400).snrDb).toBeGreaterThan(60);
    expect(wav.notes).toEqual([
      '24-bit samples converted to 16-bit',
      'stereo mixed to mono',
      '44,100 Hz resampled to 16,000 Hz',
    ]);
  });
});

describe('a length that the header does not tell', () => {
  it.each([0, 0xffff_ffff, 0x7fff_f024])('is the rest of the file: %i', async (statedBytes) => {
    const file = wavFile({ data: samples('s16', some), statedBytes });

    const wav = await readWav(file, 'a.wav');

    expect(Array.from(int16(wav.pcm))).toEqual(some);
    expect(wav.notes).toEqual(['length not stated in the header: read to the end']);
  });

  it('is taken from the ds64 chunk of an RF64 file', async () => {
    const data = samples('s16', some);
    const ds64 = chunk(
      'ds64',
      joined([u32(0), u32(0), u32(data.length), u32(0), u32(0), u32(0), u32(0)]),
    );
    const file = wavFile({
      container: 'RF64',
      data,
      statedBytes: 0xffff_ffff,
      before: ds64,
      after: chunk('LIST', ascii('INFO')),
    });

    const wav = await readWav(file, 'a.wav');

    expect(Array.from(int16(wav.pcm))).toEqual(some);
    expect(wav.notes).toEqual([]);
  });

  it('is what is there, where the file is cut off', async () => {
    const data = samples('s16', tone(440, 16_000, 1));
    const file = wavFile({ data, statedBytes: data.length * 3 });

    const wav = await readWav(file.subarray(0, file.length - 1), 'a.wav');

    expect(wav.pcm.length).toBe(data.length - 2);
    expect(wav.notes).toEqual(['cut off: 1.0 s of 3.0 s are there']);
  });
});
