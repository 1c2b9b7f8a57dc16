/** A page that records in a container is loaded again while its gateway is away: its app has both recordings in the end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import { SpeechGateway } from './support/speech-gateway.ts';
import { toneFile } from './support/tones.ts';
import type { App } from '../../src/gateway/app.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';

interface Piece {
  readonly recording: number;
  readonly isHeader: boolean;
  readonly bytes: number;
}

/** What an app of an operator's does: pieces, each with its bytes. */
class RecordingApp implements App {
  readonly sessions = new Set<string>();
  readonly pieces: (Piece & { readonly data: Uint8Array[] })[] = [];

  open(session: Parameters<App['open']>[0]) {
    this.sessions.add(session.id);
    return {
      message: (seq: number, data: string | Uint8Array): void => {
        if (typeof data !== 'string') this.pieces.at(-1)?.data.push(data.slice());
        else this.pieces.push({ ...(JSON.parse(data) as Piece), data: [] });
        session.handled(seq);
      },
      event: (seq: number) => session.handled(seq),
      audio: ({ seq }: { readonly seq: number }) => session.handled(seq),
      gap: ({ toSeq }: { readonly toSeq: number }) => session.handled(toSeq),
      finish: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  get recordings(): readonly number[] {
    return [...new Set(this.pieces.map(({ recording }) => recording))];
  }
}

let browser: Browser;
let server: PageServer;
let gateway: SpeechGateway;
const app = new RecordingApp();
beforeAll(async () => {
  const microphone = await toneFile([{ hz: 1_000, level: 0.4 }]);
  [browser, server] = await Promise.all([startChromium({ microphone }), servePage()]);
  const apps: ReadonlyMap<string, App> = new Map([['messages', app]]);
  const recogniser = createToneRecogniser();
  gateway = await SpeechGateway.start({ recogniser, origins: [server.origin], apps });
});
afterAll(async () => {
  await browser.close();
  await gateway.close();
  await server.close();
});

async function begin(page: Page): Promise<void> {
  await page.evaluate(async (url) => {
    const spool = await tenuto.openMessageSpool({ name: 'recording' });
    const client = new tenuto.VoiceClient(url, '', { audioFormat: 'audio/webm', spool });
    Object.assign(globalThis, { client, spool });
    await client.startAudioCapture();
    void client.connect();
  }, gateway.url);
}

const waiting = (page: Page, chunks: number) =>
  page.waitForFunction((count) => {
    const { client } = globalThis as unknown as { client: InstanceType<typeof tenuto.VoiceClient> };
    return client.getStatus().bufferedAudioChunks >= count;
  }, chunks);

describe('a page that records in a container, with a spool', () => {
  it('brings the rest of its recording after a reload, whole, and then the next', async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    await begin(page);
    await expect.poll(() => app.pieces.length).toBeGreaterThan(2);
    await gateway.stop();
    const before = app.pieces.length;
    await waiting(page, 4);

    await page.reload(); // nothing is flushed
    await begin(page);
    await waiting(page, 2);
    await gateway.start();
    await expect.poll(() => app.recordings.length, { timeout: 20_000 }).toBe(2);
    await page.close();

    const [old = 0] = app.recordings;
    const ofOld = app.pieces.filter(({ recording }) => recording === old);
    const ofNext = app.pieces.filter(({ recording }) => recording !== old);
    expect(app.sessions.size).toBe(1);
    expect(ofOld.length).toBeGreaterThanOrEqual(before + 4);
    expect(ofOld.map(({ isHeader }) => isHeader)).toEqual(ofOld.map((_, at) => at === 0));
    expect(ofNext[0]).toMatchObject({ isHeader: true });
    for (const { bytes, data } of ofOld) {
      expect(data.reduce((sum, each) => sum + each.length, 0)).toBe(bytes);
    }
  });
});
