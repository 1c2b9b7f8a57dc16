/** One browser for a file of tests of the inspector's page, and one page at a time in it: each is closed when its test is over. */
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { Browser } from 'playwright-core';

import { startChromium } from './chromium.ts';
import { openInspector, openPage } from './inspector-page.ts';
import type { InspectorPage, InspectorPageOptions } from './inspector-page.ts';
import type { ChartSource } from '../../../src/observability/wire.ts';

export interface InspectorBrowser {
  /** The page over whatever tells what happens in it. */
  watch(source: ChartSource, options?: InspectorPageOptions): Promise<InspectorPage>;
  /** The page at an address, as `tenuto inspect` prints it. */
  visit(url: string, options?: InspectorPageOptions): Promise<InspectorPage>;
}

/** To be called where tests are described. */
export function inspectorBrowser(): InspectorBrowser {
  let browser: Browser;
  const opened: InspectorPage[] = [];
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.close();
  });
  afterAll(async () => {
    await browser.close();
  });
  const noted = async (opening: Promise<InspectorPage>): Promise<InspectorPage> => {
    const page = await opening;
    opened.push(page);
    return page;
  };
  return {
    watch: (source, options) => noted(openInspector(browser, source, options)),
    visit: (url, options) => noted(openPage(browser, url, options)),
  };
}
