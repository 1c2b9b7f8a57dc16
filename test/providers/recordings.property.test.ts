/** Recorded frames in other pieces, in another order, and with something wrong in them. */
import { existsSync } from 'node:fs';
import path from 'node:path';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { asBytes, bentOf, delayTranscription, splitMembers } from './recordings-bending.ts';
import { play } from './recordings-player.ts';
import type { Played } from './recordings-player.ts';
import { readRecordings } from './recordings-reader.ts';
import type { Recording } from './recordings-reader.ts';
import { listenTurns } from './recordings-scenes-deepgram.ts';
import { geminiAudioTurn, openaiAudioTurn, scenes } from './recordings-scenes.ts';
import { services, serviceOf, socketsOf } from './recordings-services.ts';

const folder =
  process.env['TENUTO_RECORDINGS'] ?? path.join(import.meta.dirname, '../../../shared/fixtures');
const recorded = existsSync(folder) ? readRecordings(folder).flatMap(socketsOf) : [];
const known = [...scenes, ...recorded].filter((recording) => serviceOf(recording) !== null);

/** Of one frame come a few events; nothing makes hundreds of them. */
const MOST_EVENTS_OF_A_FRAME = 80;

/** 1 ms, at 48 kHz. */
const TOLERANCE_SAMPLES = 48;

function played(recording: Recording): Played {
  const script = services[serviceOf(recording) ?? ''];
  if (script === undefined) throw new Error('of no known service');
  return play(recording, script(recording));
}

function finalsOf({ events }: Played) {
  return events.flatMap((event) => (event.kind === 'transcript' && event.isFinal ? [event] : []));
}

function ofServices(...names: readonly string[]): readonly Recording[] {
  return known.filter((recording) => names.includes(serviceOf(recording) ?? ''));
}

/** What was said by whom, and how much of it sounded. */
function storyOf({ events }: Played): unknown {
  const texts = new Map<string, string>();
  let soundBytes = 0;
  for (const event of events) {
    if (event.kind === 'item' && event.text !== undefined) texts.set(event.ref, event.text);
    if (event.kind === 'replyText') {
      texts.set(event.ref, `${texts.get(event.ref) ?? ''}${event.delta}`);
    }
    if (event.kind === 'audio') soundBytes += event.bytes.length;
  }
  const replies = events.filter(({ kind }) => kind === 'replyEnded').length;
  return { texts: [...texts.values()].filter((text) => text !== ''), soundBytes, replies };
}

describe('recorded frames', () => {
  it('are read whatever is wrong with them: nothing throws, grows or moves', () => {
    fc.assert(
      fc.property(bentOf(known), (recording) => {
        const { events, received } = played(recording);

        expect(events.length).toBeLessThanOrEqual((received + 1) * MOST_EVENTS_OF_A_FRAME);
        expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
      }),
      { numRuns: 250 },
    );
  });

  it('settle audio once, in its order, and none that was not sent', () => {
    fc.assert(
      fc.property(bentOf(ofServices('openai', 'gemini')), (recording) => {
        let throughSample = 0;
        for (const { startSample, endSample } of finalsOf(played(recording))) {
          expect(startSample).toBe(throughSample);
          expect(endSample).toBeGreaterThanOrEqual(startSample);
          throughSample = endSample;
        }

        const sentSamples = recording.steps.reduce((sum, step) => sum + samplesIn(step), 0);
        expect(throughSample).toBeLessThanOrEqual(sentSamples);
      }),
      { numRuns: 150 },
    );
  });

  it("of Flux's settle audio once and in its order", () => {
    fc.assert(
      fc.property(bentOf(ofServices('flux')), (recording) => {
        let throughSample = 0;
        for (const { startSample, endSample } of finalsOf(played(recording))) {
          expect(startSample).toBe(throughSample);
          expect(endSample).toBeGreaterThanOrEqual(startSample);
          throughSample = endSample;
        }
      }),
      { numRuns: 150 },
    );
  });

  it('settle audio that there can be, whatever was heard, and words within reason', () => {
    fc.assert(
      fc.property(bentOf(ofServices('listen', 'flux', 'whisper')), (recording) => {
        for (const { startSample, endSample, words } of finalsOf(played(recording))) {
          for (const range of [{ startSample, endSample }, ...words]) {
            expect(range.startSample).toSatisfy(Number.isSafeInteger);
            expect(range.startSample).toBeGreaterThanOrEqual(0);
            expect(range.endSample).toSatisfy(Number.isSafeInteger);
            expect(range.endSample).toBeGreaterThanOrEqual(range.startSample);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  it('confirm a text at most once, in the order of the texts', () => {
    fc.assert(
      fc.property(bentOf(ofServices('speak')), (recording) => {
        const ids = played(recording).events.flatMap((event) =>
          event.kind === 'spoken' ? [Number(/\d+$/.exec(event.id)?.[0])] : [],
        );

        expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
      }),
      { numRuns: 100 },
    );
  });

  it('mean the same in one frame and in several', () => {
    const together = storyOf(played(geminiAudioTurn));

    const apart = storyOf(played(splitMembers(geminiAudioTurn)));

    expect(apart).toEqual(together);
    expect(together).toMatchObject({ texts: ['Hello, there.', 'It is foggy.'] });
  });

  it('mean the same as bytes', () => {
    for (const recording of [geminiAudioTurn, openaiAudioTurn]) {
      expect(storyOf(played(asBytes(recording)))).toEqual(storyOf(played(recording)));
    }
  });

  it('mean the same whenever it is written down what the user said', () => {
    const atOnce = storyOf(played(openaiAudioTurn));

    fc.assert(
      fc.property(fc.array(fc.nat(2), { minLength: 1, maxLength: 20 }), (delays) => {
        const later = storyOf(played(delayTranscription(openaiAudioTurn, delays)));

        expect(wordsOf(later)).toEqual(wordsOf(atOnce));
        expect(later).toMatchObject({ soundBytes: 96, replies: 1 });
      }),
      { numRuns: 60 },
    );
    expect(wordsOf(atOnce)).toEqual(['Hello, my name is Marcelo.', 'Hi Marcelo!']);
  });

  it('of Deepgram tile the audio that they are of', () => {
    for (const recording of ofServices('listen', 'flux')) {
      const finals = finalsOf(played(recording));

      expect(finals.length).toBeGreaterThan(0);
      finals.forEach(({ startSample }, at) => {
        const before = finals[at - 1]?.endSample ?? startSample; // a recording may begin anywhere
        expect(Math.abs(startSample - before)).toBeLessThanOrEqual(TOLERANCE_SAMPLES);
      });
    }
    const finals = finalsOf(played(listenTurns));
    expect(finals.map(({ startSample, endSample }) => [startSample, endSample])).toEqual([
      [0, 16_000],
      [16_000, 32_000],
    ]);
  });
});

function wordsOf(story: unknown): readonly string[] {
  return [...(story as { readonly texts: readonly string[] }).texts].sort();
}

function samplesIn(step: Recording['steps'][number]): number {
  if (step.kind === 'audio') return step.samples;
  if (step.kind !== 'sent') return 0;
  const bytes = /"(?:audio|data)":"([A-Za-z0-9+/=]+)"/.exec(JSON.stringify(step.message))?.[1];
  return bytes === undefined ? 0 : Math.ceil(Buffer.from(bytes, 'base64').length / 2);
}
