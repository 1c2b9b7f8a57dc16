/** What is dropped, and why; and that nothing that a server says can do harm. */
import fc from 'fast-check';
import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { dropReasonOf, filterSettingsOf } from '../../src/providers/wire/hallucination-filter.ts';
import type { FilterOptions, Heard } from '../../src/providers/wire/hallucination-filter.ts';
import { compressionRatioOf, isLooping } from '../../src/providers/wire/repetition.ts';
import { WhisperStream } from '../../src/providers/whisper/stream.ts';
import type { ProviderEvent } from '../../src/providers/contract.ts';

const SPOKEN: Heard = {
  text: 'Go forward ten metres.',
  noSpeechProb: 0.02,
  avgLogprob: -0.3,
  compressionRatio: 1.1,
  voicedMs: 1_500,
};

const judged = (heard: Partial<Heard>, options?: FilterOptions): string | null =>
  dropReasonOf({ ...SPOKEN, ...heard }, filterSettingsOf(options));

describe('the hallucination filter', () => {
  it.each<readonly [Partial<Heard>, string | null]>([
    [{}, null],
    [{ text: '', noSpeechProb: 1, avgLogprob: -9 }, null],
    [{ noSpeechProb: 0.61, avgLogprob: -1.01 }, 'noSpeech'],
    [{ noSpeechProb: 0.6, avgLogprob: -1.01 }, null],
    [{ noSpeechProb: 0.61, avgLogprob: -1 }, null],
    [{ noSpeechProb: 0.99, avgLogprob: null }, 'noSpeech'],
    [{ noSpeechProb: null, avgLogprob: null, compressionRatio: null }, null],
    [{ avgLogprob: -1.51 }, 'lowConfidence'],
    [{ avgLogprob: -1.5 }, null],
    [{ compressionRatio: 2.41 }, 'compressible'],
    [{ compressionRatio: 2.4 }, null],
    [{ text: 'so so so so so so' }, 'repetition'],
    [{ text: 'no no no, I mean it' }, null],
    [{ text: 'I think that I think that I think that' }, 'repetition'],
    [{ text: 'ten of clubs, ten of spades, ten of hearts' }, null],
    [{ text: '謝謝你的謝謝你的謝謝你的謝謝你的' }, 'repetition'],
    [{ text: 'Subtitles by the Amara.org community' }, 'knownPhrase'],
    [{ text: 'Untertitel der Amara.org-Community' }, 'knownPhrase'],
    [{ text: "Sous-titres réalisés par la communauté d'Amara.org" }, 'knownPhrase'],
    [{ text: 'Субтитры сделал DimaTorzok' }, 'knownPhrase'],
    [{ text: 'Thank you for watching!' }, null],
    [{ text: 'Thank you for watching!', noSpeechProb: 0.41 }, 'knownPhrase'],
    [{ text: 'Thank you.', avgLogprob: -0.81 }, 'knownPhrase'],
    [{ text: 'Thank you.', voicedMs: 239 }, 'knownPhrase'],
    [{ text: 'Thank you.', voicedMs: 240 }, null],
    [{ text: 'Thank you, I will be there at nine.', noSpeechProb: 0.5 }, null],
    [{ text: 'ご視聴ありがとうございました', noSpeechProb: 0.5 }, 'knownPhrase'],
  ])('judges %j: %s', (heard, reason) => {
    expect(judged(heard)).toBe(reason);
  });

  it('looks at what it is told to look at', () => {
    expect(judged({ noSpeechProb: 1, avgLogprob: -1.4 }, { maxNoSpeechProb: null })).toBe(null);
    expect(judged({ avgLogprob: -9 }, { minAvgLogprob: null })).toBe(null);
    expect(judged({ compressionRatio: 9 }, { maxCompressionRatio: null })).toBe(null);
    expect(judged({ text: 'so so so so so so' }, { repetition: false })).toBe(null);
    expect(judged({ text: 'Captions by nobody' }, { knownPhrases: false })).toBe(null);
    expect(
      judged({ text: 'Brought to you by Acme!' }, { knownPhrases: ['brought to you by acme'] }),
    ).toBe('knownPhrase');
  });

  it('reckons the compression where the server tells none, near enough to what zlib does', () => {
    const prose =
      'He was not an ill disposed young man, unless to be rather cold hearted and rather selfish is to be ill disposed.';
    const loop = 'And then we go to the next one. '.repeat(12);

    const zlib = (text: string): number => Buffer.byteLength(text) / deflateSync(text).length;

    expect(compressionRatioOf(prose)).toBeLessThan(2.4);
    expect(zlib(prose)).toBeLessThan(2.4);
    expect(compressionRatioOf(prose) / zlib(prose)).toBeGreaterThan(0.8);
    expect(compressionRatioOf(prose) / zlib(prose)).toBeLessThan(1.25);
    expect(compressionRatioOf(loop)).toBeGreaterThan(4);
    expect(judged({ text: loop, compressionRatio: null })).toBe('compressible');
  });

  it('never throws, whatever the text and the figures', () => {
    const figure = fc.option(fc.double());
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 3_000 }),
        figure,
        figure,
        figure,
        fc.double(),
        (text, noSpeechProb, avgLogprob, compressionRatio, voicedMs) => {
          const heard = { text, noSpeechProb, avgLogprob, compressionRatio, voicedMs };

          expect(() => dropReasonOf(heard, filterSettingsOf())).not.toThrow();
        },
      ),
    );
  });

  it('takes its time with no text', () => {
    const hostile = ['a'.repeat(200_000), 'ab '.repeat(60_000), '\u0000'.repeat(100_000)];

    for (const text of hostile) {
      isLooping(text);
      compressionRatioOf(text);
    }

    expect(compressionRatioOf(hostile[0]!)).toBeGreaterThan(50);
  });
});

