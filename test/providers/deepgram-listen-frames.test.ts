import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ProviderEvent, ProviderStream } from '../../src/providers/contract.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';

type Transcript = Extract<ProviderEvent, { kind: 'transcript' }>;

const RECORDED = join(import.meta.dirname, '../../../shared/fixtures/deepgram-listen');

function openStream(sampleRateHz = 16_000): ProviderStream {
  return deepgramListen({ apiKey: 'key' }).openStream({ encoding: 'pcm_s16le', sampleRateHz });
}

function decode(message: unknown, stream = openStream()): ProviderEvent {
  const events = stream.decode(JSON.stringify(message));
  expect(events).toHaveLength(1);
  return events[0]!;
}

function results(fields: object = {}): object {
  return {
    type: 'Results',
    channel_index: [0, 1],
    start: 9.6,
    duration: 4.76,
    is_final: true,
    speech_final: true,
    from_finalize: false,
    channel: {
      alternatives: [
        {
          transcript: "Paris at a moment's notice.",
          confidence: 0.99,
          words: [
            {
              word: 'paris',
              start: 9.68,
              end: 10.08,
              confidence: 0.92,
              punctuated_word: 'Paris',
            },
            { word: 'at', start: 10.08, end: 10.2, confidence: 0.98 },
          ],
        },
      ],
    },
    ...fields,
  };
}

describe('deepgram listen, what it sends', () => {
  it('sends audio as it is, and control as text', () => {
    const stream = openStream();
    const bytes = new Uint8Array([1, 2]);

    expect(stream.encodeAudio(bytes)).toBe(bytes);
    expect(stream.encodeKeepAlive()).toBe('{"type":"KeepAlive"}');
    expect(stream.encodeFlush()).toBe('{"type":"Finalize"}');
    expect(stream.encodeGoodbye()).toBe('{"type":"CloseStream"}');
  });
});

describe('deepgram listen, results', () => {
  it('reads a final, with its words in samples', () => {
    expect(decode(results())).toEqual({
      kind: 'transcript',
      text: "Paris at a moment's notice.",
      words: [
        { text: 'Paris', startSample: 154_880, endSample: 161_280, confidence: 0.92 },
        { text: 'at', startSample: 161_280, endSample: 163_200, confidence: 0.98 },
      ],
      startSample: 153_600,
      endSample: 229_760,
      isFinal: true,
      endsUtterance: true,
      answersFlush: false,
    });
  });

  it('reads an interim', () => {
    const event = decode(results({ is_final: false, speech_final: false }));

    expect(event).toMatchObject({ isFinal: false, endsUtterance: false, answersFlush: false });
  });

  it('takes an absent speech_final for no', () => {
    expect(decode(results({ speech_final: undefined }))).toMatchObject({ endsUtterance: false });
  });

  it('reads the answer to Finalize', () => {
    expect(decode(results({ from_finalize: true }))).toMatchObject({ answersFlush: true });
  });

  it('reads an empty final: its samples are done with all the same', () => {
    const channel = { alternatives: [{ transcript: '', confidence: 0, words: [] }] };

    expect(decode(results({ channel }))).toMatchObject({
      text: '',
      words: [],
      startSample: 153_600,
      endSample: 229_760,
      isFinal: true,
    });
  });

  it.each([
    ['no channel', { channel: undefined }],
    ['a null channel', { channel: null }],
    ['no alternatives', { channel: {} }],
    ['an empty list of alternatives', { channel: { alternatives: [] } }],
    ['a null alternative', { channel: { alternatives: [null] } }],
    ['alternatives that are text', { channel: { alternatives: 'ab' } }],
    [
      'words that are none',
      { channel: { alternatives: [{ transcript: 1, words: [null, 'a', []] }] } },
    ],
    ['words that are text', { channel: { alternatives: [{ words: 'ab' }] } }],
  ])('reads %s as no words', (_, fields) => {
    expect(decode(results(fields))).toMatchObject({ text: '', words: [] });
  });

  it('takes times that are no numbers for 0', () => {
    const event = decode(results({ start: '9.6', duration: null }));

    expect(event).toMatchObject({ startSample: 0, endSample: 0 });
  });
});

