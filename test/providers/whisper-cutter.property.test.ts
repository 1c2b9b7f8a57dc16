/** The cutter's word: cuts depend on the audio since the last cut, and tile it. */
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import { audioOf, loudnessVad } from './whisper-world.ts';
import { Cutter } from '../../src/providers/whisper/cutter.ts';
import type { Cut, CutSettings } from '../../src/providers/whisper/cutter.ts';
import { fvad } from '../../src/providers/whisper/fvad.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import type { VoiceActivityDetector } from '../../src/ports/voice-activity.ts';

const SETTINGS: CutSettings = {
  sampleRateHz: 16_000,
  minSilenceMs: 500,
  maxUtteranceMs: 3_000,
  preRollMs: 200,
  minSpeechMs: 90,
};

/** Takes a while to believe what it hears: what it says of a frame depends on those before. */
function sluggish(): VoiceActivityDetector {
  let belief = 0;
  return {
    frameSamples: 480,
    isSpeech: (frame) => {
      const isLoud = Math.abs(frame[0] ?? 0) > 1_000;
      belief = Math.max(0, Math.min(8, belief + (isLoud ? 2 : -1)));
      return belief > 3;
    },
    reset: () => (belief = 0),
  };
}

function cutsOf(
  detector: VoiceActivityDetector,
  audio: Uint8Array,
  chunks: readonly number[],
  settings = SETTINGS,
): readonly Cut[] {
  const cuts: Cut[] = [];
  const cutter = new Cutter(detector, settings, (event) => {
    if (event.kind === 'silence' || event.kind === 'utterance') cuts.push(event);
  });
  let at = 0;
  for (let index = 0; at < audio.length; index += 1) {
    const length = chunks[index % chunks.length] ?? 1;
    cutter.push(audio.subarray(at, at + length));
    at += length;
  }
  const last = cutter.flush();
  return last === null ? cuts : [...cuts, last];
}

/** As the session sees them, from a position on; their audio by its digest. */
function from(position: number, cuts: readonly Cut[]): readonly unknown[] {
  return cuts
    .filter(({ to }) => to > position)
    .map((cut) => {
      const range = { ...cut, from: cut.from - position, to: cut.to - position };
      if (cut.kind === 'silence') return range;
      const pcm = createHash('sha1').update(cut.pcm).digest('hex');
      return { ...range, leadFrom: cut.leadFrom - position, pcm };
    });
}

const beginningOf = (cut: Cut): number => (cut.kind === 'silence' ? cut.from : cut.leadFrom);

/** Stretches of speech and silence, some longer than an utterance may be, some than a piece of silence. */
const patterns = fc
  .array(fc.tuple(fc.constantFrom('.', 'a', 'b', 'q'), fc.integer({ min: 1, max: 70 })), {
    minLength: 1,
    maxLength: 6,
  })
  .map((runs) => runs.map(([letter, length]) => letter.repeat(length)).join(''));
const chunkings = fc.array(fc.integer({ min: 1, max: 9_000 }), { minLength: 1, maxLength: 8 });

