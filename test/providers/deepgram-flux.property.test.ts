import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { ProviderEvent, ProviderTranscript } from '../../src/providers/contract.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';

const EVENTS = ['Update', 'StartOfTurn', 'EagerEndOfTurn', 'TurnResumed', 'EndOfTurn', 'New'];

const odd = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(-1, 1e308, 2 ** 53, '__proto__', 'constructor', null),
);

const word = fc.record(
  { word: fc.oneof(fc.string(), odd), confidence: odd, start: fc.double(), end: fc.double() },
  { requiredKeys: [] },
);

const turnInfo = fc.record(
  {
    type: fc.constantFrom(
      'TurnInfo',
      'TurnInfo',
      'Connected',
      'Error',
      'ConfigureSuccess',
      '__proto__',
    ),
    event: fc.oneof(fc.constantFrom(...EVENTS), odd),
    sequence_id: fc.oneof(fc.nat(20), odd),
    turn_index: fc.oneof(fc.nat(4), odd),
    audio_window_start: fc.oneof(fc.double({ min: 0, max: 60, noNaN: true }), odd),
    audio_window_end: fc.oneof(fc.double({ min: 0, max: 60, noNaN: true }), odd),
    transcript: fc.oneof(fc.constantFrom('', 'a', 'a b'), odd),
    words: fc.oneof(fc.array(word, { maxLength: 4 }), odd),
    code: odd,
    description: odd,
    ['__proto__']: odd,
  },
  { requiredKeys: ['type'] },
);

const text = turnInfo.map((message) => JSON.stringify(message));
const frame = fc.oneof(
  { weight: 6, arbitrary: text },
  {
    weight: 1,
    arbitrary: text.chain((whole) => fc.nat(whole.length).map((at) => whole.slice(0, at))),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.uint8Array() },
);

/** What a session does between frames: audio, silence that is over, a goodbye. */
const step = fc.oneof(
  { weight: 5, arbitrary: frame.map((each) => ({ frame: each })) },
  { weight: 1, arbitrary: fc.nat(1_000_000).map((settle) => ({ settle })) },
);

function run(steps: readonly object[]): readonly ProviderEvent[] {
  const stream = deepgramFlux({ apiKey: 'key', forcesEndOfTurn: true }).openStream({
    encoding: 'pcm_s16le',
    sampleRateHz: 16_000,
  });
  stream.encodeAudio(new Uint8Array(64_000));
  stream.encodeFlush();
  const told = steps.flatMap((each) =>
    'frame' in each
      ? stream.decode(each.frame as string | Uint8Array)
      : (stream.settleSilence?.((each as { settle: number }).settle) ?? []),
  );
  stream.encodeGoodbye();
  return [...told, ...(stream.decodeEnd?.({ kind: 'closed', code: 1_005, reason: '' }) ?? [])];
}

describe('deepgram flux, for anything that may come', () => {
  it('never throws, and its finals tile the audio', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const told = run(steps);

        const finals = told.filter(
          (event): event is ProviderTranscript => event.kind === 'transcript' && event.isFinal,
        );
        let through = 0;
        for (const { startSample, endSample, words } of finals) {
          expect(startSample).toBe(through);
          expect(endSample).toBeGreaterThanOrEqual(startSample);
          expect(Number.isSafeInteger(endSample)).toBe(true);
          for (const each of words) {
            expect(typeof each.text).toBe('string');
            expect(each.endSample).toBeGreaterThanOrEqual(each.startSample);
            expect(Number.isFinite(each.confidence)).toBe(true);
          }
          through = endSample;
        }
        expect(told.at(-1)?.kind).toBe('finished');
        expect(Object.keys(Object.prototype)).toEqual([]);
      }),
      { numRuns: 1_500 },
    );
  });

  it('tells at most a handful of events for a frame', () => {
    fc.assert(
      fc.property(frame, (each) => {
        expect(run([{ frame: each }]).length).toBeLessThanOrEqual(6);
      }),
    );
  });
});
