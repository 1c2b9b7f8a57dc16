/** `useSession` in a real page, in React's strict mode, which mounts everything twice. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import type { ReactPage } from './pages/react.ts';
import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';

declare const page: ReactPage;

let browser: Browser;
let server: PageServer;
let tab: Page;
const errors: string[] = [];
beforeAll(async () => {
  server = await servePage({ script: new URL('pages/react.ts', import.meta.url) });
  browser = await startChromium();
});
afterAll(async () => {
  await browser.close();
  await server.close();
});
beforeEach(async () => {
  errors.length = 0;
  tab = await browser.newPage();
  tab.on('pageerror', (error) => errors.push(error.message));
  tab.on('console', (message) => {
    if (message.type() === 'error' && !message.location().url.endsWith('favicon.ico')) {
      errors.push(message.text());
    }
  });
  await tab.goto(server.url);
  return async () => {
    await tab.close();
    expect(errors).toEqual([]);
  };
});

const shown = async (id: string, text: string): Promise<void> => {
  await tab.waitForFunction(
    ([where, what]) => document.getElementById(where!)?.textContent === what,
    [id, text],
  );
};

describe('a component with a session of the application’s', () => {
  it('shows its life: what is said, what waits, how it comes back', async () => {
    await tab.evaluate(() => page.mount({ isOwn: false }));
    await shown('status', 'idle');

    await tab.click('#connect');
    await tab.evaluate(() => page.pass(50));
    await shown('status', 'active');
    await tab.evaluate(() => page.speak(1_000));
    await tab.evaluate(() => page.pass(300)); // the books are looked at four times a second
    await shown('buffered', '1');
    await tab.evaluate(() => page.tell(100, 'hello'));
    await shown('text', 'hello');
    await tab.evaluate(() => page.cut());
    await shown('status', 'reconnecting');
    await shown('attempt', '1');
    await tab.evaluate(() => page.pass(2_000));
    await shown('status', 'active');
    await shown('attempt', '0');
  });

  it('is drawn anew a few times a second while ten chunks a second are captured', async () => {
    await tab.evaluate(() => page.mount({ isOwn: false }));
    await tab.click('#connect');
    await tab.evaluate(() => page.pass(50));
    await shown('status', 'active');

    const renderings = await tab.evaluate(async () => {
      const before = page.renderings;
      await page.speak(10_000);
      return (page.renderings - before) / 2; // strict mode renders twice
    });

    expect(renderings).toBeGreaterThan(0);
    expect(renderings).toBeLessThanOrEqual(42);
  });

  it('leaves it alone when it goes, and leaves nothing behind', async () => {
    await tab.evaluate(() => page.mount({ isOwn: false }));
    await tab.click('#connect');
    await tab.evaluate(() => page.pass(50));
    await shown('status', 'active');
    const timers = await tab.evaluate(() => page.timers);

    const after = await tab.evaluate(async () => {
      page.unmount();
      await page.pass(0);
      return { status: page.world.session.status, timers: page.timers };
    });

    expect(after).toEqual({ status: 'active', timers: timers - 1 });
  });

  it('takes over what a server rendered', async () => {
    await tab.evaluate(() => page.mount({ isOwn: false, isHydrated: true }));

    await tab.click('#connect');
    await tab.evaluate(() => page.pass(50));

    await shown('status', 'active');
  });
});

describe('a component that makes its session itself', () => {
  it('makes one, also in strict mode, and closes it when it goes', async () => {
    await tab.evaluate(() => page.mount({ isOwn: true }));
    await tab.waitForFunction(() => page.made > 0);
    await tab.click('#connect');
    await tab.evaluate(() => page.pass(50));
    await shown('status', 'active');
    const made = await tab.evaluate(() => page.made);

    const after = await tab.evaluate(async () => {
      page.unmount();
      for (let second = 0; second < 20; second += 1) await page.pass(1_000);
      return { statuses: page.statuses, timers: page.timers };
    });

    expect(made).toBe(1);
    expect(after).toEqual({ statuses: ['disconnected'], timers: 0 });
  });
});