describe('the cutter', () => {
  it('cuts at the same places however the audio comes in pieces', () => {
    fc.assert(
      fc.property(patterns, chunkings, (pattern, chunks) => {
        const audio = audioOf(pattern);

        const whole = cutsOf(sluggish(), audio, [audio.length]);
        const pieces = cutsOf(sluggish(), audio, chunks);

        expect(from(0, pieces)).toEqual(from(0, whole));
      }),
      { numRuns: 60 },
    );
  });

  it('cuts at the same places when it is given more while it tells of a cut', () => {
    const audio = audioOf('...aaaaaaaaa.......bbbbbbbbb.......ccccccc.......ddddd.......');
    const half = audio.length / 2;
    const cuts: Cut[] = [];
    let rest: Uint8Array | null = audio.subarray(half);
    const cutter = new Cutter(sluggish(), SETTINGS, (event) => {
      if (event.kind !== 'silence' && event.kind !== 'utterance') return;
      cuts.push(event);
      const more = rest;
      rest = null;
      if (more !== null) cutter.push(more);
    });

    cutter.push(audio.subarray(0, half));
    const last = cutter.flush();

    const whole = cutsOf(sluggish(), audio, [audio.length]);
    expect(from(0, last === null ? cuts : [...cuts, last])).toEqual(from(0, whole));
    expect(whole.length).toBeGreaterThan(2);
  });

  it('leaves no sample out and has none twice', () => {
    fc.assert(
      fc.property(patterns, (pattern) => {
        const audio = audioOf(pattern);

        const cuts = cutsOf(sluggish(), audio, [3_200]);

        const ends = cuts.map(({ to }) => to);
        expect(cuts.map(beginningOf)).toEqual([0, ...ends.slice(0, -1)]);
        expect(ends.at(-1)).toBe(audio.length / 2);
        for (const cut of cuts) {
          if (cut.kind === 'utterance') {
            expect(cut.from + cut.pcm.length / 2).toBeLessThanOrEqual(cut.to);
            expect(
              Buffer.compare(cut.pcm, audio.subarray(2 * cut.from, 2 * cut.from + cut.pcm.length)),
            ).toBe(0);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('cuts a replay that begins at any cut as it cut before', () => {
    fc.assert(
      fc.property(patterns, chunkings, fc.nat(), (pattern, chunks, which) => {
        const audio = audioOf(pattern);
        const cuts = cutsOf(sluggish(), audio, [3_200]);
        const position = cuts[which % cuts.length]!.to;

        const again = cutsOf(sluggish(), audio.subarray(2 * position), chunks);

        expect(from(0, again)).toEqual(from(position, cuts));
      }),
      { numRuns: 60 },
    );
  });

  it('cuts a long utterance where it is quietest, and no clip is longer than it may be', async () => {
    const detector = await loudnessVad({ sampleRateHz: 16_000 });
    const audio = audioOf('z'.repeat(25) + 'A' + 'z'.repeat(20));

    const cuts = cutsOf(detector, audio, [3_200]);

    const [first] = cuts;
    expect(first).toMatchObject({ kind: 'utterance', endsInPause: false });
    expect(first!.to / 1_600).toBeGreaterThan(25);
    expect(first!.to / 1_600).toBeLessThan(26);
    for (const cut of cuts) {
      if (cut.kind === 'utterance') expect(cut.pcm.length).toBeLessThanOrEqual(3_000 * 32);
    }
  });

  it('takes a click for silence', async () => {
    const detector = await loudnessVad({ sampleRateHz: 16_000 });
    const audio = audioOf('....................');
    new Int16Array(audio.buffer).fill(9_000, 16_000, 16_000 + 16 * 60);

    const cuts = cutsOf(detector, audio, [3_200]);

    expect(cuts).toEqual([{ kind: 'silence', from: 0, to: 32_000 }]);
  });

  it('finds the sentences of a recording, and the same ones again in a replay', async () => {
    const file = new URL('../fixtures/speech/two-sentences.wav', import.meta.url);
    const audio = new Uint8Array(readFileSync(file).subarray(44));
    const detector = await fvad()({ sampleRateHz: 16_000 });
    const settings = { ...SETTINGS, maxUtteranceMs: 25_000 };

    const cuts = cutsOf(detector, audio, [1_999], settings);
    const position = cuts[0]!.to;
    const other = await fvad()({ sampleRateHz: 16_000 });
    const again = cutsOf(other, audio.subarray(2 * position), [7_000], settings);

    const utterances = cuts.filter((cut) => cut.kind === 'utterance');
    expect(utterances.length).toBeGreaterThanOrEqual(2);
    expect(utterances[0]!.from / 16).toBeGreaterThan(200);
    expect(utterances[0]!.from / 16).toBeLessThan(800); // it begins at 600 ms
    expect(from(0, again)).toEqual(from(position, cuts));
  });

  it('leaves no letter out, however late a strict detector knows a voice, and however early it leaves it', async () => {
    const detector = await fvad()({ sampleRateHz: 16_000 });
    const spoken = speak('forest number 176', 16_000);
    const frameBytes = 2 * detector.frameSamples;

    const shifts = Array.from({ length: frameBytes / 40 }, (_, at) => at * 40);
    const cutShort = shifts.filter((shift) => {
      const from = 32_000 + shift;
      const audio = new Uint8Array(from + spoken.length + 32_000);
      audio.set(spoken, from);
      const clips = cutsOf(detector, audio, [3_200]).filter((cut) => cut.kind === 'utterance');
      return clips.length !== 1 || !Buffer.from(clips[0]?.pcm ?? []).includes(Buffer.from(spoken));
    });

    expect(cutShort).toEqual([]);
  });
});
