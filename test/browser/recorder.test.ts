/** What the browser itself makes of its microphone: containers. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import { toneFile } from './support/tones.ts';
import type { CaptureEvent, RecordedChunk } from '../../src/capture/capture.types.ts';
import type { Recorder } from '../../src/capture/recorder.browser.ts';

/** What the page of each test has beside the product: see `prepare`. */
declare const microphones: MediaStream[];
declare const recorded: (
  recorder: Recorder,
  isEnough: (told: RecordedChunk | CaptureEvent) => boolean,
) => Promise<void>;

/** In the page: each stream that is opened is noted, and a recorder is heard until what it tells is enough. */
function prepare(): void {
  const { mediaDevices } = navigator;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  const streams: MediaStream[] = [];
  mediaDevices.getUserMedia = async (wanted) => {
    const stream = await open(wanted);
    streams.push(stream);
    return stream;
  };
  const until: typeof recorded = (recorder, isEnough) =>
    new Promise((resolve, reject) => {
      const tell = (told: RecordedChunk | CaptureEvent): void => {
        if (isEnough(told)) resolve();
      };
      recorder.start({ onChunk: tell, onEvent: tell }).catch(reject);
    });
  Object.assign(globalThis, { microphones: streams, recorded: until });
}

let browser: Browser;
let server: PageServer;
let page: Page;
beforeAll(async () => {
  const microphone = await toneFile([{ hz: 1_000, level: 0.4 }]);
  [browser, server] = await Promise.all([startChromium({ microphone }), servePage()]);
});
afterAll(async () => {
  await browser.close();
  await server.close();
});
beforeEach(async () => {
  page = await browser.newPage();
  await page.addInitScript(prepare);
  await page.goto(server.url);
});
afterEach(() => page.close());

describe('a recorder', () => {
  it('gives chunks in order that make a file which the browser plays to its end', async () => {
    const { facts, lengthMs, spanMs } = await page.evaluate(async () => {
      const recorder = new tenuto.Recorder({ mimeType: 'audio/webm', chunkMs: 200 });
      const all: { bytes: Uint8Array; fact: object; untilMs: number; fromMs: number }[] = [];
      await recorded(recorder, (told) => {
        if (!('bytes' in told)) return false;
        const { bytes, mimeType, recording, isHeader, capturedAtMs, durationMs } = told;
        const fact = { mimeType, recording, isHeader };
        all.push({ bytes, fact, fromMs: capturedAtMs, untilMs: capturedAtMs + durationMs });
        return all.length === 10;
      });
      await recorder.stop();
      const parts = all.map(({ bytes }) => new Uint8Array(bytes));
      const file = await new Blob(parts).arrayBuffer();
      const decoded = await new OfflineAudioContext(1, 48_000, 48_000).decodeAudioData(file);
      return {
        facts: all.map(({ fact }) => fact),
        lengthMs: decoded.duration * 1_000,
        spanMs: all.at(-1)!.untilMs - all[0]!.fromMs,
      };
    });

    const rest = { mimeType: 'audio/webm;codecs=opus', recording: 1, isHeader: false };
    expect(facts[0]).toEqual({ ...rest, isHeader: true });
    expect(new Set(facts.slice(1).map((fact) => JSON.stringify(fact)))).toEqual(
      new Set([JSON.stringify(rest)]),
    );
    expect(Math.abs(lengthMs - spanMs)).toBeLessThan(150);
    expect(lengthMs).toBeGreaterThan(1_700);
  });

  it('begins another recording after another device, whose first chunk has its header', async () => {
    const { recordings, lengths } = await page.evaluate(async () => {
      const recorder = new tenuto.Recorder({ chunkMs: 100 });
      const all: RecordedChunk[] = [];
      await recorded(recorder, (told) => {
        if (!('bytes' in told)) return false;
        all.push(told);
        if (all.length === 8) {
          const [track] = microphones[0]!.getAudioTracks();
          track!.stop();
          track!.dispatchEvent(new Event('ended'));
        }
        return all.filter(({ recording }) => recording === 2).length === 8;
      });
      await recorder.stop();
      const durations: number[] = [];
      for (const recording of [1, 2]) {
        const parts = all.filter((chunk) => chunk.recording === recording);
        const file = await new Blob(parts.map(({ bytes }) => new Uint8Array(bytes))).arrayBuffer();
        const context = new OfflineAudioContext(1, 48_000, 48_000);
        durations.push((await context.decodeAudioData(file)).duration);
      }
      return {
        recordings: all.map(
          ({ recording, isHeader }) => `${recording}${isHeader ? ' begins' : ''}`,
        ),
        lengths: durations,
      };
    });

    expect(recordings.filter((each) => each.includes('begins'))).toEqual(['1 begins', '2 begins']);
    expect(recordings.indexOf('2 begins')).toBe(recordings.lastIndexOf('1') + 1);
    expect(Math.min(...lengths)).toBeGreaterThan(0.5);
  });

  it('is refused where the browser has no such container', async () => {
    const code = await page.evaluate(() => {
      try {
        return new tenuto.Recorder({ mimeType: 'audio/aiff' }).mimeType;
      } catch (error) {
        return tenuto.TenutoError.is(error) ? error.code : null;
      }
    });

    expect(code).toBe('AUDIO_FORMAT_UNSUPPORTED');
  });
});

describe('a recorder whose browser breaks', () => {
  it('is over where recording cannot begin, and lets the microphone go', async () => {
    const { code, tracks } = await page.evaluate(async () => {
      MediaRecorder.prototype.start = () => {
        throw new DOMException('no such thing', 'NotSupportedError');
      };
      const recorder = new tenuto.Recorder();
      let failure = '';
      await recorded(recorder, (told) => {
        if ('type' in told && told.type === 'failed') failure = told.error.code;
        return failure !== '';
      });
      await recorder.stop();
      const all = microphones.flatMap((stream) => stream.getTracks());
      return { code: failure, tracks: all.map(({ readyState }) => readyState) };
    });

    expect(code).toMatch(/^[A-Z_]+$/);
    expect(tracks).toEqual(['ended']);
  });

  it('hands over what it has where recording breaks, tells why, and lets the microphone go', async () => {
    const { told, tracks } = await page.evaluate(async () => {
      const current: MediaRecorder[] = [];
      const begin = MediaRecorder.prototype.start;
      MediaRecorder.prototype.start = function (this: MediaRecorder, sliceMs?: number) {
        current.push(this);
        begin.call(this, sliceMs);
      };
      const recorder = new tenuto.Recorder({ chunkMs: 100 });
      const all: string[] = [];
      await recorded(recorder, (told) => {
        all.push('type' in told ? told.type : `recording ${told.recording}`);
        if (!('type' in told) && all.filter((each) => each === 'recording 1').length === 3) {
          current[0]!.dispatchEvent(
            Object.assign(new Event('error'), { error: new DOMException('', 'UnknownError') }),
          );
        }
        return all.at(-1) === 'failed';
      });
      const states = current.flatMap((each) => each.stream.getTracks().map((t) => t.readyState));
      return { told: all, tracks: states };
    });

    expect(told[0]).toBe('started');
    expect(told.at(-1)).toBe('failed');
    expect(new Set(told.slice(1, -1))).toEqual(new Set(['recording 1']));
    expect(tracks).toEqual(['ended']);
  });
});
