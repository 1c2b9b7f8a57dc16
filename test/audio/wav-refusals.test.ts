import { describe, expect, it } from 'vitest';

import { readWav } from '../../src/audio/wav.ts';
import { ascii, chunk, joined, plainFmt, samples, tone, u32, wavFile } from './wav-files.ts';

const some = [0, 1, -1, 1_000, -1_000, 32_767, -32_768];

describe('what cannot be read', () => {
  it.each([
    ['an empty file', new Uint8Array(), /talk\.wav is empty/],
    ['a cut header', ascii('RIFF\0\0'), /ends inside its header/],
    ['MP3', ascii('ID3\x04\0\0'), /looks like MP3/],
    ['MP3 without a tag', Uint8Array.of(0xff, 0xfb, 0x90, 0x64), /looks like MP3/],
    ['AAC', Uint8Array.of(0xff, 0xf1, 0x50, 0x80), /looks like AAC/],
    ['Ogg', ascii('OggS\0\x02'), /looks like Ogg/],
    ['FLAC', ascii('fLaC\0'), /looks like FLAC/],
    ['M4A', ascii('\0\0\0\x20ftypM4A '), /looks like MP4 or M4A/],
    ['WebM', Uint8Array.of(0x1a, 0x45, 0xdf, 0xa3, 1), /looks like WebM/],
    ['AVI', ascii('RIFF\0\0\0\0AVI LIST'), /RIFF file of type AVI/],
    ['a Git LFS pointer', ascii('version https://git-lfs.github.com/spec/v1\n'), /Git LFS/],
    ['a web page', ascii('<!DOCTYPE html><html>'), /web page/],
    ['text', ascii('hello world\n'), /looks like text/],
    ['something else', Uint8Array.of(0, 1, 2, 254), /starts with the bytes 00 01 02 fe/],
    ['no format', joined([ascii('RIFF'), u32(4), ascii('WAVE')]), /no "fmt " chunk/],
    [
      'no data',
      joined([ascii('RIFF'), u32(28), ascii('WAVE'), chunk('fmt ', plainFmt({}))]),
      /ends before/,
    ],
    ['no channel', wavFile({ channels: 0, data: Uint8Array.of(1, 2) }), /no channel/],
    ['no rate', wavFile({ rateHz: 0, data: Uint8Array.of(1, 2) }), /sample rate of 0 Hz/],
  ])('is told for what it is: %s', async (_what, file, message) => {
    const failure = readWav(file, 'talk.wav');

    await expect(failure).rejects.toMatchObject({
      code: 'WAV_INVALID',
      message: expect.stringMatching(message),
      remediation: expect.stringMatching(/./),
    });
  });

  it('is converted by the command line that the remedy gives', async () => {
    await expect(readWav(ascii('ID3\x04'), 'talk.mp3')).rejects.toMatchObject({
      remediation: 'Convert it: ffmpeg -i "talk.mp3" -ac 1 -ar 16000 -c:a pcm_s16le converted.wav',
    });
  });

  it.each([
    ['Microsoft ADPCM', { tag: 2, bits: 4 }],
    ['IMA ADPCM', { tag: 0x11, bits: 4 }],
    ['GSM 6.10', { tag: 0x31, bits: 0 }],
    ['MP3', { tag: 0x55, bits: 0 }],
    ['codec 0x1234', { tag: 0x1234, bits: 16 }],
    ['64-bit integer samples', { tag: 1, bits: 64 }],
  ])('is refused by name: %s', async (what, parts) => {
    const file = wavFile({ ...parts, data: new Uint8Array(64) });

    await expect(readWav(file, 'talk.wav')).rejects.toMatchObject({
      code: 'AUDIO_FORMAT_UNSUPPORTED',
      message: `talk.wav holds ${what}, which is not read.`,
    });
  });

  it.each([
    ['nothing', wavFile({ data: new Uint8Array() })],
    [
      'nothing but other chunks',
      wavFile({ data: new Uint8Array(), after: chunk('LIST', ascii('INFO')) }),
    ],
    ['a promise', wavFile({ data: new Uint8Array(), statedBytes: 1_000 })],
    ['half a sample', wavFile({ data: Uint8Array.of(7) })],
  ])('is empty where the data chunk holds %s', async (_what, file) => {
    await expect(readWav(file, 'talk.wav')).rejects.toMatchObject({ code: 'WAV_EMPTY' });
  });

  it('is too large, just over the limit and not at it', async () => {
    const file = wavFile({ data: samples('s16', some) });

    const read = await readWav(file, 'talk.wav', { maxBytes: file.length });
    const refused = readWav(file, 'talk.wav', { maxBytes: file.length - 1 });

    expect(read.notes).toEqual([]);
    await expect(refused).rejects.toMatchObject({
      code: 'WAV_INVALID',
      message: expect.stringContaining('at most 57 are read'),
    });
  });

  it('is a rate that tenuto does not carry, native or asked for', async () => {
    const file = wavFile({ rateHz: 96_000, data: samples('s16', some) });

    const native = readWav(file, 'talk.wav', { targetRateHz: 'native' });
    const asked = readWav(file, 'talk.wav', { targetRateHz: 4_000 });

    await expect(native).rejects.toMatchObject({ code: 'AUDIO_FORMAT_UNSUPPORTED' });
    await expect(asked).rejects.toMatchObject({ code: 'AUDIO_FORMAT_UNSUPPORTED' });
  });

  it('never ends in another error, however the bytes are cut or changed', async () => {
    const file = wavFile({
      channels: 2,
      rateHz: 44_100,
      bits: 24,
      before: chunk('LIST', ascii('INFO')),
      data: samples('s24', tone(440, 44_100, 0.002)),
    });
    const broken = [
      ...Array.from(file, (_, at) => file.subarray(0, at)),
      ...Array.from(file.subarray(0, 70), (_, at) =>
        file.map((byte, i) => (i === at ? 255 : byte)),
      ),
    ];

    for (const bytes of broken) {
      const result = await readWav(bytes, 'talk.wav').catch((error: unknown) => error);
      const isKnown =
        !(result instanceof Error) ||
        /^(WAV_|AUDIO_FORMAT)/.test((result as { code?: string }).code ?? '');
      expect(isKnown).toBe(true);
    }
  });
});
