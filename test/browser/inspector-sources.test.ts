import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Browser } from 'playwright-core';

import { inspectionFeed } from '../../src/observability/inspection-feed.ts';
import { eventLine, headerLine } from '../../src/observability/recording.ts';
import { inspecting } from '../cli/inspect-world.ts';
import { LadderWorld } from '../session/ladder-world.ts';
import { startChromium } from './support/chromium.ts';
import { openPage } from './support/inspector-page.ts';
import type { InspectorPage } from './support/inspector-page.ts';

describe('the page of tenuto inspect', () => {
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

  it('waits for an app of others, and draws its chart', async () => {
    const { url, appUrl } = (await inspecting(undefined).told) as { url: string; appUrl: string };
    const { page } = (opened = await openPage(browser, url));
    await expect
      .poll(() => page.locator('.title').first().textContent())
      .toBe('waiting for an app');

    const script = fileURLToPath(new URL('../support/foreign-app.mjs', import.meta.url));
    const app = spawn(process.execPath, [script, appUrl], { stdio: 'ignore' });
    onTestFinished(() => void app.kill());
    const chart = page.locator('.chart:has(svg[aria-label="Statechart: light"])');
    await expect.poll(() => chart.getByTestId('state').textContent()).toBe('green');

    const lit = chart.locator('[data-node].is-active > text.title');
    await expect.poll(() => lit.allTextContents()).toEqual(['green']);
    const taken = chart.locator('g.is-last');
    await expect.poll(() => taken.allTextContents()).toEqual(['next']);
    expect([opened.strangers, opened.problems]).toEqual([[], []]);
  });

  it('opens a flight recording of a session, and goes back to any moment of it', async () => {
    const lines = await recorded();
    const folder = mkdtempSync(join(tmpdir(), 'tenuto-recording-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'night.jsonl'), lines.join('\n'));

    const { url } = (await inspecting(join(folder, 'night.jsonl')).told) as { url: string };
    const { page } = (opened = await openPage(browser, url));
    const log = page.locator('.log');
    await expect.poll(() => log.getByTestId('event-count').textContent()).not.toBe('0');
    await page.getByLabel('Search events').fill('socket.lost');
    await expect.poll(() => log.getByTestId('event-count').textContent()).toBe('1');
    await page.getByLabel('Show the chart of connection').first().check();
    await log.locator('.row button').first().click();
    await page.getByRole('button', { name: 'show this moment' }).click();

    const chart = page.locator('.chart:has(svg[aria-label="Statechart: connection"])');
    const state = chart.getByTestId('state');
    await expect.poll(() => state.textContent()).toMatch(/^reconnecting/);
    expect([opened.strangers, opened.problems]).toEqual([[], []]);
  });
});

/** A session that lost its network once. */
async function recorded(): Promise<readonly string[]> {
  const feed = inspectionFeed();
  const lines = [headerLine('one loss', 0)];
  feed.subscribe((event) => lines.push(eventLine(event)));
  const world = new LadderWorld([{ name: 'only' }], { inspect: feed.inspect });
  await world.connect();
  await world.speak(500);
  world.network(0).reset();
  await world.pass(8_000);
  void world.session.close();
  await world.pass(20_000);
  return lines;
}
