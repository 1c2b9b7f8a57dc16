/** What a page's loudspeaker plays, as the page itself hears it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';

describe('the loudspeaker', () => {
  let browser: Browser;
  let server: PageServer;
  let page: Page;
  beforeAll(async () => {
    [browser, server] = await Promise.all([startChromium(), servePage()]);
    page = await browser.newPage();
    await page.goto(server.url);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it('plays a sound at its pitch, and tells as much of it as was heard, by the clock of the sound', async () => {
    const { peakHz, heard, elapsedMs, underruns } = await page.evaluate(async () => {
      const player = new tenuto.Player();
      await player.start();
      const { context, node } = player;
      const analyser = new AnalyserNode(context!, { fftSize: 8_192, smoothingTimeConstant: 0 });
      node!.connect(analyser);
      const bytes = (seconds: number): Uint8Array => {
        const samples = Int16Array.from({ length: 24_000 * seconds }, (_, at) => {
          return 12_000 * Math.sin((2 * Math.PI * 1_500 * at) / 24_000);
        });
        return new Uint8Array(samples.buffer);
      };
      let peakHz = 0;
      const told: { ms: number; atMs: number }[] = [];
      await new Promise<void>((resolve) => {
        player.on((event) => {
          if (event.type === 'heard') told.push({ ms: event.ms, atMs: performance.now() });
          if (event.type === 'heard' && event.ms > 500 && peakHz === 0) {
            const levels = new Float32Array(analyser.frequencyBinCount);
            analyser.getFloatFrequencyData(levels);
            const peak = levels.indexOf(Math.max(...levels));
            peakHz = (peak * context!.sampleRate) / analyser.fftSize;
          }
          if (event.type === 'ended') resolve();
        });
        const whole = bytes(1.5);
        for (let at = 0; at < whole.length; at += 4_800) {
          player.play({ id: 'a', bytes: whole.subarray(at, at + 4_800), sampleRateHz: 24_000 });
        }
      });
      const heardAtEnd = player.heard;
      const [first] = told;
      const last = told.at(-1)!;
      await player.stop();
      return {
        peakHz,
        heard: heardAtEnd,
        elapsedMs: last.atMs - first!.atMs - (last.ms - first!.ms),
        underruns: player.underruns,
      };
    });

    expect(Math.abs(peakHz - 1_500)).toBeLessThan(10);
    expect(heard?.ms).toBeGreaterThan(1_400); // what is on its way to the air is not heard yet
    expect(heard?.ms).toBeLessThanOrEqual(1_501);
    expect(Math.abs(elapsedMs)).toBeLessThan(100);
    expect(underruns).toBe(0);
  });

  it('is silent at once when it is cleared, and says how much was heard', async () => {
    const { levels, heard, atMostMs } = await page.evaluate(async () => {
      const player = new tenuto.Player();
      await player.start();
      const { context, node } = player;
      const analyser = new AnalyserNode(context!, { fftSize: 256 });
      node!.connect(analyser);
      const level = (): number => {
        const samples = new Float32Array(256);
        analyser.getFloatTimeDomainData(samples);
        return Math.max(...samples.map(Math.abs));
      };
      const samples = Int16Array.from({ length: 24_000 * 60 }, (_, at) => {
        return 12_000 * Math.sin((2 * Math.PI * 440 * at) / 24_000);
      });
      const startedAtS = context!.currentTime;
      const seen = { levels: [] as number[], atMostMs: 0 };
      const heardAtClear = await new Promise<unknown>((resolve) => {
        player.on((event) => {
          if (event.type !== 'heard' || event.ms <= 300 || seen.levels.length > 0) return;
          seen.levels.push(level());
          player.clear();
          const clearedAtS = context!.currentTime;
          seen.atMostMs = (clearedAtS - startedAtS) * 1_000;
          const look = (): void => {
            // What the air gets: its clock says when, however late this page looks.
            if (context!.currentTime < clearedAtS + 0.1) requestAnimationFrame(look);
            else {
              seen.levels.push(level());
              resolve(player.heard);
            }
          };
          look();
        });
        player.play({ id: 'b', bytes: new Uint8Array(samples.buffer), sampleRateHz: 24_000 });
      });
      await player.stop();
      return { ...seen, heard: heardAtClear as { id: string; ms: number } };
    });

    expect(levels[0]).toBeGreaterThan(0.3);
    expect(levels[1]).toBeLessThan(1e-6); // of a minute of sound
    expect(heard.id).toBe('b');
    expect(heard.ms).toBeGreaterThan(300);
    expect(heard.ms).toBeLessThan(atMostMs + 100);
  });

  it('tells of a sound that came too late', async () => {
    const silentMs = await page.evaluate(async () => {
      const player = new tenuto.Player();
      await player.start();
      const bytes = new Uint8Array(4_800);
      const silent = await new Promise<number>((resolve) => {
        let ended = 0;
        player.on((event) => {
          if (event.type === 'underrun') resolve(event.silentMs);
          if (event.type !== 'ended') return;
          ended += 1;
          if (ended === 1)
            setTimeout(() => player.play({ id: 'c', bytes, sampleRateHz: 24_000 }), 200);
        });
        player.play({ id: 'c', bytes, sampleRateHz: 24_000 });
      });
      await player.stop();
      return silent;
    });

    expect(silentMs).toBeGreaterThan(150);
  });

  it('says so where the browser lets the page have no sound yet, and plays at the first click', async () => {
    const strict = await startChromium({
      args: ['--autoplay-policy=document-user-activation-required'],
    });
    try {
      const other = await strict.newPage();
      const told: string[] = [];
      const toldOf = (what: string) =>
        other.waitForEvent('console', (message) => {
          if (message.type() === 'info') told.push(message.text()); // the browser warns beside it
          return message.text() === what;
        });
      // What a driver evaluates counts as a click of the user: the page does this by itself.
      await other.addInitScript(() => {
        addEventListener('load', () => {
          const player = new tenuto.Player();
          player.on((event) => {
            if (event.type === 'heard') return;
            globalThis.console.info(event.type === 'blocked' ? event.error.code : event.type);
          });
          void player.start().then(() => {
            player.play({ id: 'd', bytes: new Uint8Array(4_800), sampleRateHz: 24_000 });
          });
        });
      });
      const blocked = toldOf('AUDIO_BLOCKED');
      await other.goto(server.url);
      await blocked;

      const ended = toldOf('ended');
      await other.mouse.click(50, 50);
      await ended;

      expect(told).toEqual(['AUDIO_BLOCKED', 'running', 'ended']);
    } finally {
      await strict.close();
    }
  });
});
