/** What a real browser's microphone gives: the fake one of Chromium, which plays a file. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import { levelDbOf, toneFile } from './support/tones.ts';

const RATE_HZ = 16_000;

describe('the microphone', () => {
  let browser: Browser;
  let server: PageServer;
  let page: Page;
  beforeAll(async () => {
    const tones = await toneFile([
      { hz: 1_000, level: 0.4 },
      { hz: 11_000, level: 0.4 },
    ]);
    [browser, server] = await Promise.all([startChromium({ microphone: tones }), servePage()]);
    page = await browser.newPage();
    await page.goto(server.url);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('is heard at its pitch and level, and nothing above half the rate comes back as something else', async () => {
    const heard = await capture(page, { chunks: 30 });

    const samples = heard.samples.slice(RATE_HZ); // the first second is the platform's to settle in
    expect(levelDbOf(samples, 1_000, RATE_HZ)).toBeCloseTo(20 * Math.log10(0.4), 0);
    expect(levelDbOf(samples, 5_000, RATE_HZ)).toBeLessThan(-60); // where 11 kHz would fold to
  });

  it('gives chunks of the length that was asked for, whose times neither drift nor jump', async () => {
    const { chunks, elapsedMs } = await capture(page, { chunks: 100 });

    const spacing = chunks.slice(1).map(({ atMs }, at) => atMs - chunks[at]!.atMs);
    expect(new Set(chunks.map(({ bytes }) => bytes))).toEqual(new Set([3_200]));
    expect(Math.min(...spacing)).toBeGreaterThan(95);
    expect(Math.max(...spacing)).toBeLessThan(105);
    const spanMs = chunks.at(-1)!.atMs - chunks[0]!.atMs;
    expect(Math.abs(spanMs - 9_900)).toBeLessThan(30);
    expect(elapsedMs).toBeGreaterThan(0);
  });
});

interface Heard {
  readonly samples: number[];
  readonly chunks: { atMs: number; bytes: number; arrivedMs: number }[];
  readonly elapsedMs: number;
}

function capture(page: Page, { chunks }: { readonly chunks: number }): Promise<Heard> {
  return page.evaluate(async (wanted): Promise<Heard> => {
    const microphone = new tenuto.Microphone({
      constraints: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    const beganMs = performance.now();
    const all: Uint8Array[] = [];
    const told: Heard['chunks'] = [];
    await new Promise<void>((resolve, reject) => {
      microphone
        .start({
          onChunk: ({ bytes, capturedAtMs }) => {
            all.push(bytes);
            told.push({
              atMs: capturedAtMs,
              bytes: bytes.length,
              arrivedMs: performance.now(),
            });
            if (all.length === wanted) resolve();
          },
        })
        .catch(reject);
    });
    await microphone.stop();
    const samples = all
      .slice(0, wanted)
      .flatMap((bytes) => [...new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2)]);
    return { samples, chunks: told.slice(0, wanted), elapsedMs: performance.now() - beganMs };
  }, chunks);
}
