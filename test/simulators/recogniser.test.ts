import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { silentLogger } from '../../src/ports/logger.ts';
import type { TenutoError } from '../../src/ports/errors.ts';
import type { Recogniser, RecogniserResult } from '../../src/simulators/recogniser/recogniser.ts';
import { findVoskPackages } from '../../src/simulators/recogniser/vosk-packages.ts';
import { VoskPool, createVoskRecogniser } from '../../src/simulators/recogniser/vosk-recogniser.ts';
import { VoskThread } from '../../src/simulators/recogniser/vosk-thread.ts';

const RATE_HZ = 16_000;
const FRAME_BYTES = 3_200;
const HEADER_BYTES = 44;

describe('vosk packages', () => {
  it('names the command that installs what is missing', () => {
    const search = { resolve: refuse, platform: 'linux', architecture: 'x64' };

    const error = failureOf(() => findVoskPackages(search));

    expect(error).toMatchObject({ code: 'RECOGNISER_UNAVAILABLE' });
    expect(error.remediation).toMatch(/npm install .*koffi.*vosk.*cordova/);
  });

  it('says which platforms have a library', () => {
    const search = { resolve: refuse, platform: 'linux', architecture: 'arm64' };

    const error = failureOf(() => findVoskPackages(search));

    expect(error).toMatchObject({ code: 'RECOGNISER_UNAVAILABLE' });
    expect(error.remediation).toContain('linux x64');
  });
});

describe('vosk recogniser', () => {
  const sentence = readSpeech('two-sentences.wav');
  let recogniser: Recogniser;
  let uncut: readonly RecogniserResult[];

  beforeAll(async () => {
    recogniser = createVoskRecogniser();
    uncut = await recognise(recogniser, sentence, 3_200);
  });
  afterAll(() => recogniser.close());

  it('transcribes human speech, word by word with positions', () => {
    const text = textsOf(uncut).join(' ');
    const words = uncut.flatMap((result) => result.words);

    expect(text).toContain('john dashwood had then leisure to consider how much');
    expect(text).toContain('rather cold hearted and rather selfish');
    expect(words.map((word) => word.text).join(' ')).toBe(text);
    expect(words.every((word) => word.startSample < word.endSample)).toBe(true);
  });

  it('covers every sample with exactly one final', () => {
    const borders = finalsOf(uncut).map(({ startSample, endSample }) => [startSample, endSample]);

    expect(borders.length).toBeGreaterThan(1);
    expect(borders.map(([start]) => start)).toEqual([0, ...borders.slice(0, -1).map(([, e]) => e)]);
    expect(borders.at(-1)?.[1]).toBe(sentence.length / 2);
  });

  it('repeats the finals after any final, word for word, however the audio is chunked', async () => {
    const finals = finalsOf(uncut);
    const cuts = finals.slice(0, -1).map((final, index) => ({
      from: final.endSample,
      expected: finals.slice(index + 1),
      chunkBytes: [640, 2_001, 50_000][index % 3] ?? 640,
    }));

    const replays = await Promise.all(
      [{ from: 0, expected: finals, chunkBytes: 999 }, ...cuts].map(async (cut) => {
        const results = await recognise(
          recogniser,
          sentence.subarray(cut.from * 2),
          cut.chunkBytes,
        );
        return { ...cut, seen: finalsOf(results) };
      }),
    );

    for (const { from, expected, seen } of replays) {
      const rebased = seen.map((final) => ({
        text: final.text,
        start: final.startSample + from,
        words: final.words.map((word) => [word.text, word.startSample + from]),
      }));
      expect(rebased).toEqual(
        expected.map((final) => ({
          text: final.text,
          start: final.startSample,
          words: final.words.map((word) => [word.text, word.startSample]),
        })),
      );
    }
  });

  it('leaves the event loop free while it works', async () => {
    const before = performance.eventLoopUtilization();

    await recognise(recogniser, sentence.subarray(0, 5 * RATE_HZ * 2), 3_200);

    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.5);
  });

  it('fails a stream that has more than 30 s waiting, and says what to do', async () => {
    const failure = await new Promise<TenutoError>((resolve) => {
      const stream = recogniser.open({
        sampleRateHz: 8_000,
        onResult: () => undefined,
        onError: resolve,
      });
      stream.write(new Uint8Array(8_000 * 2 * 30 + 2));
    });

    expect(failure).toMatchObject({ code: 'RECOGNISER_FAILED', retryable: true });
    expect(failure.message).toContain('30 s');
  });
});

