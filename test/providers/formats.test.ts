/** Whoever hears takes the same audio, and says who refuses any other. */
import { describe, expect, it } from 'vitest';

import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';
import type { AudioFormat } from '../../src/ports/audio-format.ts';

const apiKey = 'a-key';

describe.each([
  ['OpenAI Realtime', openaiRealtime({ apiKey })],
  ['Gemini Live', geminiLive({ apiKey })],
  ['Deepgram listen', deepgramListen({ apiKey })],
  ['Deepgram Flux', deepgramFlux({ apiKey })],
  ['Whisper', whisper({ apiKey })],
])('%s', (name, provider) => {
  it.each([8_000, 44_100, 48_000])('is sent PCM at %d Hz', (sampleRateHz) => {
    const check = () => provider.checkFormat({ encoding: 'pcm_s16le', sampleRateHz });
    expect(check).not.toThrow();
  });

  it.each([
    ['opus', 16_000],
    ['pcm_s16le', 7_999],
    ['pcm_s16le', 48_001],
    ['pcm_s16le', 16_000.5],
    ['pcm_s16le', Number.NaN],
    ['audio without an encoding', Number.NaN, {}],
  ])('is not sent %s at %d Hz', (encoding, sampleRateHz, format: object | null = null) => {
    const given = format ?? { encoding, sampleRateHz };
    expect(() => provider.checkFormat(given as AudioFormat)).toThrow(
      expect.objectContaining({
        code: 'AUDIO_FORMAT_UNSUPPORTED',
        message: `${name} is not sent ${encoding} at ${sampleRateHz} Hz.`,
      }),
    );
  });
});
