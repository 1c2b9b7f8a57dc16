/** The audio that every service here is sent, whatever it makes of it: what differs is resampled on the way. */
import type { AudioFormat } from '../../ports/audio-format.ts';
import { TenutoError } from '../../ports/errors.ts';

/** As JavaScript may give it. */
interface Given {
  readonly encoding?: string;
  readonly sampleRateHz?: number;
}

/** @throws TenutoError AUDIO_FORMAT_UNSUPPORTED for anything else. @param service its name. */
export function checkPcm(service: string, format: AudioFormat): void {
  const { encoding = 'audio without an encoding', sampleRateHz = Number.NaN } = format as Given;
  const isKnown = encoding === 'pcm_s16le' && Number.isInteger(sampleRateHz);
  if (isKnown && sampleRateHz >= 8_000 && sampleRateHz <= 48_000) return;

  throw new TenutoError({
    code: 'AUDIO_FORMAT_UNSUPPORTED',
    message: `${service} is not sent ${encoding} at ${sampleRateHz} Hz.`,
    remediation: 'Send PCM, signed 16-bit little-endian (pcm_s16le), mono, 8,000 to 48,000 Hz.',
  });
}
