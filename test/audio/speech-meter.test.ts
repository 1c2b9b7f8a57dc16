import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { SpeechMeter } from '../../src/audio/speech-meter.ts';
import { seededRandom } from '../../src/ports/random.ts';
import transcripts from '../fixtures/speech/transcripts.json' with { type: 'json' };
import { speechFile } from '../support/speech.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
const BYTES_PER_MS = 32;

function pcm(samples: readonly number[] | Int16Array): Uint8Array {
  return new Uint8Array(Int16Array.from(samples).buffer);
}

function silence(ms: number): Uint8Array {
  return new Uint8Array(ms * BYTES_PER_MS);
}

/** A square wave: its RMS is its height. */
function tone(ms: number, dbfs: number, rateHz = 16_000): Uint8Array {
  const height = 32_768 * 10 ** (dbfs / 20);
  return pcm(
    Array.from({ length: (ms * rateHz) / 1_000 }, (_, nth) => (nth % 2 ? 1 : -1) * height),
  );
}

/** Even noise of this RMS, the same every time. */
function noise(ms: number, dbfs: number): Uint8Array {
  const random = seededRandom(7);
  const height = 32_768 * 10 ** (dbfs / 20) * Math.sqrt(3);
  return pcm(Array.from({ length: ms * 16 }, () => (random.unit() * 2 - 1) * height));
}

function mixed(one: Uint8Array, other: Uint8Array): Uint8Array {
  const [a, b] = [one, other].map(({ buffer, byteOffset, byteLength }) => {
    return new Int16Array(buffer, byteOffset, byteLength / 2);
  });
  return pcm(a!.map((sample, nth) => Math.max(-32_768, Math.min(32_767, sample + b![nth]!))));
}

/** Chunks of 20 ms, and what the meter made of each. */
function heard(meter: SpeechMeter, bytes: Uint8Array, chunkMs = 20) {
  const chunks: { isSpeech: boolean; isPaused: boolean }[] = [];
  for (let at = 0; at < bytes.length; at += chunkMs * BYTES_PER_MS) {
    const isSpeech = meter.hear(bytes.subarray(at, at + chunkMs * BYTES_PER_MS));
    chunks.push({ isSpeech, isPaused: meter.isPaused });
  }
  return chunks;
}

describe('a speech meter', () => {
  it('hears nothing in digital silence, and takes it for a pause', () => {
    const meter = new SpeechMeter(FORMAT);

    const chunks = heard(meter, silence(1_000));

    expect(chunks.some(({ isSpeech }) => isSpeech)).toBe(false);
    expect(chunks.every(({ isPaused }) => isPaused)).toBe(true);
    expect([meter.speechMs, meter.quietMs]).toEqual([0, 1_000]);
  });

  it.each([
    [-50.1, false],
    [-49.9, true],
    [-20, true],
    [0, true],
  ])('begins to hear at -50 dBFS: %d dBFS', (dbfs, isSpeech) => {
    const meter = new SpeechMeter(FORMAT);

    expect(meter.hear(tone(20, dbfs))).toBe(isSpeech);
    expect(meter.speechMs).toBe(isSpeech ? 20 : 0);
  });

  it('judges whole windows of 20 ms, whatever the chunks', () => {
    const meter = new SpeechMeter(FORMAT);
    const loud = tone(20, -20);
    const odd = 639; // all but the last sample, which is not heard, and half of it

    const before = meter.hear(loud.subarray(0, 600));
    const after = meter.hear(loud.subarray(600, odd));

    expect([before, after]).toEqual([false, true]);
    expect(meter.speechMs).toBe(20);
  });

  it('hears the same in chunks of any length, at any alignment', () => {
    const story = [tone(60, -20), silence(400), tone(200, -30), silence(280), tone(40, -10)];
    const bytes = Buffer.concat(story);
    const whole = new SpeechMeter(FORMAT);
    whole.hear(bytes);

    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4_000 })), fc.nat(1), (sizes, shift) => {
        const shifted = new Uint8Array(bytes.length + 1).subarray(shift, shift + bytes.length);
        shifted.set(bytes);
        const meter = new SpeechMeter(FORMAT);
        let at = 0;
        for (const samples of [...sizes, bytes.length]) {
          meter.hear(shifted.subarray(at, at + samples * 2));
          at += samples * 2;
        }

        expect([meter.speechMs, meter.quietMs]).toEqual([whole.speechMs, whole.quietMs]);
      }),
    );
    expect(whole.speechMs).toBe(300);
  });

  it('reads samples of either sign to the last bit', () => {
    const isHeard = (height: number) =>
      new SpeechMeter(FORMAT).hear(pcm(Array<number>(320).fill(height)));

    // 104 is -49.97 dBFS, 103 is -50.05.
    expect([104, -104, 103, -103].map(isHeard)).toEqual([true, true, false, false]);
  });

  it.each([8_000, 11_025, 16_000, 44_100, 48_000])('measures time at %d Hz', (sampleRateHz) => {
    const meter = new SpeechMeter({ encoding: 'pcm_s16le', sampleRateHz });

    for (let nth = 0; nth < 10; nth += 1) meter.hear(tone(100, -20, sampleRateHz));
    for (let nth = 0; nth < 10; nth += 1) meter.hear(tone(100, -90, sampleRateHz));

    expect(Math.abs(meter.speechMs - 1_000)).toBeLessThanOrEqual(25);
    expect(Math.abs(meter.quietMs - 1_000)).toBeLessThanOrEqual(25);
  });
});

