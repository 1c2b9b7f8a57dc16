import { describe, expect, it } from 'vitest';
import type { Locator, Page } from 'playwright-core';

import { inspectionFeed } from '../../src/observability/inspection-feed.ts';
import { LadderWorld } from '../session/ladder-world.ts';
import { inspectorBrowser } from './support/inspector-browser.ts';

describe('the live charts of a session', () => {
  const browser = inspectorBrowser();

  it('light the state that a connection is in and the arrow that led there, through a loss and back', async () => {
    const feed = inspectionFeed();
    const world = new LadderWorld([{ name: 'only' }], { inspect: feed.inspect });
    const { page, strangers, problems } = await browser.watch(feed);
    const chart = chartOf(page, 'connection');

    await world.connect();
    await world.speak(500);
    await stateIs(chart, 'active');
    expect(await litStates(chart)).toContain('active');
    world.network(0).refuseNext();
    world.network(0).reset();
    await world.pass(10);
    await stateIs(chart, /^reconnecting/);

    expect(await litStates(chart)).toContain('reconnecting');
    expect(await chart.locator('path.is-last').count()).toBeGreaterThan(0);

    await world.pass(8_000);
    await stateIs(chart, 'active');
    expect(await litStates(chart)).toContain('active');
    expect([strangers, problems]).toEqual([[], []]);
    void world.session.close();
    await world.pass(20_000);
  });
});

function chartOf(page: Page, machine: string): Locator {
  return page.locator(`.chart:has(svg[aria-label="Statechart: ${machine}"])`);
}

async function stateIs(chart: Locator, state: string | RegExp): Promise<void> {
  await expect.poll(() => chart.getByTestId('state').textContent()).toMatch(state);
}

/** The names of the states that are lit. */
function litStates(chart: Locator): Promise<readonly string[]> {
  return chart.locator('[data-node].is-active > text.title').allTextContents();
}
