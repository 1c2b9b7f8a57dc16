import axe from 'axe-core';
import { createActor, setup } from 'xstate';
import { describe, expect, it } from 'vitest';
import type { BrowserContextOptions, Page } from 'playwright-core';

import { inspectionFeed } from '../../src/observability/inspection-feed.ts';
import type { InspectionFeed } from '../../src/observability/inspection-feed.ts';
import { inspectorBrowser } from './support/inspector-browser.ts';

const EVENTS = 5_000;
/** A picture is drawn after so many. */
const BATCH = 50;
/** Ten times the actors may cost so much more. */
const MOST_RATIO = 2;
const SHOTS = process.env['TENUTO_SHOTS'];

describe('the live charts of a crowd', () => {
  const browser = inspectorBrowser();

  it('cost a page little more with 200 actors than with 20, for as many events', async () => {
    const few = await cpuOf(20);
    const many = await cpuOf(200);

    expect(many / few, `${many} s of CPU after ${few} s`).toBeLessThan(MOST_RATIO);
  });

  /** Seconds of CPU that the page's thread takes for the same events of so many actors: not of the clock, which a busy machine stretches. */
  async function cpuOf(count: number): Promise<number> {
    const feed = inspectionFeed({ capacity: 4 * EVENTS });
    const actors = Array.from({ length: count }, (_, at) =>
      createActor(call, { id: `call ${at}`, inspect: feed.inspect }).start(),
    );
    const { page } = await browser.watch(feed);
    await expect.poll(() => page.getByTestId('actor-count').textContent()).toBe(String(count));
    const threadSeconds = await threadClock(page);
    const before = await threadSeconds();

    for (let event = 0; event < EVENTS; event += 1) {
      actors[event % count]?.send({ type: event % (2 * count) < count ? 'held' : 'resumed' });
      if (event % BATCH === BATCH - 1) {
        await page.evaluate(() => new Promise(requestAnimationFrame));
      }
    }
    const told = EVENTS + 2 * count; // each is made known, and begins
    await expect.poll(() => page.getByTestId('event-count').textContent()).toBe(String(told));
    const taken = (await threadSeconds()) - before;
    const charts = await page.locator('.chart').count();
    const elements = await page.locator('*').count();
    for (const actor of actors) actor.stop();

    expect(charts).toBeLessThanOrEqual(2);
    expect(elements).toBeLessThan(3_000);
    return taken;
  }

  it('go through the past: charts, actors and events are as they were', async () => {
    const feed = crowd(3);
    const { page } = await browser.watch(feed);
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
    const { page } = await browser.watch(feed);
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
    const { page, strangers, problems } = await browser.watch(feed, look);
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

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

const call = setup({
  types: { events: {} as { readonly type: 'held' | 'resumed' } },
}).createMachine({
  id: 'call',
  initial: 'talking',
  states: {
    talking: { on: { held: 'waiting' } },
    waiting: { on: { resumed: 'talking' } },
  },
});

/** Tells what the page's own thread has taken of a processor: counted while this session of the DevTools protocol stands. */
async function threadClock(page: Page): Promise<() => Promise<number>> {
  const client = await page.context().newCDPSession(page);
  await client.send('Performance.enable', { timeDomain: 'threadTicks' });
  return async () => {
    const { metrics } = await client.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? NaN;
  };
}

/** Leases of a gateway, each attached. */
function crowd(count: number): InspectionFeed {
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
