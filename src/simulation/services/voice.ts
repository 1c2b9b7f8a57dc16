/**
 * A voice that costs nothing to make and to understand: each word is a stretch of samples that say its number, at a level that
 * loudness takes for speech. The middle of a word, its nucleus, says so: a word belongs to whoever heard most of that, so
 * that wherever finals cut the audio each word is told by one of them.
 */

export const RATE_HZ = 8_000;
export const SAMPLES_PER_MS = RATE_HZ / 1_000;

/** What a word is made of, in samples. The nucleus has an odd number of them: no cut halves it. */
const BEGINNING = 140 * SAMPLES_PER_MS;
const NUCLEUS = 20 * SAMPLES_PER_MS + 1;
const WORD = 2 * BEGINNING + NUCLEUS;
export const WORD_MS = WORD / SAMPLES_PER_MS;
/** Where the middle of a word lies, from its beginning. */
export const NUCLEUS_AT_MS = WORD_MS / 2;

const BASE = 2_000;
/** Numbers of words stand so far apart: three parts, twice. */
const STRIDE = 8;
const ASKS = 4;

export interface Word {
  readonly number: number;
  /** Its turn asks for the tool. */
  readonly asksTool: boolean;
}

/** `w12`, or `t12` of a turn that asks for the tool. */
export function textOf({ number, asksTool }: Word): string {
  return `${asksTool ? 't' : 'w'}${number}`;
}

/** @returns null for what no word of this voice is. */
export function wordOf(text: string): Word | null {
  const [, kind, number] = /^([wt])(\d+)$/.exec(text) ?? [];
  return number === undefined ? null : { number: Number(number), asksTool: kind === 't' };
}

/** Writes the part of a word that falls into `samples`. @param at where the word begins, from the first of them. */
export function utter({ number, asksTool }: Word, samples: Int16Array, at: number): void {
  const value = BASE + STRIDE * number + (asksTool ? ASKS : 0);
  const fill = (part: number, from: number, to: number): void => {
    if (to > 0 && from < samples.length) samples.fill(value + part, Math.max(0, from), to);
  };
  fill(0, at, at + BEGINNING);
  fill(1, at + BEGINNING, at + BEGINNING + NUCLEUS);
  fill(2, at + BEGINNING + NUCLEUS, at + WORD);
}

/** What one sample says; null: nothing. */
export interface Reading {
  readonly word: Word;
  readonly isNucleus: boolean;
}

export function readingOf(sample: number): Reading | null {
  if (sample < BASE) return null;
  const code = sample - BASE;
  const asksTool = code % STRIDE >= ASKS;
  const word = { number: Math.floor(code / STRIDE), asksTool };
  return { word, isNucleus: code % ASKS === 1 };
}

/** Of the nucleus, at a rate that is a multiple of the voice's. */
export function isMostOfNucleus(samples: number, sampleRateHz: number): boolean {
  return samples * 2 > (NUCLEUS * sampleRateHz) / RATE_HZ;
}
