/** What befalls a page that is used: its network is switched off, it is hidden, it has a twin, it hears a microphone. */
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startChromium, startOrdinaryChromium } from './support/chromium.ts';
import {
  heard,
  openPage,
  openPageIn,
  outcomeOf,
  press,
  replayedIn,
  saidUpTo,
  shownBy,
  startDemo,
} from './support/demo.ts';
import type { StartedDemo } from './support/demo.ts';
import { wordsOf } from '../../visualizations/demo/align.ts';

/** How much of it is what is heard of the recording. */
function shareHeard(said: readonly string[]): number {
  const known = new Set(wordsOf(heard));
  return said.filter((word) => known.has(word)).length / said.length;
}

/** In the page: by how much the latest of some timers of 100 ms was late. */
async function latestTimer(): Promise<number> {
  let latest = 0;
  for (let timer = 0; timer < 5; timer += 1) {
    const setAtMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, 100));
    latest = Math.max(latest, performance.now() - setAtMs - 100);
  }
  return latest;
}

const MINUTE = fileURLToPath(new URL('../fixtures/speech/minute.wav', import.meta.url));

/** Four recognisers share this machine. */
const FOUR_STREAMS_SPEED = 1.5;

describe('the demonstration goes on', () => {
  let browser: Browser;
  let demo: StartedDemo;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(), startChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  it('while the browser has no network', async () => {
    const { page, context } = await openPage(browser, demo.url);
    await page.locator('#play').click();
    await saidUpTo(page, 12);

    await context.setOffline(true);
    await saidUpTo(page, 30);
    const buffered = await page.locator('[data-term="buffered"]').textContent();
    await context.setOffline(false);
    const { ours, ledger } = await outcomeOf(page);

    expect(parseInt(buffered ?? '', 10)).toBeGreaterThan(100); // nobody takes what is said
    expect(ours).toBe(heard);
    expect(ledger['gap']).toBe(0);
    await context.close();
  });

  it('after a reload in mid-speech, and in an outage', async () => {
    const { page, context, thrown } = await openPage(browser, demo.url);
    await page.locator('#play').click();
    await saidUpTo(page, 12);

    await page.reload();
    await saidUpTo(page, 24);
    await press(page, 'airplane');
    await saidUpTo(page, 36);
    await page.reload();
    const { ours, ledger } = await outcomeOf(page);

    expect(ours).toBe(heard);
    expect(ledger).toMatchObject({ gap: 0, buffered: 0 });
    expect(thrown).toEqual([]);
    await context.close();
  });

  it('anew after a reload that finds what was kept sealed by another key, and says so', async () => {
    const { page, context, thrown } = await openPage(browser, demo.url);
    await page.locator('#play').click();
    await saidUpTo(page, 4);

    await page.evaluate(async () => {
      const request = indexedDB.deleteDatabase('tenuto-demo');
      await new Promise((resolve, reject) => {
        request.onsuccess = resolve;
        request.onerror = request.onblocked = () => reject(new Error('it is there still'));
      });
    });
    await page.reload();
    const told = page.getByText(/What was said before the reload is not taken up: The spool/);
    await told.waitFor();
    expect(await page.locator('#play').textContent()).toContain('Play the speech');
    await page.locator('#play').click();
    await saidUpTo(page, 2);

    expect(await told.count()).toBe(0);
    expect(thrown).toEqual([]);
    await context.close();
  });

  it('in two tabs, of which only the one is broken whose button was pressed', async () => {
    const one = await openPage(browser, demo.url, {}, FOUR_STREAMS_SPEED);
    const other = await openPage(browser, demo.url, {}, FOUR_STREAMS_SPEED);
    await one.page.locator('#play').click();
    await other.page.locator('#play').click();
    await saidUpTo(one.page, 14);

    await press(one.page, 'cut');
    const [broken, whole] = await Promise.all([outcomeOf(one.page), outcomeOf(other.page)]);

    expect(broken.ours).toBe(heard);
    expect(whole.ours).toBe(heard);
    expect(broken.verdict).toContain('1 fault: 0 words lost here');
    expect(whole.verdict).toContain('0 faults: 0 words lost here');
    expect(await replayedIn(other.page)).toBe(0);
    await one.context.close();
    await other.context.close();
  });

  it('in a page that is hidden, and whose timers are late', async () => {
    const ordinary = await startOrdinaryChromium();
    const { page } = await openPageIn(ordinary.context, demo.url);
    await page.locator('#play').click();
    await saidUpTo(page, 8);

    const cover = await ordinary.context.newPage();
    await cover.bringToFront();
    const lateMs = await page.evaluate(latestTimer);
    await page.locator('[data-fault="cut"]').dispatchEvent('click'); // nobody can press what is hidden
    await saidUpTo(page, 40);
    const visibility = await page.evaluate(() => document.visibilityState);
    await page.bringToFront();
    const { ours, ledger } = await outcomeOf(page);
    const shown = await shownBy(page);

    expect(visibility).toBe('hidden');
    expect(lateMs).toBeGreaterThan(400);
    expect(shown.ours).toContainEqual(expect.stringMatching(/back after/));
    expect(ours).toBe(heard);
    expect(ledger['gap']).toBe(0);
    await ordinary.close();
  });
});

describe('a microphone', () => {
  it('is heard without a gap while its connection is cut', async () => {
    const browser = await startChromium({ microphone: `${MINUTE}%noloop` });
    const demo = await startDemo();
    const { page, context, thrown } = await openPage(browser, demo.url);

    await page.locator('#speak').click();
    await saidUpTo(page, 12);
    await press(page, 'cut');
    await saidUpTo(page, 20);
    await page.locator('#speak').click();
    const { ours, verdict, ledger } = await outcomeOf(page);

    // A recogniser words what comes over a sound card each time a little differently: most of it is as ever, on either side of the cut.
    const said = wordsOf(ours);
    const half = Math.floor(said.length / 2);
    expect(shareHeard(said.slice(0, half))).toBeGreaterThan(0.4);
    expect(shareHeard(said.slice(half))).toBeGreaterThan(0.4);
    expect(ledger['captured']).toBeGreaterThanOrEqual(200);
    expect(ledger).toMatchObject({ delivered: ledger['captured'], gap: 0, buffered: 0 });
    expect(verdict).toContain('chunks delivered here');
    expect(thrown).toEqual([]);
    await context.close();
    await browser.close();
    await demo.end();
  });

  it('that may not be used is told kindly', async () => {
    const browser = await startChromium({ asksForMicrophone: true });
    const demo = await startDemo();
    const { page, context } = await openPage(browser, demo.url, { permissions: [] });

    await page.locator('#speak').click();
    const verdict = page.locator('#verdict');
    await page.getByText('Something is wrong here.').waitFor();

    expect(await verdict.textContent()).toBe('Something is wrong here.');
    expect(await page.locator('.verdict-words span').textContent()).toMatch(
      /^The microphone may not be used\. Allow it .*; or play the packaged speech\.$/,
    );
    expect(await page.locator('#play').textContent()).toContain('Play the speech');
    await context.close();
    await browser.close();
    await demo.end();
  });
});