describe('vosk pool', () => {
  it('leaves no model folder behind', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tenuto-test-'));
    vi.stubEnv('TMPDIR', folder);
    const pool = createVoskRecogniser({ maxThreads: 1 });

    await recognise(pool, new Uint8Array(FRAME_BYTES), FRAME_BYTES);

    const left = readdirSync(folder);
    await pool.close();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
    expect(left).toEqual([]);
  });

  it('fails the streams of a thread that dies and gives new ones a new thread', async () => {
    const packages = findVoskPackages();
    const broken = { ...packages, modelPath: '/nowhere' };
    const plans = [broken, packages];
    const pool = new VoskPool(() => new VoskThread(plans.shift() ?? packages, silentLogger), 1);

    const failure = await new Promise<TenutoError>((resolve) => {
      pool.open({ sampleRateHz: RATE_HZ, onResult: () => undefined, onError: resolve });
    });
    const results = await recognise(pool, new Uint8Array(FRAME_BYTES), FRAME_BYTES);
    await pool.close();

    expect(failure).toMatchObject({ code: 'RECOGNISER_FAILED' });
    expect(failure.message).toContain('thread ended');
    expect(results.at(-1)).toMatchObject({ kind: 'final', endSample: 1_600 });
  });

  it('ends open streams with an error when it is closed, and opens none after', async () => {
    const pool = createVoskRecogniser({ maxThreads: 1 });
    const errors: TenutoError[] = [];
    const options = {
      sampleRateHz: RATE_HZ,
      onResult: () => undefined,
      onError: (error: TenutoError) => errors.push(error),
    };
    pool.open(options);

    await pool.close();

    expect(errors.map((error) => error.code)).toEqual(['RECOGNISER_FAILED']);
    expect(failureOf(() => pool.open(options)).code).toBe('RECOGNISER_FAILED');
  });
});

function recognise(
  recogniser: Recogniser,
  pcm: Uint8Array,
  chunkBytes: number,
): Promise<readonly RecogniserResult[]> {
  return new Promise((resolve, reject) => {
    const results: RecogniserResult[] = [];
    const stream = recogniser.open({
      sampleRateHz: RATE_HZ,
      onError: reject,
      onResult: (result) => {
        if (result.coversAudio) results.push(result);
        if (result.flushToken === undefined) return;
        stream.close();
        resolve(results);
      },
    });
    for (let at = 0; at < pcm.length; at += chunkBytes)
      stream.write(pcm.subarray(at, at + chunkBytes));
    stream.flush(1);
  });
}

function finalsOf(results: readonly RecogniserResult[]): readonly RecogniserResult[] {
  return results.filter((result) => result.kind === 'final');
}

function textsOf(results: readonly RecogniserResult[]): readonly string[] {
  return finalsOf(results).flatMap((final) => (final.text === '' ? [] : [final.text]));
}

function readSpeech(name: string): Uint8Array {
  const path = new URL(`../fixtures/speech/${name}`, import.meta.url);
  return readFileSync(path).subarray(HEADER_BYTES);
}

function failureOf(act: () => unknown): TenutoError {
  try {
    act();
  } catch (error) {
    return error as TenutoError;
  }
  throw new Error('it did not fail');
}

function refuse(): never {
  throw new Error('not installed');
}
