import { describe, expect, it } from 'vitest';

import type { FromCapture } from '../../src/worklets/capture.types.ts';
import { Cutter } from '../../src/worklets/cutter.ts';

type Chunk = Extract<FromCapture, { kind: 'chunk' }>;

function cutterOf({ contextHz = 48_000, chunkSamples = 1_600, capacityChunks = 100 } = {}) {
  const told: FromCapture[] = [];
  const settings = { sampleRateHz: 16_000, chunkSamples, capacityChunks };
  const cutter = new Cutter(settings, contextHz, (message) => told.push(message));
  const chunks = (): readonly Chunk[] => told.filter((message) => message.kind === 'chunk');
  const feed = (quanta: number, fromFrame = 0, value = 0.5): number => {
    for (let n = 0; n < quanta; n += 1) {
      cutter.push(new Float32Array(128).fill(value), fromFrame + n * 128);
    }
    return fromFrame + quanta * 128;
  };
  return { cutter, chunks, feed, told };
}

describe('what cuts chunks of what is heard', () => {
  it('gives chunks of the length that was asked for, each with its place, without a seam', () => {
    const { chunks, feed } = cutterOf();

    feed(375); // a second

    expect(chunks().map(({ samples }) => samples.length)).toEqual(Array(9).fill(1_600)); // the last one still waits for its filter
    expect(chunks().map(({ frame }) => frame)).toEqual(
      Array.from({ length: 9 }, (_, n) => n * 4_800),
    );
    expect(chunks().map(({ after }) => after)).toEqual(Array(9).fill(null));
    expect([...chunks()[4]!.samples].every((sample) => Math.abs(sample - 16_384) <= 1)).toBe(true);
  });

  it('gives what it has when it ends, to the last sample', () => {
    const { cutter, chunks, feed, told } = cutterOf();
    feed(375);

    cutter.end();

    expect(chunks().reduce((sum, { samples }) => sum + samples.length, 0)).toBe(16_000);
    expect(told.at(-1)).toEqual({ kind: 'ended' });
  });

  it('begins a chunk where input begins again, and says that there was none', () => {
    const { cutter, chunks, feed } = cutterOf();
    const end = feed(100);
    cutter.silent(end + 4_800);
    const before = chunks().length;

    feed(100, end + 48_000);

    const [after] = chunks().slice(before);
    expect(after).toMatchObject({ frame: end + 48_000, after: 'noInput' });
    expect(
      chunks()
        .slice(before + 1)
        .map((chunk) => chunk.after),
    ).not.toContain('noInput');
  });

  it.each([
    [2_400, []],
    [2_432, ['noInput']],
  ])('takes %i frames without input for a break where that is over 50 ms', (frames, breaks) => {
    const { cutter, chunks, feed } = cutterOf();
    const end = feed(100);
    for (let at = 0; at < frames; at += 128) cutter.silent(end + at);

    feed(200, end + frames);
    cutter.end();

    const told = chunks().flatMap(({ after }) => after ?? []);
    expect(told).toEqual(breaks);
    const last = chunks().at(-1)!;
    expect(Math.abs(last.frame + last.samples.length * 3 - end - frames - 25_600)).toBeLessThan(3);
  });

  it('passes over a moment of nothing before the microphone is there', () => {
    const { cutter, chunks, feed } = cutterOf();
    const end = feed(3, 0, 0);
    cutter.silent(end + 4_800);

    feed(100, end + 6_400);

    expect(chunks()[0]).toMatchObject({ frame: end + 6_400, after: null });
  });

  it('says with a chunk how much of it is silence that nobody heard, once', () => {
    const { cutter, chunks, feed } = cutterOf();

    const end = feed(20);
    const later = feed(20, end + 480); // 10 ms are not there
    feed(20, later + 240);
    cutter.end();

    const silent = chunks().map(({ silentFrames }) => silentFrames);
    expect(silent).toEqual([480, 240]);
    expect(chunks().reduce((sum, { samples }) => sum + samples.length, 0)).toBe(
      (60 * 128 + 720) / 3,
    );
  });

  it('says nothing of silence within what came before a microphone was there, and is thrown away', () => {
    const { cutter, chunks, feed } = cutterOf();
    const zeros = feed(4, 0, 0);
    const end = feed(4, zeros + 480, 0);
    cutter.silent(end + 4_800);

    feed(100, end + 6_400);

    expect(chunks()[0]).toMatchObject({ frame: end + 6_400, silentFrames: 0 });
  });

  it('tells of a break after silence that was handed over', () => {
    const { cutter, chunks, feed } = cutterOf();
    const end = feed(100, 0, 0);
    cutter.silent(end + 4_800);

    feed(100, end + 6_400);

    expect(chunks().flatMap(({ after }) => after ?? [])).toEqual(['noInput']);
  });

  it('takes frames that are left out for the same', () => {
    const { chunks, feed } = cutterOf();
    const end = feed(100);

    feed(100, end + 12_800);

    expect(
      chunks()
        .filter(({ after }) => after === 'noInput')
        .map(({ frame }) => frame),
    ).toEqual([end + 12_800]);
  });

  it('drops the newest where nobody takes them, and says so once there is room', () => {
    const { cutter, chunks, feed } = cutterOf({ capacityChunks: 3 });
    const end = feed(375);
    expect(chunks()).toHaveLength(3);

    for (let n = 0; n < 3; n += 1) cutter.taken();
    feed(50, end);

    expect(
      chunks()
        .slice(3)
        .map(({ frame, after }) => ({ frame, after })),
    ).toEqual([
      { frame: 9 * 4_800, after: 'overrun' },
      { frame: 10 * 4_800, after: null },
    ]);
  });

  it('cuts what is too loud at full scale', () => {
    const { chunks, feed } = cutterOf({ contextHz: 16_000, chunkSamples: 320 });

    feed(10, 0, 2);

    expect(new Set(chunks()[1]!.samples)).toEqual(new Set([32_767]));
  });
});
