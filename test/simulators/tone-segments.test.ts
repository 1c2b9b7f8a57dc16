/** Where the tone recogniser ends what it says, and what it makes of audio that is cut. */
import { describe, expect, it } from 'vitest';

import { speak } from '../../src/simulators/persona/voice.ts';
import type { RecogniserResult } from '../../src/simulators/recogniser/recogniser.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import {
  LETTER_MS,
  RATE_HZ,
  expectTiles,
  expectWords,
  finalsOf,
  hear,
  joined,
  listen,
  saidOf,
  silence,
  wordsOf,
} from './tone-support.ts';

describe('segments of the tone recogniser', () => {
  it('end where the speaker pauses for 500 ms, and not before', () => {
    const audio = joined(speak('one', RATE_HZ), silence(450), speak('two', RATE_HZ), silence(700));

    const finals = finalsOf(hear(audio));

    expect(finals[0]).toMatchObject({ text: 'one two', endsUtterance: true, startSample: 0 });
    const pauseMs = msAfterLastWord(finals[0]);
    expect(pauseMs).toBeGreaterThanOrEqual(500);
    expect(pauseMs).toBeLessThan(600);
    expectTiles(finals, audio.length / 2);
  });

  it('end after the pause that is asked for', () => {
    const audio = joined(speak('one', RATE_HZ), silence(300), speak('two', RATE_HZ), silence(300));

    const finals = finalsOf(hear(audio, { endpointMs: 150 }));

    expect(finals.slice(0, 2).map(({ text, endsUtterance }) => [text, endsUtterance])).toEqual([
      ['one', true],
      ['two', true],
    ]);
  });

  it('do not end where the next word has just begun', () => {
    for (let begunMs = 1; begunMs <= 30; begunMs += 1) {
      const pauseMs = 900 - 3 * LETTER_MS - begunMs; // the segment could end after 900 ms
      const audio = joined(speak('one', RATE_HZ), silence(pauseMs), speak('abba', RATE_HZ));

      const words = wordsOf(hear(audio, { endpointMs: pauseMs }));

      expect(words.map(({ text }) => text)).toEqual(['one', 'abba']);
      expect(Math.abs((words[1]!.startSample * 1_000) / RATE_HZ - (900 - begunMs))).toBeLessThan(8);
    }
  });

  it('refuse a pause that the voice makes between words, and one that never comes', () => {
    for (const endpointMs of [99, 5_001, Number.NaN]) {
      expect(() => createToneRecogniser({ endpointMs })).toThrow(/endpointMs/);
    }
  });

  it('end every 5 s where nobody speaks', () => {
    const finals = finalsOf(hear(silence(12_000)));

    expect(finals.map(({ endSample, text }) => [endSample / RATE_HZ, text])).toEqual([
      [5, ''],
      [10, ''],
      [12, ''],
    ]);
  });

  it('end between two words when they last 20 s', () => {
    const said = 'somebody never pauses '.repeat(40).trim();

    const results = hear(speak(said, RATE_HZ));

    const finals = finalsOf(results);
    expect(finals.length).toBeGreaterThan(2);
    for (const { startSample, endSample, endsUtterance } of finals.slice(0, -1)) {
      expect((endSample - startSample) / RATE_HZ).toBeGreaterThanOrEqual(20);
      expect((endSample - startSample) / RATE_HZ).toBeLessThan(24);
      expect(endsUtterance).toBe(false);
    }
    expectWords(wordsOf(results), saidOf(said), RATE_HZ, 10);
  });

  it('end after 30 s in the middle of a word that is longer than that', () => {
    const finals = finalsOf(hear(speak('ab'.repeat(300), RATE_HZ)));

    expect(finals.map(({ endSample }) => endSample / RATE_HZ)).toEqual([30, 39]);
    expect(finals.map(({ text }) => text).join('')).toHaveLength(600);
  });

  it('are restated while they last, the last word as far as it was heard', () => {
    const interims = hear(speak('hello world', RATE_HZ)).filter(({ kind }) => kind === 'interim');

    expect(interims.map(({ text, startSample }) => [text, startSample])).toEqual([
      ['hell', 0],
      ['hello wo', 0],
    ]);
  });

  it('are repeated by a replay from any final, word for word', () => {
    const audio = joined(
      ...['one two', 'three', 'four five'].flatMap((text) => [speak(text, RATE_HZ), silence(777)]),
    );
    const finals = finalsOf(hear(audio));

    for (const [index, { endSample }] of finals.entries()) {
      const again = finalsOf(hear(audio.subarray(2 * endSample)));

      const moved = again.map((final) => shifted(final, endSample));
      const rest = finals.slice(index + 1);
      expect(moved.filter(({ coversAudio }) => coversAudio)).toEqual(rest);
    }
  });
});

describe('what is cut', () => {
  it('in a word by a flush is heard on either side, each letter once', () => {
    const audio = speak('hello', RATE_HZ);
    const letterSamples = LETTER_MS * 16;

    for (let cut = 0; cut <= audio.length / 2; cut += 37) {
      const inLetter = cut % letterSamples;
      if (Math.abs(inLetter - letterSamples / 2) < 5 * 16) continue; // its halves are alike
      const { stream, results } = listen();
      stream.write(audio.subarray(0, 2 * cut));
      stream.flush(1);
      stream.write(audio.subarray(2 * cut));
      stream.flush(2);

      const letters = Math.round(cut / letterSamples);
      const texts = ['hello'.slice(0, letters), 'hello'.slice(letters)];
      expect(
        finalsOf(results).map(({ text }) => text),
        `cut at ${cut}`,
      ).toEqual(texts);
    }
  });

  it('out of the audio is not heard, and all else is', () => {
    const audio = speak('goodbye my friends', RATE_HZ);
    const letterBytes = 2 * LETTER_MS * 16;
    const lost = [2.3 * letterBytes, 5.2 * letterBytes].map((bytes) => 2 * Math.round(bytes / 2));

    const words = wordsOf(hear(joined(audio.subarray(0, lost[0]), audio.subarray(lost[1]))));

    // The third letter keeps 0.3 of itself, the sixth 0.8.
    expect(words.map(({ text }) => text)).toEqual(['goye', 'my', 'friends']);
  });

  it.each([
    ['one letter leaves it a letter', 'a b c', 28, 36],
    ['two letters that are alike leaves them two', 'aa b c', 45, 85],
  ])('out of %s', (_what, said, fromMs, toMs) => {
    const audio = speak(said, RATE_HZ);

    const words = wordsOf(hear(joined(audio.subarray(0, fromMs * 32), audio.subarray(toMs * 32))));

    expect(words.map(({ text }) => text)).toEqual(said.split(' '));
  });
});

function msAfterLastWord(final: RecogniserResult | undefined): number {
  return ((final!.endSample - final!.words.at(-1)!.endSample) * 1_000) / RATE_HZ;
}

function shifted(final: RecogniserResult, samples: number): RecogniserResult {
  const shift = <T extends { readonly startSample: number; readonly endSample: number }>(
    of: T,
  ) => ({
    ...of,
    startSample: of.startSample + samples,
    endSample: of.endSample + samples,
  });
  return shift({ ...final, words: final.words.map(shift) });
}
