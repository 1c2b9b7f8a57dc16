import { describe, expect, it } from 'vitest';

import type { FromPlayback } from '../../src/worklets/playback.types.ts';
import { Tape } from '../../src/worklets/tape.ts';
import { levelDbOf } from '../browser/support/tones.ts';

const CONTEXT_HZ = 48_000;

function tapeOf({ startMs = 0, capacityMs = 10_000 } = {}) {
  const told: FromPlayback[] = [];
  const tape = new Tape({ startMs, capacityMs }, CONTEXT_HZ, (message) => told.push(message));
  let frame = 0;
  /** Plays for so long, 128 frames at a time, and returns what sounded. */
  const run = (ms: number): number[] => {
    const sounded: number[] = [];
    for (const end = frame + (ms * CONTEXT_HZ) / 1_000; frame < end; frame += 128) {
      const output = new Float32Array(128);
      tape.fill(output, frame);
      sounded.push(...output);
    }
    return sounded;
  };
  const of = <K extends FromPlayback['kind']>(kind: K) =>
    told.filter((each): each is Extract<FromPlayback, { kind: K }> => each.kind === kind);
  return { tape, run, of, frameNow: () => frame };
}

/** A tone at half of full scale. */
function tone(ms: number, rateHz = 24_000, fromMs = 0): Int16Array {
  return Int16Array.from({ length: (ms * rateHz) / 1_000 }, (_, at) => {
    return 16_384 * Math.sin((2 * Math.PI * 1_000 * (at + (fromMs * rateHz) / 1_000)) / rateHz);
  });
}

const loudest = (samples: readonly number[]): number => Math.max(...samples.map(Math.abs));

describe('what is played', () => {
  it('has no seam where one piece ends and the next begins', () => {
    const { tape, run } = tapeOf();
    for (let ms = 0; ms < 1_000; ms += 20) tape.take('a', tone(20, 24_000, ms), 24_000);

    const sounded = run(1_000).slice(4_800, 43_200);

    const scaled = sounded.map((sample) => sample * 32_768);
    expect(levelDbOf(scaled, 1_000, CONTEXT_HZ)).toBeCloseTo(20 * Math.log10(0.5), 1);
    const rest = sounded.map((sample, at) => sample - (sounded[at + 48] ?? sample)); // a period later it is the same
    expect(loudest(rest)).toBeLessThan(0.001);
  });

  it('is as long as it came, whatever its rate', () => {
    const { tape, run, of } = tapeOf();
    tape.take('a', tone(300, 8_000), 8_000);

    run(500);

    expect(of('dry')).toHaveLength(1);
    expect(of('dry')[0]!.ms).toBeCloseTo(300, 1);
  });

  it('waits until enough of it is there', () => {
    const { tape, run } = tapeOf({ startMs: 60 });
    tape.take('a', tone(40), 24_000);
    expect(loudest(run(20))).toBe(0);

    tape.take('a', tone(40, 24_000, 40), 24_000);

    expect(loudest(run(40))).toBeGreaterThan(0.4);
  });

  it('begins all the same where no more comes', () => {
    const { tape, run } = tapeOf({ startMs: 60 });
    tape.take('a', tone(40), 24_000);

    expect(loudest(run(110))).toBe(0);
    expect(loudest(run(40))).toBeGreaterThan(0.4);
  });

  it('is told as it goes, each sound by its own name', () => {
    const { tape, run, of } = tapeOf();
    tape.take('a', tone(200), 24_000);
    tape.take('b', tone(200, 16_000), 16_000);

    run(600);

    const last = (id: string) =>
      of('played')
        .filter((each) => each.id === id)
        .at(-1)?.ms;
    expect(last('a')).toBeCloseTo(200, 0);
    expect(of('dry').map(({ id, ms }) => [id, Math.round(ms)])).toEqual([['b', 200]]);
    expect(of('underrun')).toEqual([]);
  });
});

describe('a sound that comes too late', () => {
  it('is told as an underrun, with the silence that there was, and goes on where it was', () => {
    const { tape, run, of } = tapeOf();
    tape.take('a', tone(100), 24_000);
    run(350);

    tape.take('a', tone(100, 24_000, 100), 24_000);
    run(300);

    const [underrun] = of('underrun');
    expect(of('underrun')).toHaveLength(1);
    expect(underrun!.ms).toBeCloseTo(100, 0);
    expect(underrun!.silentMs).toBeGreaterThan(245);
    expect(underrun!.silentMs).toBeLessThan(256);
    expect(of('dry').at(-1)!.ms).toBeCloseTo(200, 0);
  });

  it('is none where another sound follows', () => {
    const { tape, run, of } = tapeOf();
    tape.take('a', tone(100), 24_000);
    run(200);

    tape.take('b', tone(100), 24_000);
    run(200);

    expect(of('underrun')).toEqual([]);
  });
});

describe('clear', () => {
  it('is silent within 5 ms, without a click, and tells what was played', () => {
    const { tape, run, of, frameNow } = tapeOf();
    tape.take('a', tone(1_000), 24_000);
    run(200);
    const at = frameNow();

    tape.clear(at);
    const after = run(100);

    expect(of('cleared')).toMatchObject([{ id: 'a', frame: at }]);
    expect(of('cleared')[0]!.ms).toBeCloseTo(200, 0);
    expect(loudest(after.slice(0, 64))).toBeGreaterThan(0);
    expect(loudest(after.slice(0.005 * CONTEXT_HZ))).toBe(0);
  });

  it('forgets what waits, and plays what comes after', () => {
    const { tape, run } = tapeOf();
    tape.take('a', tone(1_000), 24_000);
    run(100);
    tape.clear(0);
    run(20);
    expect(tape.waitingMs).toBe(0);

    tape.take('b', tone(100), 24_000);

    expect(loudest(run(50))).toBeGreaterThan(0.4);
  });

  it('tells nothing of a sound where none was', () => {
    const { tape, of } = tapeOf();

    tape.clear(7);

    expect(of('cleared')).toEqual([{ kind: 'cleared', id: null, ms: 0, frame: 7 }]);
  });
});

describe('a queue that is full', () => {
  it('does not take what comes beyond, and says so', () => {
    const { tape, of } = tapeOf({ capacityMs: 1_000 });
    for (let n = 0; n < 12; n += 1) tape.take('a', tone(100), 24_000);

    expect(tape.waitingMs).toBeLessThanOrEqual(1_000);
    expect(of('overflow')).toEqual([
      { kind: 'overflow', id: 'a', ms: 100 },
      { kind: 'overflow', id: 'a', ms: 100 },
    ]);
  });
});
