import { expect, test } from 'vitest';

import { seededRandom } from '../../src/ports/random.ts';
import { Microphone } from '../../src/simulation/services/microphone.ts';
import {
  createRepeatingResampler,
  createVoiceRecogniser,
} from '../../src/simulation/services/recogniser.ts';
import { RATE_HZ, textOf } from '../../src/simulation/services/voice.ts';

/** Told in two streams that meet at this byte of the audio. */
function heard(audio: Uint8Array, cutAt: number, sampleRateHz: number): readonly string[] {
  const texts: string[] = [];
  for (const part of [audio.subarray(0, cutAt), audio.subarray(cutAt)]) {
    const stream = createVoiceRecogniser().open({
      sampleRateHz,
      onResult: ({ kind, text }) => {
        if (kind === 'final' && text !== '') texts.push(...text.split(' '));
      },
      onError: () => undefined,
    });
    for (let at = 0; at < part.length; at += 1_234) stream.write(part.subarray(at, at + 1_234));
    stream.flush(1);
    stream.close();
  }
  return texts;
}

test.each([1, 2, 3])(
  'wherever audio is cut in two each word is understood once, at %s times the rate',
  async (times) => {
    const microphone = new Microphone(seededRandom(4));
    const spoken = microphone.capture(20_000);
    const said = microphone.words.slice(0, -1).map(textOf);
    const resampler = await createRepeatingResampler(RATE_HZ, RATE_HZ * times);
    const audio = resampler.process(spoken);

    const wrong: number[] = [];
    for (let cutAt = 0; cutAt < audio.length; cutAt += 2 * 211) {
      const texts = heard(audio, cutAt, RATE_HZ * times);
      if (texts.slice(0, said.length).join(' ') !== said.join(' ')) wrong.push(cutAt);
    }

    expect(wrong).toEqual([]);
  },
);
