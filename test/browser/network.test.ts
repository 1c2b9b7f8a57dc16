/** What Chromium itself tells of the network and of the page's life, and what a session makes of it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, CDPSession, Page } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';

declare global {
  var heard: string[]; // in the page
}

let browser: Browser;
let server: PageServer;
let tab: Page;
let devtools: CDPSession;
beforeAll(async () => {
  server = await servePage();
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});
afterEach(() => tab.close());

async function listening(): Promise<void> {
  tab = await browser.newPage();
  devtools = await tab.context().newCDPSession(tab);
  await tab.goto(server.url);
  await tab.waitForFunction(() => 'tenuto' in globalThis);
  await tab.evaluate(() => {
    globalThis.heard = [];
    tenuto.browserNetworkSignals().subscribe(({ source, says }) => {
      globalThis.heard.push(`${source} ${says}`);
    });
  });
}

async function hears(word: string): Promise<void> {
  await tab.waitForFunction((said) => globalThis.heard.includes(said), word);
}

async function emulate(offline: boolean): Promise<void> {
  const speed = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
  await devtools.send('Network.emulateNetworkConditions', { offline, ...speed });
}

describe('Chromium', () => {
  it('tells that it is offline and online again', async () => {
    await listening();

    await emulate(true);
    await hears('navigator offline');
    await emulate(false);
    await hears('navigator online');

    expect(await tab.evaluate(() => globalThis.heard)).toEqual([
      'navigator offline',
      'navigator online',
    ]);
  });
});
