import { describe, expect, it } from 'vitest';
import type { RecogniserResult } from '../../src/simulators/recogniser/recogniser.ts';
import type { SegmentEngine } from '../../src/simulators/recogniser/segmenter.ts';
import { Segmenter } from '../../src/simulators/recogniser/segmenter.ts';

const RATE_HZ = 16_000;
const FRAME_BYTES = 3_200;

describe('segmenter', () => {
  it('feeds frames of 100 ms however the audio is cut', () => {
    const { segmenter, fed } = makeSegmenter({ endsAfterFrames: Infinity });

    for (let sent = 0; sent < 10_000; sent += 7) segmenter.write(new Uint8Array(7));
    runDry(segmenter);

    expect(fed).toEqual([[FRAME_BYTES, FRAME_BYTES, FRAME_BYTES]]);
  });

  it('lets finals tile the audio and starts a new engine after each', () => {
    const { segmenter, fed, results } = makeSegmenter({ endsAfterFrames: 4 });

    segmenter.write(new Uint8Array(FRAME_BYTES * 10));
    segmenter.flush(7);
    runDry(segmenter);

    const finals = results.filter((result) => result.kind === 'final');
    expect(finals.map(({ startSample, endSample }) => [startSample, endSample])).toEqual([
      [0, 6_400],
      [6_400, 12_800],
      [12_800, 16_000],
    ]);
    expect(finals.map((final) => final.flushToken)).toEqual([undefined, undefined, 7]);
    expect(fed).toHaveLength(3);
  });

  it('answers a flush with everything written, the started frame too', () => {
    const { segmenter, results } = makeSegmenter({ endsAfterFrames: Infinity });

    segmenter.write(new Uint8Array(FRAME_BYTES + 500));
    segmenter.flush(1);
    runDry(segmenter);

    expect(results.at(-1)).toMatchObject({ endSample: 1_850, flushToken: 1, coversAudio: true });
  });

  it('answers a flush once where the engine ends the segment in the same frame', () => {
    const { segmenter, results } = makeSegmenter({ endsAfterFrames: 2 });

    segmenter.write(new Uint8Array(FRAME_BYTES + 500));
    segmenter.flush(1);
    runDry(segmenter);

    expect(results).toHaveLength(1);
    expect(results[0]).toMatchObject({ endSample: 1_850, flushToken: 1 });
  });

  it('says that a flush found nothing pending', () => {
    const { segmenter, results } = makeSegmenter({ endsAfterFrames: 2 });

    segmenter.write(new Uint8Array(FRAME_BYTES * 2));
    segmenter.flush(3);
    runDry(segmenter);

    const nothing = { startSample: 3_200, endSample: 3_200, coversAudio: false, flushToken: 3 };
    expect(results.at(-1)).toMatchObject(nothing);
  });

  it('keeps half a sample for the next segment', () => {
    const { segmenter, results } = makeSegmenter({ endsAfterFrames: Infinity });

    segmenter.write(new Uint8Array(101));
    segmenter.flush(1);
    segmenter.write(new Uint8Array(1));
    segmenter.flush(2);
    runDry(segmenter);

    expect(results.map(({ startSample, endSample }) => [startSample, endSample])).toEqual([
      [0, 50],
      [50, 51],
    ]);
  });

  it('sends an interim that changed after 0.3 s, an unchanged one after 0.9 s', () => {
    const { segmenter, results } = makeSegmenter({
      endsAfterFrames: Infinity,
      interimText: (frames) => (frames < 6 ? '' : 'word'),
    });

    segmenter.write(new Uint8Array(FRAME_BYTES * 25));
    runDry(segmenter);

    expect(results.map(({ endSample, text }) => [endSample / RATE_HZ, text])).toEqual([
      [0.6, 'word'],
      [1.5, 'word'],
      [2.4, 'word'],
    ]);
  });

  it('ends an utterance at a pause, not where a segment is cut for its length', () => {
    const pause = makeSegmenter({ endsAfterFrames: 10, wordEndsAtSeconds: 0.6 });
    const cut = makeSegmenter({ endsAfterFrames: 10, wordEndsAtSeconds: 0.9 });

    for (const { segmenter } of [pause, cut]) {
      segmenter.write(new Uint8Array(FRAME_BYTES * 10));
      runDry(segmenter);
    }

    expect(pause.results.at(-1)?.endsUtterance).toBe(true);
    expect(cut.results.at(-1)?.endsUtterance).toBe(false);
  });

  it('frees every engine that it opened', () => {
    const { segmenter, engines } = makeSegmenter({ endsAfterFrames: 2 });

    segmenter.write(new Uint8Array(FRAME_BYTES * 5));
    runDry(segmenter);
    segmenter.close();

    expect(engines).toEqual({ opened: 3, freed: 3 });
  });
});

interface FakeEngine {
  readonly endsAfterFrames: number;
  readonly wordEndsAtSeconds?: number;
  readonly interimText?: (frames: number) => string;
}

function makeSegmenter(engine: FakeEngine) {
  const fed: number[][] = [];
  const results: RecogniserResult[] = [];
  const engines = { opened: 0, freed: 0 };
  const openEngine = (): SegmentEngine => {
    const frames: number[] = [];
    fed.push(frames);
    engines.opened += 1;
    const end = engine.wordEndsAtSeconds;
    const word = { text: 'word', startSeconds: 0, endSeconds: end ?? 0, confidence: 1 };
    return {
      accept: (frame) => frames.push(frame.length) >= engine.endsAfterFrames,
      interimText: () => engine.interimText?.(frames.length) ?? '',
      finish: () => (end === undefined ? { text: '', words: [] } : { text: 'word', words: [word] }),
      free: () => (engines.freed += 1),
    };
  };
  const segmenter = new Segmenter({
    sampleRateHz: RATE_HZ,
    openEngine,
    onResult: (result) => results.push(result),
  });
  return { segmenter, fed, results, engines };
}

function runDry(segmenter: Segmenter): void {
  while (segmenter.step());
}
