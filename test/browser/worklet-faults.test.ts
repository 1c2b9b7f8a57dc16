/** A worklet that fails is told, by the microphone and by the loudspeaker; one that says nothing is noticed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import type {} from './support/page.ts';

const processor = (body: string): { type: string; body: Buffer } => {
  const script = `for (const name of ['tenuto-capture', 'tenuto-playback'])
    registerProcessor(name, class extends AudioWorkletProcessor { process() { ${body} } });`;
  return { type: 'text/javascript', body: Buffer.from(script) };
};

describe('a worklet in a real page', () => {
  let server: PageServer;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    const files = {
      '/throws.js': processor('throw new Error()'),
      '/mute.js': processor('return true'),
    };
    [server, browser] = await Promise.all([servePage({ files }), startChromium()]);
    page = await browser.newPage();
    await page.goto(server.url);
  });
  afterAll(() => Promise.all([browser.close(), server.close()]));

  /** The first of these kinds that the microphone tells. */
  const toldBy = (workletUrl: string, kinds: readonly string[]): Promise<readonly string[]> =>
    page.evaluate(
      ([url, awaited]) =>
        new Promise((resolve) => {
          const microphone = new tenuto.Microphone({ workletUrl: url, chunkMs: 20 });
          const onEvent = (event: { readonly type: string; readonly error?: { code: string } }) => {
            if (!awaited.includes(event.type)) return;
            void microphone.stop().then(() => resolve([event.type, event.error?.code ?? '']));
          };
          void microphone.start({ onChunk: () => undefined, onEvent });
        }),
      [workletUrl, kinds] as const,
    );

  it('that throws ends the microphone, and says so', async () => {
    expect(await toldBy('/throws.js', ['failed', 'interrupted'])).toEqual(['failed', 'INTERNAL']);
  });

  it('that tells nothing is noticed after a chunk and 3 s', async () => {
    expect(await toldBy('/mute.js', ['failed', 'interrupted'])).toEqual([
      'interrupted',
      'MICROPHONE_LOST',
    ]);
  });

  it('that throws ends the loudspeaker, and says so', async () => {
    const code = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const player = new tenuto.Player({ workletUrl: '/throws.js' });
          player.on((event) => {
            if (event.type === 'failed') resolve(event.error.code);
          });
          void player.start();
        }),
    );

    expect(code).toBe('INTERNAL');
  });
});
