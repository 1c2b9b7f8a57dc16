/** Every button of the page, in mid-speech: nothing is lost through tenuto, and the plain client shows that it was broken. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startChromium } from './support/chromium.ts';
import { heard, openPage, outcomeOf, press, saidUpTo, shownBy, startDemo } from './support/demo.ts';
import type { StartedDemo } from './support/demo.ts';

const CHUNKS = 626;

describe('on the page of the demonstration', () => {
  let browser: Browser;
  let demo: StartedDemo;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(), startChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  const RECONNECTED = /Connected.*back after/;
  const DROPPED = /dropped once/;
  it.each([
    ['cut', true, RECONNECTED, DROPPED],
    ['half-open', true, /Suspicious silence/, /without an answer, and it has not noticed/],
    ['kill', true, RECONNECTED, DROPPED],
    // A recogniser that is gone for seconds is the gateway's affair: ours goes on, and the plain client is dropped.
    ['rate-limit', false, /the recogniser is away, the gateway keeps the audio/, DROPPED],
    ['expiry', false, null, DROPPED],
    ['airplane', false, RECONNECTED, DROPPED],
  ])('%s in mid-speech loses no word, and is seen', async (fault, losesThere, here, there) => {
    const { page, context, thrown } = await openPage(browser, demo.url);

    await page.locator('#play').click();
    await saidUpTo(page, 14);
    await press(page, fault);
    const { ours, lostHere, lostThere, ledger } = await outcomeOf(page);
    const shown = await shownBy(page);

    expect(ours).toBe(heard);
    expect(lostHere).toBe(0);
    expect(ledger).toEqual({ captured: CHUNKS, delivered: CHUNKS, gap: 0, buffered: 0 });
    if (losesThere) expect(lostThere).toBeGreaterThan(0);
    if (here !== null) expect(shown.ours).toContainEqual(expect.stringMatching(here));
    expect(shown.plain).toContainEqual(expect.stringMatching(there));
    expect(thrown).toEqual([]);
    await context.close();
  });

  it('all of them one after another lose no word', async () => {
    const { page, context, thrown } = await openPage(browser, demo.url);

    await page.locator('#play').click();
    for (const [at, fault] of [
      [4, 'cut'],
      [10, 'rate-limit'],
      [16, 'half-open'],
      [22, 'airplane'],
      [28, 'expiry'],
      [34, 'kill'],
    ] as const) {
      await saidUpTo(page, at);
      await press(page, fault);
    }
    const { verdict, ours, lostThere, ledger } = await outcomeOf(page);

    expect(ours).toBe(heard);
    expect(ledger).toEqual({ captured: CHUNKS, delivered: CHUNKS, gap: 0, buffered: 0 });
    expect(verdict).toBe(`63 s of speech, 6 faults: 0 words lost here, ${lostThere} there.`);
    expect(lostThere).toBeGreaterThan(0);
    expect(await fatesIn(page)).toMatchObject({ waiting: 0, sent: 0, lost: 0 });
    expect(await page.locator('#plain .link-detail').textContent()).toMatch(/^dropped \d+ times$/);
    expect(await page.locator('#ours .transcript').evaluate(hiddenPx)).toBe(0);
    expect(thrown).toEqual([]);
    await context.close();
  });
});

/** How many chunks the legend of our side counts, each fate. */
async function fatesIn(page: Page): Promise<Readonly<Record<string, number>>> {
  return page
    .locator('#ours [data-fate]')
    .evaluateAll((all) =>
      Object.fromEntries(
        all.map((each) => [
          each.getAttribute('data-fate'),
          Number(each.getAttribute('data-count')),
        ]),
      ),
    );
}

/** In the page: how much of a text is not in sight. */
function hiddenPx(box: Element): number {
  return Math.max(0, box.scrollHeight - box.clientHeight);
}