describe('deepgram listen, other messages', () => {
  it('reads where speech began', () => {
    const event = decode({ type: 'SpeechStarted', channel: [0, 1], timestamp: 12.08 });

    expect(event).toEqual({ kind: 'speechStarted', atSample: 193_280 });
  });

  it('reads where an utterance ended', () => {
    const event = decode({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: 8.8 });

    expect(event).toEqual({ kind: 'utteranceEnded', atSample: 140_800 });
  });

  it('ignores the end of an utterance that speech_final closed', () => {
    const event = decode({ type: 'UtteranceEnd', channel: [0, 1], last_word_end: -1 });

    expect(event.kind).toBe('ignored');
  });

  it('ignores one that comes late, when the next utterance runs', () => {
    const stream = openStream();
    decode(results({ start: 0, duration: 9.6 }), stream);

    const late = decode({ type: 'UtteranceEnd', last_word_end: 8.8 }, stream);
    const next = decode({ type: 'UtteranceEnd', last_word_end: 14.2 }, stream);
    const again = decode({ type: 'UtteranceEnd', last_word_end: 14.2 }, stream);

    expect([late.kind, next.kind, again.kind]).toEqual(['ignored', 'utteranceEnded', 'ignored']);
  });

  it('takes Metadata for the end of all work only after the goodbye', () => {
    const stream = openStream();
    const metadata = { type: 'Metadata', duration: 9.0, channels: 1 };

    const beforeAnIdleClose = decode(metadata, stream);
    stream.encodeGoodbye();
    const afterGoodbye = decode(metadata, stream);

    expect(beforeAnIdleClose.kind).toBe('ignored');
    expect(afterGoodbye).toEqual({ kind: 'finished', samples: 144_000 });
  });

  it('takes an Error for a passing failure, in one clean line', () => {
    const description = `bad\r\n\u001b[0m${'x'.repeat(300)}`;

    const event = decode({ type: 'Error', description });

    expect(event).toMatchObject({ kind: 'failed', failure: { kind: 'transient' } });
    const detail = event.kind === 'failed' ? event.failure.detail : '';
    expect(detail).toMatch(/^bad {3}\[0mx+$/);
    expect(detail).toHaveLength(200);
  });

  it.each([
    ['an unknown type', '{"type":"Warning"}'],
    ['no type', '{}'],
    ['a type that cannot be made text', '{"type":{"toString":null,"valueOf":null}}'],
    ['an array', '[{"type":"Results"}]'],
    ['null', 'null'],
    ['a number', '1'],
    ['text that is not JSON', 'Results'],
    ['no text', ''],
    ['JSON that is too deep', '['.repeat(100_000)],
  ])('ignores %s', (_, frame) => {
    expect(openStream().decode(frame)).toMatchObject([{ kind: 'ignored' }]);
  });

  it('ignores a binary frame', () => {
    expect(openStream().decode(new Uint8Array([123, 125]))).toMatchObject([{ kind: 'ignored' }]);
  });
});

describe('deepgram listen, for anything that may come', () => {
  const type = fc.constantFrom('Results', 'Metadata', 'SpeechStarted', 'UtteranceEnd', 'Error');
  const anyMessage = fc
    .tuple(
      type,
      fc.dictionary(
        fc.constantFrom(
          'start',
          'duration',
          'channel',
          'timestamp',
          'last_word_end',
          'is_final',
          'description',
        ),
        fc.oneof(
          fc.jsonValue(),
          fc.record({ alternatives: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())) }),
          fc.record({ alternatives: fc.constant([{ words: [null, {}, 1], transcript: {} }]) }),
        ),
      ),
    )
    .map(([name, fields]) => JSON.stringify({ type: name, ...fields }));

  it('never throws, and tells times that are numbers and words that are text', () => {
    const frame = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), anyMessage, fc.uint8Array());
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), (frames) => {
        const stream = openStream();
        stream.encodeGoodbye();
        for (const event of frames.flatMap((each) => stream.decode(each))) {
          if (event.kind === 'finished') expect(event.samples).not.toBeNaN();
          if (event.kind !== 'transcript') continue;
          expect(event.startSample).not.toBeNaN();
          expect(event.endSample).not.toBeNaN();
          expect(typeof event.text).toBe('string');
          for (const word of event.words) expect(typeof word.text).toBe('string');
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe.skipIf(!existsSync(RECORDED))(
  'deepgram listen, a recorded session (skipped where ../shared/fixtures is absent)',
  () => {
    it('decodes into finals that tile the audio from 0 to 9 s', () => {
      const stream = openStream();
      const events = recordedFrames().flatMap(({ dir, frame }) => {
        if (dir === 'S>C') return stream.decode(JSON.stringify(frame));
        if (frame.type === 'CloseStream') stream.encodeGoodbye();
        return [];
      });

      const finals = events.filter(
        (event): event is Transcript => event.kind === 'transcript' && event.isFinal,
      );

      expect(finals.map(({ startSample, endSample }) => [startSample, endSample])).toEqual([
        [0, 48_000],
        [48_000, 96_000],
        [96_000, 144_000],
      ]);
      expect(finals.map(({ answersFlush }) => answersFlush)).toEqual([true, true, false]);
      expect(finals.map(({ text }) => text)).toEqual([
        'The red boat is ready.',
        'The red boat is ready.',
        'The blue train is late.',
      ]);
      for (const { words, startSample, endSample } of finals) {
        expect(words.length).toBeGreaterThan(0);
        expect(words.every((word) => word.startSample >= startSample)).toBe(true);
        expect(words.every((word) => word.endSample <= endSample)).toBe(true);
      }
      expect(events.at(-1)).toEqual({ kind: 'finished', samples: 144_000 });
    });
  },
);

interface RecordedFrame {
  readonly dir: 'C>S' | 'S>C';
  readonly frame: { readonly type: string };
}

function recordedFrames(): readonly RecordedFrame[] {
  const name = readdirSync(RECORDED).find((file) => file.endsWith('.jsonl'))!;
  return readFileSync(join(RECORDED, name), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RecordedFrame)
    .filter(({ frame }) => (frame as unknown) !== undefined);
}
