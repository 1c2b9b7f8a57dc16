/** The page itself: it can be used by whoever comes, nothing moves, and nothing is asked of anybody else. */
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startChromium } from './support/chromium.ts';
import { openPage, outcomeOf, press, saidUpTo, startDemo } from './support/demo.ts';
import type { StartedDemo } from './support/demo.ts';

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** https://wicg.github.io/layout-instability/#sec-layout-shift */
interface LayoutShift extends PerformanceEntry {
  readonly value: number;
  readonly sources: readonly {
    readonly node: Node | null;
    readonly previousRect: DOMRectReadOnly;
    readonly currentRect: DOMRectReadOnly;
  }[];
}

/** What axe-core calls serious or worse. */
async function seriousViolations(page: Page): Promise<readonly string[]> {
  const run = `${axe.source}; axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] })`;
  const { violations } = await page.evaluate<{ violations: readonly Violation[] }>(run);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}

describe('the page of the demonstration', () => {
  let browser: Browser;
  let demo: StartedDemo;
  beforeAll(async () => {
    [demo, browser] = await Promise.all([startDemo(), startChromium()]);
  });
  afterAll(async () => {
    await browser.close();
    await demo.end();
  });

  it('is used by keys alone, moves nothing, and asks nobody but its own server', async () => {
    const { page, context, asked, thrown } = await openPage(browser, demo.url, {
      viewport: { width: 1280, height: 900 },
    });
    await page.evaluate(() => {
      const shifts: string[] = [];
      Object.assign(globalThis, { shifts });
      new PerformanceObserver((list) => {
        for (const { value, sources } of list.getEntries() as LayoutShift[]) {
          const moved = sources.flatMap(({ node, previousRect, currentRect }) => {
            const element = node instanceof Element ? node : node?.parentElement;
            if (element?.closest('[role=log]')) return []; // it scrolls to its end, as logs do
            const name = `${element?.nodeName ?? '?'}.${element?.className ?? ''}`;
            return [`${name} ${JSON.stringify([previousRect, currentRect])}`];
          });
          if (moved.length > 0) shifts.push(`${value}: ${moved.join('; ')}`);
        }
      }).observe({ type: 'layout-shift', buffered: true });
    });

    await page.keyboard.press('m');
    await page.keyboard.press('p');
    await saidUpTo(page, 10);
    await page.keyboard.press('1');
    await saidUpTo(page, 18);
    const duringIt = await seriousViolations(page);
    await page.keyboard.press('p');
    await outcomeOf(page);
    const afterIt = await seriousViolations(page);

    expect(await page.locator('#sound').getAttribute('aria-pressed')).toBe('false');
    expect([...duringIt, ...afterIt]).toEqual([]);
    expect(await page.evaluate('shifts')).toEqual([]);
    const own = new URL(demo.url).host;
    const others = asked.filter((url) => !/^(data|blob):/.test(url) && new URL(url).host !== own);
    expect(others).toEqual([]);
    expect(asked.length).toBeGreaterThan(4);
    expect(thrown).toEqual([]);
    await context.close();
  });

  it.each([
    ['light', 360, 740],
    ['dark', 360, 740],
    ['dark', 1280, 900],
  ] as const)('is readable in a %s window %d wide', async (colorScheme, width, height) => {
    const { page, context } = await openPage(browser, demo.url, {
      colorScheme,
      viewport: { width, height },
    });

    const widest = await page.evaluate(() => document.documentElement.scrollWidth);

    expect(widest).toBe(width);
    expect(await seriousViolations(page)).toEqual([]);
    await context.close();
  });

  it('shows the chart before anything runs, and lets nobody take it away', async () => {
    const { page, context } = await openPage(browser, demo.url);

    const lit = page.locator('.decides [data-node].is-active > text.title');
    await expect.poll(() => lit.allTextContents()).toEqual(['idle']);
    expect(await page.getByRole('button', { name: /^Hide/ }).count()).toBe(0);
    expect(await page.locator('.strip-what').allTextContents()).toEqual([
      'Every chunk of 0.1 s, ten seconds to a row',
      'Every chunk of 0.1 s, ten seconds to a row',
    ]);
    await context.close();
  });

  it('breaks nothing before there is something to break, and not what is broken already', async () => {
    const { page, context } = await openPage(browser, demo.url);
    const button = page.locator('[data-fault="airplane"]');

    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await page.locator('#play').click();
    await saidUpTo(page, 2);
    expect(await button.getAttribute('aria-disabled')).toBe('false');
    await press(page, 'airplane');
    await page.getByText(/s left/).waitFor();

    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await context.close();
  });
});
