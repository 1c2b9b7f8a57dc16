import { describe, expect, it } from 'vitest';

import { fvad } from '../../src/providers/whisper/fvad.ts';
import { ALPHABET, asHeard, speak } from '../../src/simulators/persona/voice.ts';
import { LETTER_MS, PAUSE_MS, RATE_HZ } from './tone-support.ts';

describe('the voice', () => {
  it('has a sound for each letter and digit, and none for anything else', () => {
    const sounds = Array.from(ALPHABET, (letter) => hexOf(speak(letter, RATE_HZ)));

    expect(new Set(sounds).size).toBe(36);
    expect(speak('.', RATE_HZ).some((byte) => byte !== 0)).toBe(false);
    expect(speak('ab c', RATE_HZ).length).toBe(2 * ((3 * LETTER_MS + PAUSE_MS) * 16));
  });

  it('says the same for the same text, at rates that were forgotten too', () => {
    const first = hexOf(speak('again', RATE_HZ));

    for (let rateHz = 8_000; rateHz < 8_020; rateHz += 1) speak('a', rateHz);

    expect(hexOf(speak('again', RATE_HZ))).toBe(first);
  });

  it('is written down without capitals, accents and punctuation', () => {
    expect(asHeard('  Good-bye, Señor Müller:  2½ km! ')).toBe('good bye senor muller 21 2 km');
  });

  it.each([8_000, 16_000, 48_000])(
    'is speech to the strictest detector, at %i Hz',
    async (rateHz) => {
      const detector = await fvad({ mode: 3 })({ sampleRateHz: rateHz });
      const samples = new Int16Array(
        speak('The quick brown fox jumps over it 0123456789', rateHz).buffer,
      );
      let frames = 0;
      let spoken = 0;

      for (let at = 0; at + detector.frameSamples <= samples.length; at += detector.frameSamples) {
        frames += 1;
        if (detector.isSpeech(samples.subarray(at, at + detector.frameSamples))) spoken += 1;
      }

      expect(spoken / frames).toBeGreaterThan(0.95);
    },
  );
});

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
