/** IndexedDB as a place for spools: it keeps its promises, heals when the browser ends a connection, and leaves nothing behind. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';

import { findChromium } from '../../scripts/chromium.mjs';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import type {} from './support/spool-page.ts';

const CHUNK_BYTES = 3_200;

interface Recorder {
  write(): void;
  flush(): Promise<boolean>;
  close(): Promise<string | undefined>;
  readonly failures: readonly string[];
}

declare global {
  const recorder: Recorder;
  /** The connections that were opened to databases, in order. */
  const connections: IDBDatabase[];
}

describe('IndexedDB, as the storage of a spool', () => {
  let server: PageServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    server = await servePage({ script: new URL('support/spool-page.ts', import.meta.url) });
    browser = await chromium.launch({
      executablePath: findChromium() ?? '',
      args: ['--no-sandbox', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });
  beforeEach(async () => {
    page = await (await browser.newContext()).newPage();
    await page.addInitScript(watchConnections);
    await page.goto(server.url);
  });
  afterEach(async () => {
    await page.context().close();
  });

  it('keeps every promise that a storage makes', async () => {
    const results = await page.evaluate(() => trySpoolStorage());

    expect(results.length).toBeGreaterThan(10);
    expect(results.filter(([, error]) => error !== null)).toEqual([]);
  });

  it('stores all of it anew where its data is cleared in mid-recording', async () => {
    await record(page, 'cleared');
    await write(page, 3);
    const control = await page.context().newCDPSession(page);
    const ended = page.evaluate(ending);

    await control.send('Storage.clearDataForOrigin', {
      origin: server.origin,
      storageTypes: 'indexeddb',
    });
    await ended;
    const isStored = await write(page, 2);

    expect(isStored).toBe(true);
    expect(await page.evaluate(() => recorder.failures)).toEqual([]);
    await page.reload();
    expect(await record(page, 'cleared')).toBe(500);
  });

  /** WebKit does so to pages in the background. Chromium's connection is ended for it, and told as the standard has it. */
  it('opens its database again where the browser ends the connection', async () => {
    await record(page, 'ended');
    await write(page, 3);

    await page.evaluate(() => {
      const last = connections.at(-1);
      last?.close();
      last?.dispatchEvent(new Event('close'));
    });
    const isStored = await write(page, 2);

    expect(isStored).toBe(true);
    expect(await page.evaluate(() => connections.length)).toBe(2);
    expect(await page.evaluate(() => recorder.failures)).toEqual([]);
    await page.reload();
    expect(await record(page, 'ended')).toBe(500);
  });

  it('opens its database again where nobody says that the connection is gone', async () => {
    await record(page, 'silent');
    await write(page, 3);

    await page.evaluate(() => connections.at(-1)?.close());
    await page.evaluate(() => recorder.write());
    await page.waitForFunction(async () => recorder.flush());

    expect(await page.evaluate(() => recorder.close())).toBe('kept');
    expect(await record(page, 'silent')).toBe(400);
  });

  /** What a browser is given at the very last moment it may drop: Chromium does so at times. */
  it('has all that was stored when its page went, and no more than was captured', async () => {
    await record(page, 'gone');
    await write(page, 20);
    await page.evaluate(() => {
      for (let chunk = 0; chunk < 30; chunk += 1) recorder.write();
    });

    await page.reload();

    const heldMs = await record(page, 'gone');
    expect(heldMs).toBeGreaterThanOrEqual(2_000);
    expect(heldMs).toBeLessThanOrEqual(5_000);
  });

  it('is whole where its page went behind a commit that was under way', async () => {
    await record(page, 'behind');
    await write(page, 2);
    await page.evaluate(() => {
      recorder.write();
      const atLast = (): void => {
        void recorder.flush();
        recorder.write();
      };
      globalThis.addEventListener('pagehide', atLast, { capture: true }); // before the spool's own
    });

    await page.reload();

    expect([200, 300, 400]).toContain(await record(page, 'behind'));
  });

  it('is deleted with what it held, once that is done with', async () => {
    await record(page, 'done');
    await write(page, 1);
    const during = await databases(page);
    await page.evaluate(() => recorder.close());

    const discarded = await page.evaluate(async () => {
      const spool = await tenuto.openSpool({ name: 'done' });
      const { heldMs } = spool.remains ?? {};
      await spool.discard();
      return heldMs;
    });

    expect(during).toEqual(['tenuto-spool-done']);
    expect(discarded).toBe(100);
    expect(await databases(page)).toEqual([]);
  });

  it('is forgotten where nobody has it open, and it is old enough', async () => {
    await record(page, 'demo-gone');
    await write(page, 1);
    await page.reload();
    await record(page, 'other');
    await write(page, 1);
    await page.reload();
    await record(page, 'demo-open');
    await write(page, 1);

    const [early, late] = await page.evaluate(async () => {
      const later = Date.now() + 3_600_000;
      const before = { prefix: 'demo-', maxAgeMs: 3_660_000, wallClock: () => later };
      return [
        await tenuto.forgetSpools(before),
        await tenuto.forgetSpools({ ...before, maxAgeMs: 3_600_000 }),
      ] as const;
    });

    expect(early).toEqual([]);
    expect(late).toEqual(['demo-gone']);
    expect(await databases(page)).toEqual(['tenuto-spool-demo-open', 'tenuto-spool-other']);
  });

  it('is forgotten with the note that its page left, also where no more than that is left of it', async () => {
    const left = await page.evaluate(async () => {
      const noted = (savedAtMs: number): string =>
        JSON.stringify({ savedAtMs, after: [0], head: 'AQ==', block: null, dropThrough: 0 });
      localStorage.setItem('tenuto-spool-old', noted(Date.now() - 7_200_000));
      localStorage.setItem('tenuto-spool-new', noted(Date.now()));
      localStorage.setItem('of the application', 'x');
      const forgotten = await tenuto.forgetSpools({ maxAgeMs: 3_600_000 });
      return { forgotten, keys: Object.keys(localStorage).sort() };
    });

    expect(left.forgotten).toEqual(['old']);
    expect(left.keys).toEqual(['of the application', 'tenuto-spool-new']);
    expect(await databases(page)).toEqual([]);
  });
});

/** Runs in the page, before anything else does. */
function watchConnections(): void {
  const connections: IDBDatabase[] = [];
  Object.assign(globalThis, { connections });
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...given) {
    const opening = open.apply(this, given);
    opening.addEventListener('success', () => connections.push(opening.result));
    return opening;
  };
}