const stream = (): WhisperStream =>
  new WhisperStream({ sampleRateHz: 16_000, filter: filterSettingsOf(), secrets: ['sk-secret'] });

const answer = (body: unknown, fields: Readonly<Record<string, unknown>> = {}): string =>
  JSON.stringify({
    type: 'answer',
    lead: 0,
    from: 16_000,
    to: 48_000,
    flush: false,
    voicedMs: 1_500,
    pause: true,
    body: JSON.stringify(body),
    ...fields,
  });

describe('the decoder', () => {
  it('places the words that OpenAI lists beside the segments', () => {
    const body = {
      text: 'Hello there.',
      segments: [{ id: 0, start: 0, end: 1.2, text: ' Hello there.', avg_logprob: 0 }],
      words: [
        { word: 'Hello', start: 0.1, end: 0.5 },
        { word: 'there', start: 0.5, end: 1 },
      ],
    };

    const events = stream().decode(answer(body));

    expect(events).toContainEqual({
      kind: 'transcript',
      text: 'Hello there.',
      words: [
        { text: 'Hello', startSample: 17_600, endSample: 24_000, confidence: 1 },
        { text: 'there', startSample: 24_000, endSample: 32_000, confidence: 1 },
      ],
      startSample: 16_000,
      endSample: 48_000,
      isFinal: true,
      endsUtterance: true,
      answersFlush: false,
    });
  });

  it('reads the words that whisper.cpp puts inside its segments', () => {
    const words = [{ word: ' Hello', start: 0, end: 0.5, t_dtw: -1, probability: 0.75 }];
    const body = { text: ' Hello\n', segments: [{ start: 0, end: 1, text: ' Hello', words }] };

    const events = stream().decode(answer(body));

    expect(events.find(({ kind }) => kind === 'transcript')).toMatchObject({ text: '' });
    expect(events).toContainEqual(
      expect.objectContaining({
        text: 'Hello',
        words: [{ text: 'Hello', startSample: 16_000, endSample: 24_000, confidence: 0.75 }],
      }),
    );
  });

  it('drops a segment with its words, and keeps the others', () => {
    const body = {
      segments: [
        { start: 0, end: 1, text: ' Go on.', no_speech_prob: 0, avg_logprob: -0.2 },
        { start: 1, end: 2, text: ' Thank you.', no_speech_prob: 0.9, avg_logprob: -1.2 },
      ],
      words: [
        { word: 'Go', start: 0, end: 0.3 },
        { word: 'on', start: 0.4, end: 0.8 },
        { word: 'Thank', start: 1.1, end: 1.4 },
        { word: 'you', start: 1.4, end: 1.8 },
      ],
    };

    const events = stream().decode(answer(body));

    const final = events.filter(({ kind }) => kind === 'transcript').at(-1);
    expect(final).toMatchObject({ text: 'Go on.', words: [{ text: 'Go' }, { text: 'on' }] });
    expect(events).toContainEqual({
      kind: 'dropped',
      reason: 'noSpeech',
      text: 'Thank you.',
      startSample: 32_000,
      endSample: 48_000,
    });
  });

  it('covers the audio of a text that was dropped whole, and ends no utterance with it', () => {
    const events = stream().decode(answer({ text: 'Untertitel im Auftrag des ZDF, 2020' }));

    const final = events.filter(({ kind }) => kind === 'transcript').at(-1);
    expect(final).toMatchObject({
      text: '',
      startSample: 16_000,
      endSample: 48_000,
      endsUtterance: false,
    });
  });

  it('repeats no key', () => {
    const refused = {
      type: 'refused',
      from: 0,
      to: 10,
      status: 400,
      body: '{"error":{"message":"what is sk-secret?"}}',
    };

    expect(JSON.stringify(stream().decode(JSON.stringify(refused)))).not.toContain('sk-secret');
  });

  it('stays with its word whatever it is sent: it never throws, and finals are in order', () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    const field = fc.oneof(value, fc.double(), fc.integer(), fc.boolean());
    const message = fc.record(
      {
        type: fc.constantFrom(
          'speech',
          'listening',
          'silence',
          'answer',
          'tooQuiet',
          'refused',
          'flushed',
          'finished',
          'new',
          '__proto__',
        ),
        lead: field,
        from: field,
        to: field,
        at: field,
        samples: field,
        flush: field,
        pause: field,
        voicedMs: field,
        status: field,
        body: fc.oneof(
          fc.string(),
          value.map((body) => JSON.stringify(body)),
          fc
            .record(
              {
                text: field,
                segments: fc.array(
                  fc.record(
                    {
                      start: field,
                      end: field,
                      text: field,
                      words: value,
                      avg_logprob: field,
                      no_speech_prob: field,
                      compression_ratio: field,
                    },
                    { requiredKeys: [] },
                  ),
                ),
                words: fc.array(
                  fc.record({ word: field, start: field, end: field, probability: field }),
                ),
              },
              { requiredKeys: [] },
            )
            .map((body) => JSON.stringify(body)),
        ),
      },
      { requiredKeys: ['type'] },
    );
    const frames = fc.oneof(
      message.map((fields) => JSON.stringify(fields)),
      fc.tuple(message, fc.nat()).map(([fields, cut]) => JSON.stringify(fields).slice(0, cut)),
      fc.string(),
      fc.uint8Array(),
    );
    fc.assert(
      fc.property(frames, (frame) => {
        const events: readonly ProviderEvent[] = stream().decode(frame);

        for (const event of events) {
          if (event.kind !== 'transcript' && event.kind !== 'dropped') continue;
          expect(Number.isSafeInteger(event.startSample)).toBe(true);
          expect(event.endSample).toBeGreaterThanOrEqual(event.startSample);
        }
        expect(({} as Readonly<Record<string, unknown>>)['type']).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});
