import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';

import { linesForApp } from '../../src/cli/inspect/apps-words.ts';
import { inspectionFeed } from '../../src/observability/inspection-feed.ts';
import { eventLine, headerLine } from '../../src/observability/recording.ts';
import { inspecting } from '../cli/inspect-world.ts';
import { LadderWorld } from '../session/ladder-world.ts';
import { inspectorBrowser } from './support/inspector-browser.ts';
import { serveInspector } from './support/inspector-page.ts';

describe('the page of tenuto inspect', () => {
  const browser = inspectorBrowser();

  it('waits for an app of others, and draws its chart', async () => {
    const { url, appUrl } = (await inspecting(undefined).told) as { url: string; appUrl: string };
    const { page, strangers, problems } = await browser.visit(url, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await expect
      .poll(() => page.locator('.title').first().textContent())
      .toBe('waiting for an app');
    await page.getByRole('button', { name: 'Copy: In an app of XState 5' }).click();
    await expect.poll(() => page.getByText('Copied').count()).toBe(1);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      linesForApp(appUrl).join('\n'),
    );
    expect(await page.getByTestId('moment').textContent()).toBe('no events yet');
    expect(await page.locator('.legend').count()).toBe(0);

    const script = fileURLToPath(new URL('../support/foreign-app.mjs', import.meta.url));
    const app = spawn(process.execPath, [script, appUrl], { stdio: 'ignore' });
    onTestFinished(() => void app.kill());
    const chart = page.locator('.chart:has(svg[aria-label="Statechart: light"])');
    await expect.poll(() => chart.getByTestId('state').textContent()).toBe('green');

    const lit = chart.locator('[data-node].is-active > text.title');
    await expect.poll(() => lit.allTextContents()).toEqual(['green']);
    const taken = chart.locator('g.is-last');
    await expect.poll(() => taken.allTextContents()).toEqual(['next']);
    expect(await page.locator('.how-to').count()).toBe(0);

    app.kill();
    const where = page.locator('.actor .where');
    await expect.poll(() => where.allTextContents()).toEqual(['stopped']);
    await page.getByLabel('living only').check();
    await expect.poll(() => page.getByTestId('actor-count').textContent()).toBe('0');
    expect([strangers, problems]).toEqual([[], []]);
  });

  it('opens a flight recording of a session, and goes back to any moment of it', async () => {
    const lines = await recorded();
    const folder = mkdtempSync(join(tmpdir(), 'tenuto-recording-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'night.jsonl'), lines.join('\n'));

    const { url } = (await inspecting(join(folder, 'night.jsonl')).told) as { url: string };
    const { page, strangers, problems } = await browser.visit(url);
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
    expect([strangers, problems]).toEqual([[], []]);
  });

  it('is there again when its server is, and begins anew with it', async () => {
    const feed = inspectionFeed();
    const lease = (session: string) =>
      feed.step({
        chart: 'lease',
        session,
        event: 'x',
        from: 'kept.attached',
        to: 'kept.detached',
      });
    lease('one');
    const first = await serveInspector(feed);
    const { page } = await browser.visit(first.url);
    const count = page.getByTestId('actor-count');
    await expect.poll(() => count.textContent()).toBe('2');

    await first.close();
    const link = page.locator('.link');
    await expect.poll(() => link.textContent()).toMatch(/cannot be reached/);
    expect(await count.textContent()).toBe('2'); // what it had stays to be seen
    lease('two');
    const second = await serveInspector(feed, first.port);
    onTestFinished(() => second.close());

    await expect.poll(() => count.textContent()).toBe('3');
    expect(await link.textContent()).toBe('');
  });

  it('has its actors before its charts on a phone, and one chart', async () => {
    const feed = inspectionFeed();
    const world = new LadderWorld([{ name: 'only' }], { inspect: feed.inspect });
    await world.connect();
    const { page } = await browser.watch(feed, { viewport: { width: 360, height: 740 } });
    await expect.poll(() => page.locator('.chart').count()).toBe(1);

    const tops = await page.evaluate(() =>
      ['.actors', '.charts', '.time', '.log'].map(
        (part) => document.querySelector(part)?.getBoundingClientRect().top ?? -1,
      ),
    );
    void world.session.close();
    await world.pass(20_000);

    expect(tops).toEqual([...tops].sort((a, b) => a - b));
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
