/** What a page has captured outlives it: reloads, a browser that is killed, two tabs, no room, and nobody who reads along. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { chromium } from 'playwright-core';
import type { BrowserContext, Page } from 'playwright-core';

import { findChromium } from '../../scripts/chromium.mjs';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import { SpeechGateway } from './support/speech-gateway.ts';
import { asHeard, speak } from '../../src/simulators/persona/voice.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';

const RATE_HZ = 16_000;
const CHUNK_BYTES = 3_200;
const TEXTS = ['before the page is loaded again', 'and after it nothing is missing'];

/** What the page does between two of its lives. */
interface Recording {
  readonly url: string;
  readonly name: string;
  readonly key?: readonly number[];
}

interface Told {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
}

interface Outcome {
  readonly finished: boolean;
  readonly spool: string | undefined;
  readonly captured: number;
  readonly delivered: number;
  readonly gap: number;
}

declare global {
  /** Of the page that records. */
  const recording: {
    readonly write: (bytes: readonly number[]) => void;
    readonly flush: () => Promise<boolean>;
    readonly close: () => Promise<Outcome>;
    readonly spooledMs: number;
    readonly failures: readonly { reason: string; code: string; bytes: number }[];
    readonly recoveries: number;
  };
  const told: (final: Told) => void;
}

describe('a page with a spool', () => {
  let server: PageServer;
  /** Of another origin. */
  let elsewhere: PageServer;
  let speech: SpeechGateway;
  let profile = '';
  let context: BrowserContext;
  const finals: Told[] = [];

  beforeAll(async () => {
    [server, elsewhere] = await Promise.all([servePage(), servePage()]);
    const recogniser = createToneRecogniser();
    speech = await SpeechGateway.start({ recogniser, origins: [server.origin, elsewhere.origin] });
    profile = await mkdtemp(join(tmpdir(), 'tenuto-profile-'));
    context = await launched();
  });
  afterAll(async () => {
    await context.close();
    await Promise.all([server.close(), elsewhere.close(), speech.close()]);
    await rm(profile, { recursive: true, force: true });
  });
  afterEach(() => {
    finals.length = 0;
  });

  async function launched(): Promise<BrowserContext> {
    const made = await chromium.launchPersistentContext(profile, {
      executablePath: findChromium() ?? '',
      args: ['--no-sandbox', '--disable-background-networking'],
    });
    await made.exposeFunction('told', (final: Told) => finals.push(final));
    return made;
  }

  async function opened(of: BrowserContext = context): Promise<Page> {
    const page = await of.newPage();
    await page.goto(server.url);
    return page;
  }

  const chunksOf = (text: string): readonly (readonly number[])[] => {
    const audio = [...speak(text, RATE_HZ), ...new Uint8Array(RATE_HZ)];
    return Array.from({ length: Math.ceil(audio.length / CHUNK_BYTES) }, (_, at) =>
      audio.slice(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES),
    );
  };

  /** Each sample belongs to one final, in order, whichever life was told it. */
  function expectWhole(texts: readonly string[]): void {
    const said = finals.filter(({ text }) => text !== '');
    expect(said.map(({ text }) => text).join(' ')).toBe(texts.map(asHeard).join(' '));
    finals.slice(1).forEach(({ startMs }, at) => {
      expect(startMs).toBeCloseTo(finals[at]!.endMs, 0);
    });
  }

  it('goes on after a reload in mid-recording, and no word is missing or told twice', async () => {
    const page = await opened();
    const of = { url: speech.url, name: 'reload' };
    const chunks = TEXTS.flatMap(chunksOf);
    const half = Math.floor(chunks.length * 0.4);
    await begin(page, of);
    for (const chunk of chunks.slice(0, half)) await write(page, chunk);

    await page.reload(); // nothing is flushed
    await begin(page, of);
    for (const chunk of chunks.slice(half)) await write(page, chunk);
    const outcome = await page.evaluate(() => recording.close());

    const { length } = chunks;
    expect(outcome).toEqual({
      finished: true,
      spool: 'emptied',
      captured: length,
      delivered: length,
      gap: 0,
    });
    expectWhole(TEXTS);
    await page.close();
  });

  it('is recorded offline, and all of it arrives after the browser was killed', async () => {
    const page = await opened();
    const of = { url: speech.url, name: 'killed' };
    const chunks = TEXTS.flatMap(chunksOf);
    await begin(page, of);
    await speech.stop();
    for (const chunk of chunks) await write(page, chunk);
    await page.evaluate(() => recording.flush());
    await killed(context);
    await speech.start();
    context = await launched();

    const after = await opened();
    const spooledMs = await begin(after, of);
    const outcome = await after.evaluate(() => recording.close());

    expect(spooledMs).toBe(chunks.flat().length / (RATE_HZ / 500));
    expect(outcome).toMatchObject({ finished: true, captured: chunks.length, gap: 0 });
    expectWhole(TEXTS);
    await after.close();
  });

  it('has one owner: a second tab is told, and may have it once the first is gone', async () => {
    const [first, second] = [await opened(), await opened()];
    const of = { url: speech.url, name: 'tabs' };
    await begin(first, of);
    await write(first, new Array<number>(CHUNK_BYTES).fill(1));
    await first.evaluate(() => recording.flush());

    const refused = await second.evaluate(async () => {
      const spool = tenuto.openSpool({ name: 'tabs', waitMs: 100 });
      return spool.then(
        () => null,
        (error: unknown) => {
          const { code, retryable } = error as { code: string; retryable: boolean };
          return { code, retryable };
        },
      );
    });
    const waiting = begin(second, of, true, 60_000);
    await first.close();
    await waiting;

    expect(refused).toEqual({ code: 'SPOOL_IN_USE', retryable: true });
    expect(await second.evaluate(() => recording.close())).toMatchObject({ captured: 1, gap: 0 });
    await second.close();
  });

  it('tells that its quota is used up, goes on from memory, and stores all of it once there is room', async () => {
    const page = await context.newPage();
    await page.goto(elsewhere.url); // of an origin that has written something, Chromium believes for 30 s that there is room
    const control = await context.newCDPSession(page);
    const { origin } = elsewhere;
    await control.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    await begin(page, { url: speech.url, name: 'quota' }, false);

    await write(page, new Array<number>(CHUNK_BYTES).fill(1));
    await page.waitForFunction(() => recording.failures.length > 0);
    const failures = await page.evaluate(() => recording.failures);
    await control.send('Storage.overrideQuotaForOrigin', { origin });
    await page.waitForFunction(() => recording.recoveries > 0);
    await page.reload();

    expect(failures).toEqual([
      { reason: 'quota', code: 'SPOOL_QUOTA_EXCEEDED', bytes: CHUNK_BYTES },
    ]);
    expect(await begin(page, { url: speech.url, name: 'quota' })).toBe(100);
    expect(await page.evaluate(() => recording.close())).toMatchObject({ captured: 1, gap: 0 });
    await page.close();
  });

  it('stores nothing that can be read without its key, and is opened with no other', async () => {
    const page = await opened();
    const key = Array.from({ length: 32 }, (_, at) => at);
    const of = { url: speech.url, name: 'sealed', key };
    await begin(page, of);
    await speech.stop();
    const chunk = Array.from({ length: CHUNK_BYTES }, (_, at) => at & 0xff);
    await write(page, chunk);
    await page.evaluate(() => recording.flush());

    const stored = Buffer.from(await page.evaluate(storedIn, 'tenuto-spool-sealed'));
    await page.reload();
    const codes = await page.evaluate(async () => {
      const codes: string[] = [];
      for (const given of [undefined, new Uint8Array(32)]) {
        const spool = tenuto.openSpool({ name: 'sealed', ...(given && { key: given }) });
        await spool.catch((error: unknown) => codes.push((error as { code: string }).code));
      }
      return codes;
    });
    await speech.start();

    expect(stored.length).toBeGreaterThan(CHUNK_BYTES);
    expect(stored.includes(Buffer.from(chunk.slice(0, 16)))).toBe(false);
    expect(stored.includes('"token"')).toBe(false);
    expect(codes).toEqual(['SPOOL_KEY_WRONG', 'SPOOL_KEY_WRONG']);
    expect(await begin(page, of)).toBe(100);
    expect(await page.evaluate(() => recording.close())).toMatchObject({ captured: 1, gap: 0 });
    await page.close();
  });
});

