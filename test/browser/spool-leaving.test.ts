/** A page that goes in the midst of writing takes nothing with it: all that was captured until then is there for the next. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import type {} from './support/page.ts';

const RELOADS = 24;

let server: PageServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  [server, browser] = await Promise.all([servePage(), startChromium()]);
});
afterAll(() => Promise.all([browser.close(), server.close()]));
beforeEach(async () => {
  page = await browser.newPage();
  await page.goto(server.url);
});
afterEach(() => page.close());

/**
 * Opens the spool, and a session with it at whose other end is nobody: 10 ms are written every 4 ms for as long as there is a page, and
 * once more as it goes.
 *
 * @returns what is missing of what the lives before have written, and how much of that came since a spool with a key began the last three
 * commits before its page went: each seals two pieces, one commit may be under way, and one made anew behind it.
 */
function begin(
  key: boolean,
): Promise<{ readonly missingMs: number; readonly atSealingMs: number }> {
  return page.evaluate(async (isSealed) => {
    const name = isSealed ? 'sealed' : 'plain';
    const sealed = isSealed ? { key: new Uint8Array(32).fill(7) } : {};
    const sealedAt = `${name} at`;
    let isGoing = false;
    addEventListener('pagehide', () => {
      isGoing = true;
      write(); // before the spool does anything
    });
    const encrypt = crypto.subtle.encrypt.bind(crypto.subtle);
    let begun: readonly number[] = [];
    crypto.subtle.encrypt = (...args) => {
      if (!isGoing) begun = [...begun.slice(-5), writtenMs];
      sessionStorage.setItem(sealedAt, String(begun[0]));
      return encrypt(...args);
    };
    const before = Number(sessionStorage.getItem(name) ?? 0);
    const atSealingMs = before - Number(sessionStorage.getItem(sealedAt) ?? 0);
    const spool = await tenuto.openSpool({ name, ...sealed });
    const candidates = [gateway({ url: 'ws://127.0.0.1:9' })] as const;
    const session = tenuto.createSession({ candidates, spool });
    const heldMs = spool.remains?.heldMs ?? 0;
    let writtenMs = heldMs;
    const write = (): void => {
      writtenMs += 10;
      session.write(new Uint8Array(320).fill(1));
      sessionStorage.setItem(name, String(writtenMs)); // at once, and for good
    };
    setInterval(write, 4);
    return { missingMs: before - heldMs, atSealingMs };
  }, key);
}

/** After so many frames, from within the page. */
async function reload(frames: number): Promise<void> {
  const loaded = page.waitForEvent('load');
  await page
    .evaluate(async (count) => {
      for (let at = 0; at < count; at += 1) await new Promise(requestAnimationFrame);
      location.reload();
    }, frames)
    .catch(() => undefined); // it is gone before it can say so
  await loaded;
}

describe('a page that is loaded again in the midst of writing', () => {
  it.each([
    ['nothing', false],
    ['no more than there was no time to seal, where it is encrypted,', true],
  ])(`takes %s with it, ${RELOADS} times over`, async (_, key) => {
    const lives = [];
    for (let life = 0; life <= RELOADS; life += 1) {
      lives.push(await begin(key));
      await reload(5 + life);
    }

    const isWrong = (missingMs: number, atSealingMs: number): boolean =>
      missingMs < 0 || missingMs > (key ? atSealingMs : 0);
    expect(lives.filter((life) => isWrong(life.missingMs, life.atSealingMs))).toEqual([]);
  });
});