/** Runs in the page: resolves when the browser has ended the newest connection. */
function ending(): Promise<void> {
  return new Promise((resolve) => {
    connections.at(-1)?.addEventListener('close', () => resolve());
  });
}

/** With nobody to send to. @returns what another life left. */
function record(page: Page, name: string): Promise<number> {
  return page.evaluate(
    async ({ name, bytes }) => {
      const spool = await tenuto.openSpool({ name, flushEveryMs: 3_600_000 });
      const session = tenuto.createSession({
        candidates: [gateway({ url: 'ws://127.0.0.1:9' })],
        spool,
      });
      const failures: string[] = [];
      session.on('spool.failed', ({ reason }) => failures.push(reason));
      const recorder: Recorder = {
        failures,
        write: () => session.write(new Uint8Array(bytes)),
        flush: () => spool.flush(),
        close: async () => (await session.close()).spool,
      };
      Object.assign(globalThis, { recorder });
      return spool.remains?.heldMs ?? 0;
    },
    { name, bytes: CHUNK_BYTES },
  );
}

function write(page: Page, chunks: number): Promise<boolean> {
  return page.evaluate((left) => {
    for (let chunk = 0; chunk < left; chunk += 1) recorder.write();
    return recorder.flush();
  }, chunks);
}

async function databases(page: Page): Promise<readonly string[]> {
  const all = await page.evaluate(() => indexedDB.databases());
  return all.flatMap(({ name }) => (name === undefined ? [] : [name])).sort();
}
