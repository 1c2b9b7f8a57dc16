/** Arithmetic of raw audio: bytes, samples and milliseconds of one `AudioFormat`. */
import type { AudioFormat } from '../ports/audio-format.ts';
import { TenutoError } from '../ports/errors.ts';

/** One sample is one signed 16-bit number, and there is one channel. */
export const BYTES_PER_SAMPLE = 2;
export const MIN_SAMPLE_RATE_HZ = 8_000;
export const MAX_SAMPLE_RATE_HZ = 48_000;

/** Throws AUDIO_FORMAT_UNSUPPORTED unless tenuto can carry `format`. Takes what an untyped caller may pass. */
export function checkAudioFormat(format: {
  readonly encoding: string;
  readonly sampleRateHz: number;
}): asserts format is AudioFormat {
  const { encoding, sampleRateHz } = format;
  if (encoding !== 'pcm_s16le') {
    throw new TenutoError({
      code: 'AUDIO_FORMAT_UNSUPPORTED',
      message: `Audio encoding '${encoding}' is not supported.`,
      remediation: "Pass signed 16-bit little-endian PCM, one channel: encoding 'pcm_s16le'.",
    });
  }
  const isCarried =
    Number.isInteger(sampleRateHz) &&
    sampleRateHz >= MIN_SAMPLE_RATE_HZ &&
    sampleRateHz <= MAX_SAMPLE_RATE_HZ;
  if (!isCarried) {
    throw new TenutoError({
      code: 'AUDIO_FORMAT_UNSUPPORTED',
      message: `A sample rate of ${String(sampleRateHz)} Hz is not supported.`,
      remediation: 'Pass a whole number from 8,000 to 48,000 Hz; 16,000 suits most recognisers.',
    });
  }
}

/** Whole samples in `bytes`; a trailing odd byte is not one. */
export function samplesOf(bytes: number): number {
  return Math.floor(bytes / BYTES_PER_SAMPLE);
}

/** How long `samples` last. Not rounded: sums of chunks must not drift. */
export function msOf(samples: number, format: AudioFormat): number {
  return (samples * 1_000) / format.sampleRateHz;
}

/** The whole number of samples nearest to `durationMs`. */
export function samplesOfMs(durationMs: number, format: AudioFormat): number {
  return Math.round((durationMs * format.sampleRateHz) / 1_000);
}
