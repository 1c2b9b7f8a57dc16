/**
 * A voice without a recording: each letter a short tone, each space a pause. Nobody would take it for a person, but it
 * is audible, lasts as long as speech does, is the same for the same text, and can be understood again.
 *
 * Every letter and digit has a pitch of its own, a whole number of waves that fill its time.
 */
export const LETTER_MS = 65;
export const PAUSE_MS = 90;
/** A letter swells and fades for so long at either end. */
export const FADE_MS = 6;
export const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
/** Waves in the first letter; each letter that follows has one more: 185 to 723 Hz. */
export const FEWEST_WAVES = 12;

const AMPLITUDE = 0.18;
/** Above the pitch, each softer than the one before: a detector of voices takes them for one (libfvad at its strictest). */
const OVERTONES = [1, 0.5, 0.25] as const;
/** Rates whose tones are kept. */
const KEPT_RATES = 8;

const tonesByRate = new Map<number, Map<string, Int16Array>>();

/** @returns PCM s16le mono. */
export function speak(text: string, sampleRateHz: number): Uint8Array {
  const letters = lettersOf(text);
  const pauseSamples = samplesOf(PAUSE_MS, sampleRateHz);
  const toneSamples = samplesOf(LETTER_MS, sampleRateHz);
  const sounded = letters.reduce((sum, letter) => (letter === ' ' ? sum : sum + 1), 0);
  const samples = new Int16Array(sounded * toneSamples + (letters.length - sounded) * pauseSamples);
  const tones = tonesOf(sampleRateHz);
  let at = 0;
  for (const letter of letters) {
    if (letter === ' ') {
      at += pauseSamples;
      continue;
    }
    let tone = tones.get(letter);
    if (tone === undefined) {
      tone = toneOf(letter, sampleRateHz);
      tones.set(letter, tone);
    }
    samples.set(tone, at);
    at += toneSamples;
  }

  return new Uint8Array(samples.buffer);
}

/** What good ears write down of `speak(text)`: its letters and digits, without capitals, accents or punctuation. */
export function asHeard(text: string): string {
  return lettersOf(text).join('').trim().replaceAll(/ +/g, ' ');
}

/** A space for whatever is silent. Letters of other scripts borrow the sound of a Latin one. */
function lettersOf(text: string): readonly string[] {
  const plain = text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return Array.from(plain, (letter) => {
    if (ALPHABET.includes(letter)) return letter;
    if (!/[\p{L}\p{N}]/u.test(letter)) return ' ';
    return ALPHABET.charAt((letter.codePointAt(0) ?? 0) % ALPHABET.length);
  });
}

function tonesOf(sampleRateHz: number): Map<string, Int16Array> {
  let tones = tonesByRate.get(sampleRateHz);
  if (tones === undefined) {
    if (tonesByRate.size >= KEPT_RATES) tonesByRate.clear();
    tones = new Map();
    tonesByRate.set(sampleRateHz, tones);
  }
  return tones;
}

function toneOf(letter: string, sampleRateHz: number): Int16Array {
  const waves = FEWEST_WAVES + ALPHABET.indexOf(letter);
  const pitchHz = (waves * 1_000) / LETTER_MS;
  const fade = (FADE_MS * sampleRateHz) / 1_000;
  const samples = new Int16Array(samplesOf(LETTER_MS, sampleRateHz));
  for (let at = 0; at < samples.length; at += 1) {
    const phase = (2 * Math.PI * pitchHz * at) / sampleRateHz;
    const tone = OVERTONES.reduce((sum, level, k) => sum + level * Math.sin(phase * (k + 1)), 0);
    const envelope = Math.min(1, at / fade, (samples.length - 1 - at) / fade);
    samples[at] = Math.round(tone * envelope * AMPLITUDE * 32_767);
  }
  return samples;
}

function samplesOf(ms: number, sampleRateHz: number): number {
  return Math.round((ms * sampleRateHz) / 1_000);
}