/** Takes up what an earlier life left. @returns how much that is. */
async function begin(page: Page, of: Recording, connects = true, waitMs = 2_000): Promise<number> {
  return page.evaluate(
    async ({ url, name, key, connects, waitMs }) => {
      const spool = await tenuto.openSpool({
        name,
        waitMs,
        ...(key && { key: new Uint8Array(key) }),
      });
      const session = tenuto.createSession({
        candidates: [gateway({ url })],
        reconnect: { capMs: 500, persistMs: 60_000, retryInitialConnect: true },
        spool,
      });
      session.on('transcript', ({ isFinal, text, startMs, endMs }) => {
        if (isFinal) told({ text, startMs, endMs });
      });
      const facts = { failures: [] as unknown[], recoveries: 0 };
      session.on('spool.failed', ({ reason, bytes, error }) => {
        facts.failures.push({ reason, code: error.code, bytes });
      });
      session.on('spool.recovered', () => {
        facts.recoveries += 1;
      });
      if (connects) await session.connect();
      const close = async (): Promise<object> => {
        const { finished, spool: left, ledger } = await session.close({ drainTimeoutMs: 20_000 });
        const { captured, delivered, gap } = ledger;
        return { finished, spool: left, captured, delivered, gap };
      };
      const write = (bytes: number[]): unknown => session.write(new Uint8Array(bytes));
      const parts = { write, close, flush: () => spool.flush() };
      Object.assign(globalThis, { recording: Object.assign(facts, parts) });
      return spool.remains?.heldMs ?? 0;
    },
    { ...of, connects, waitMs },
  );
}

function write(page: Page, chunk: readonly number[]): Promise<void> {
  return page.evaluate((bytes) => recording.write(bytes), chunk);
}

/** All that IndexedDB has there. Runs in the page. */
async function storedIn(place: string): Promise<number[]> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(place);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(new Error('it could not be opened'));
  });
  const bytes: number[] = [];
  for (const name of ['blocks', 'head']) {
    const values = await new Promise<unknown[]>((resolve) => {
      const reading = db.transaction(name).objectStore(name).getAll();
      reading.onsuccess = () => resolve(reading.result);
    });
    for (const value of values) if (value instanceof Uint8Array) bytes.push(...value);
  }
  db.close();
  return bytes;
}

/** SIGKILL, of the browser and with it of all that it started. */
async function killed(context: BrowserContext): Promise<void> {
  const browser = context.browser();
  const session = await browser?.newBrowserCDPSession();
  const gone = new Promise<void>((resolve) => context.once('close', () => resolve()));
  await session?.send('Browser.crash').catch(() => undefined);
  await gone;
}
