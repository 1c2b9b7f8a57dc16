/** The voice as tests say it, and what the tone recogniser makes of it. */
import { expect } from 'vitest';

import type {
  RecognisedWord,
  RecogniserResult,
} from '../../src/simulators/recogniser/recogniser.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';

export const RATE_HZ = 16_000;
export const LETTER_MS = 65;
export const PAUSE_MS = 90;
/** Of clean speech; 10 ms are promised. */
const NEAR_MS = 3;

interface SaidWord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

interface Listening {
  readonly rateHz?: number;
  readonly endpointMs?: number;
  /** Taken in turn. */
  readonly chunks?: readonly number[];
}

export function listen({ rateHz = RATE_HZ, endpointMs = 500 }: Listening = {}) {
  const results: RecogniserResult[] = [];
  const stream = createToneRecogniser({ endpointMs }).open({
    sampleRateHz: rateHz,
    onResult: (result) => results.push(result),
    onError: fail,
  });
  return { stream, results };
}

export function hear(audio: Uint8Array, how: Listening = {}): readonly RecogniserResult[] {
  const { stream, results } = listen(how);
  const { chunks = [3_200] } = how;
  for (let at = 0, turn = 0; at < audio.length; turn += 1) {
    const length = Math.max(1, chunks[turn % chunks.length] ?? 1);
    const chunk = audio.slice(at, at + length);
    stream.write(chunk);
    chunk.fill(0x55);
    at += length;
  }
  stream.flush(1);
  return results;
}

export function fail(): never {
  throw new Error('not expected');
}

export const finalsOf = (results: readonly RecogniserResult[]) =>
  results.filter(({ kind }) => kind === 'final');

export const wordsOf = (results: readonly RecogniserResult[]) =>
  finalsOf(results).flatMap((result) => result.words);

/** The truth, worked out from the text. */
export function saidOf(text: string, fromMs = 0): readonly SaidWord[] {
  let atMs = fromMs;
  return text.split(' ').map((word) => {
    const startMs = atMs;
    const endMs = startMs + word.length * LETTER_MS;
    atMs = endMs + PAUSE_MS;
    return { text: word, startMs, endMs };
  });
}

export function expectWords(
  words: readonly RecognisedWord[],
  said: readonly SaidWord[],
  rateHz: number,
  nearMs = NEAR_MS,
): void {
  expect(words.map(({ text }) => text)).toEqual(said.map(({ text }) => text));
  for (const [index, { startMs, endMs }] of said.entries()) {
    const { startSample, endSample } = words[index]!;
    expect(Math.abs((startSample * 1_000) / rateHz - startMs)).toBeLessThan(nearMs);
    expect(Math.abs((endSample * 1_000) / rateHz - endMs)).toBeLessThan(nearMs);
  }
}

export function expectTiles(finals: readonly RecogniserResult[], samples: number): void {
  let until = 0;
  for (const { startSample, endSample } of finals) {
    expect(startSample).toBe(until);
    until = endSample;
  }
  expect(until).toBe(samples);
}

export function silence(ms: number): Uint8Array {
  return new Uint8Array(ms * 32);
}

export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}

export function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer);
}
