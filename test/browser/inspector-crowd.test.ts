import axe from 'axe-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

import { inspectionFeed } from '../../src/observability/inspection-feed.ts';
import type { InspectionFeed } from '../../src/observability/inspection-feed.ts';
import { startChromium } from './support/chromium.ts';
import { openInspector } from './support/inspector-page.ts';
import type { InspectorPage } from './support/inspector-page.ts';

const ACTORS = 199;
const EVENTS = 5_000;
const SHOTS = process.env['TENUTO_SHOTS'];

describe('the live charts of a crowd', () => {
  let browser: Browser;
  let opened: InspectorPage | undefined;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterEach(async () => {
    await opened?.close();
    opened = undefined;
  });
  afterAll(async () => {
    await browser.close();
  });

  it('stay answerable while 200 actors have 5,000 events', async () => {
    const feed = crowd();
    const { page } = (opened = await openInspector(browser, feed));
    await expect.poll(() => page.getByTestId('actor-count').textContent()).toBe('200');
    await page.evaluate(watchFrames);

    for (let event = 0; event < EVENTS; event += 1) {
      step(feed, event % ACTORS, event);
      if (event % 50 === 49) await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    await expect
      .poll(() => page.getByTestId('event-count').textContent())
      .toBe(String(EVENTS + 2 * ACTORS + 1));

    const frames = await page.evaluate(() => (globalThis as unknown as Frames).frames);
    const late = frames.filter((ms) => ms > 100).length;
    expect(
      late / frames.length,
      `the longest of ${frames.length}: ${Math.max(...frames)} ms`,
    ).toBeLessThan(0.5);
    expect(await page.locator('.chart').count()).toBeLessThanOrEqual(2);
    expect(await page.locator('*').count()).toBeLessThan(3_000);
  });

  it('go through the past: charts, actors and events are as they were', async () => {
    const feed = crowd(3);
    const { page } = (opened = await openInspector(browser, feed));
    for (let event = 0; event < 30; event += 1) step(feed, 0, event);
    await expect.poll(() => page.getByTestId('event-count').textContent()).toBe('37');
    await page
      .getByRole('button', { name: /lease s0/ })
      .first()
      .click();
    const state = page.getByTestId('state');
    await expect.poll(() => state.textContent()).toBe('kept.attached');

    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    await expect.poll(() => state.textContent()).toBe('kept.detached');
    await expect.poll(() => lit(page)).toContain('detached');
    step(feed, 0, 30);
    await expect.poll(() => page.getByTestId('moment').textContent()).toMatch(/^event \d+ of 72/);
    expect(await state.textContent()).toBe('kept.detached');

    await page.keyboard.press('Home');
    await expect.poll(() => page.getByTestId('actor-count').textContent()).toBe('1');
    await page.keyboard.press('End');
    await expect.poll(() => state.textContent()).toBe('kept.detached');
    await expect.poll(() => page.getByTestId('moment').textContent()).toContain('now');
  });

  it('find an actor, an event and what it changed, by keyboard alone', async () => {
    const feed = crowd(20);
    const { page } = (opened = await openInspector(browser, feed));
    step(feed, 7, 0);
    await expect.poll(() => page.getByTestId('actor-count').textContent()).toBe('21');

    await page.getByLabel('Search actors').fill('s7');
    await expect.poll(() => page.getByTestId('actor-count').textContent()).toBe('2');
    await page.getByLabel('Search actors').fill('');
    await page.locator('h1').click();
    await page.keyboard.press('/');
    await page.keyboard.type('client.detached');
    await expect.poll(() => page.getByTestId('event-count').textContent()).toBe('1');
    await page.keyboard.press('Escape');
    await page.locator('.row button').first().press('Enter');

    expect(await page.locator('.detail').textContent()).toContain('kept.attached → kept.detached');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('.detail').count()).toBe(0);
    await page.locator('h1').click();
    await page.keyboard.press('?');
    await expect.poll(() => page.locator('dialog.help').isVisible()).toBe(true);
  });

  const looks: readonly (readonly [string, BrowserContextOptions])[] = [
    ['light', { colorScheme: 'light' }],
    ['dark', { colorScheme: 'dark' }],
    ['phone', { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true }],
    ['still', { reducedMotion: 'reduce' }],
  ];
  it.each(looks)('can be read by everybody: %s', async (name, look) => {
    const feed = crowd(30);
    const { page, strangers, problems } = (opened = await openInspector(browser, feed, look));
    for (let event = 0; event < 60; event += 1) step(feed, event % 30, event);
    await expect.poll(() => page.locator('[data-node].is-active').count()).toBeGreaterThan(0);
    await page.locator('.row button').first().click();
    if (SHOTS !== undefined)
      await page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true });

    await page.evaluate(axe.source);
    const violations = await page.evaluate(async () => {
      const { axe: tool } = globalThis as unknown as {
        axe: { run(): Promise<{ violations: Violation[] }> };
      };
      const found = await tool.run();
      return found.violations.map(({ id, impact, nodes }) => ({
        id,
        impact,
        where: nodes.map(({ html }) => html).slice(0, 3),
      }));
    });

    expect(
      violations.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
    ).toEqual([]);
    const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(width).toBeLessThanOrEqual(0);
    expect([strangers, problems]).toEqual([[], []]);
  });
});

interface Frames {
  frames: number[];
}

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** In the page: how long each frame took from the one before. */
function watchFrames(): void {
  const frames: number[] = [];
  (globalThis as unknown as Frames).frames = frames;
  let before = performance.now();
  const look = (): void => {
    const now = performance.now();
    frames.push(Math.round(now - before));
    before = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Leases of a gateway, each attached. */
function crowd(count = ACTORS): InspectionFeed {
  const feed = inspectionFeed({ capacity: 20_000 });
  for (let actor = 0; actor < count; actor += 1) {
    feed.step({
      chart: 'lease',
      session: `s${actor}`,
      event: 'fence.committed',
      from: 'claiming.reading',
      to: 'kept.attached',
    });
  }
  return feed;
}

/** Comes and goes in turn. */
function step(feed: InspectionFeed, actor: number, turn: number): void {
  const isGoing = turn % 2 === 0;
  feed.step({
    chart: 'lease',
    session: `s${actor}`,
    event: isGoing ? 'client.detached' : 'client.attached',
    from: isGoing ? 'kept.attached' : 'kept.detached',
    to: isGoing ? 'kept.detached' : 'kept.attached',
  });
}

function lit(page: Page): Promise<readonly string[]> {
  return page.locator('[data-node].is-active > text.title').allTextContents();
}
