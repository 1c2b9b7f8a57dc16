/**
 * A voice without a recording: each letter a short tone, each space a pause. Nobody would take it for a person, but it
 * is audible, lasts as long as speech does, and is the same for the same text.
 */
const LETTER_MS = 65;
const PAUSE_MS = 90;
const FADE_MS = 6;
const LOWEST_HZ = 140;
const AMPLITUDE = 0.3;
const OVERTONES = [1, 0.5, 0.25] as const;

/** @returns PCM s16le mono. */
export function speak(text: string, sampleRateHz: number): Uint8Array {
  const letters = Array.from(text.toLowerCase());
  const lengths = letters.map((letter) =>
    Math.round(((isSilent(letter) ? PAUSE_MS : LETTER_MS) * sampleRateHz) / 1_000),
  );
  const samples = new Int16Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  letters.forEach((letter, index) => {
    const length = lengths[index] ?? 0;
    if (!isSilent(letter)) sing(samples.subarray(at, at + length), pitchOf(letter), sampleRateHz);
    at += length;
  });

  return new Uint8Array(samples.buffer);
}

function isSilent(letter: string): boolean {
  return !/[\p{L}\p{N}]/u.test(letter);
}

function pitchOf(letter: string): number {
  return LOWEST_HZ * 2 ** (((letter.codePointAt(0) ?? 0) % 24) / 24);
}

function sing(into: Int16Array, pitchHz: number, sampleRateHz: number): void {
  const fade = (FADE_MS * sampleRateHz) / 1_000;
  for (let at = 0; at < into.length; at += 1) {
    const phase = (2 * Math.PI * pitchHz * at) / sampleRateHz;
    const tone = OVERTONES.reduce((sum, level, k) => sum + level * Math.sin(phase * (k + 1)), 0);
    const envelope = Math.min(1, at / fade, (into.length - 1 - at) / fade);
    into[at] = Math.round(tone * envelope * AMPLITUDE * 32_767 * 0.6);
  }
}
