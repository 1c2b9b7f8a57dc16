import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';

import { startChromium } from './support/chromium.ts';

describe('the browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
  });

  it('starts', async () => {
    const page = await browser.newPage();

    await page.setContent('<title>here</title>');

    expect(await page.title()).toBe('here');
    await page.close();
  });
});