describe('a pause of speech', () => {
  it('is one before anything was said', () => {
    expect(new SpeechMeter(FORMAT).isPaused).toBe(true);
  });

  it('is 300 ms without speech, and not a window less', () => {
    const meter = new SpeechMeter(FORMAT);
    heard(meter, tone(100, -20));

    heard(meter, silence(280));
    const before = meter.isPaused;
    heard(meter, silence(20));

    expect([before, meter.isPaused, meter.quietMs]).toEqual([false, true, 300]);
  });

  it('ends with the first speech', () => {
    const meter = new SpeechMeter(FORMAT);
    heard(meter, Buffer.concat([tone(100, -20), silence(1_000), tone(20, -20)]));

    expect([meter.isPaused, meter.quietMs]).toEqual([false, 0]);
  });
});

describe('noise', () => {
  it.each([
    [-55, 0, 0],
    [-40, 2_500, 4_000],
    [-30, 5_500, 7_500],
  ])('that is even at %d dBFS counts as speech for a while only', (dbfs, leastMs, mostMs) => {
    const meter = new SpeechMeter(FORMAT);

    heard(meter, noise(15_000, dbfs));

    expect(meter.speechMs).toBeGreaterThanOrEqual(leastMs);
    expect(meter.speechMs).toBeLessThanOrEqual(mostMs);
    expect(meter.isPaused).toBe(true);
  });

  it('that ends lowers the floor at once: what is said then is heard', () => {
    const meter = new SpeechMeter(FORMAT);
    heard(meter, noise(15_000, -30));
    const before = meter.hear(tone(20, -35));

    heard(meter, silence(20));

    expect(before).toBe(false);
    expect(meter.hear(tone(20, -35))).toBe(true);
  });
});

describe('recorded speech', () => {
  const clips = transcripts['minute.wav'];

  async function minute(): Promise<Uint8Array> {
    const { pcm: bytes } = await speechFile('minute.wav');
    return bytes;
  }

  it.each([
    ['in a quiet room', null, 0.7],
    ['with a fan at -45 dBFS', -45, 0.5],
    ['with traffic at -35 dBFS', -35, 0.4],
  ])('is heard, and so is every pause between its sentences, %s', async (_where, dbfs, share) => {
    const recorded = await minute();
    const bytes = dbfs === null ? recorded : mixed(recorded, noise(recorded.length / 32, dbfs));
    const meter = new SpeechMeter(FORMAT);

    const chunks = heard(meter, bytes);

    const spoken = clips.flatMap(({ startMs, endMs }) => chunks.slice(startMs / 20, endMs / 20));
    const heardShare = spoken.filter(({ isSpeech }) => isSpeech).length / spoken.length;
    expect(heardShare).toBeGreaterThan(share);
    for (const [nth, { endMs }] of clips.entries()) {
      const next = clips[nth + 1];
      if (next === undefined) continue;
      const between = chunks.slice(endMs / 20, next.startMs / 20);
      expect(between.some(({ isPaused }) => isPaused)).toBe(true);
    }
    for (const { startMs, endMs } of clips) {
      const within = chunks.slice(startMs / 20, endMs / 20);
      expect(within.some(({ isPaused }) => !isPaused)).toBe(true);
    }
  });

  it('makes more than the 3 s that a stall takes of any 7 s of continuous reading', async () => {
    const meter = new SpeechMeter(FORMAT);

    heard(meter, (await minute()).subarray(600 * BYTES_PER_MS, 7_600 * BYTES_PER_MS));

    expect(meter.speechMs).toBeGreaterThan(3_000);
  });
});
