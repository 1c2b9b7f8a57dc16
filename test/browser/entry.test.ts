/** The browser's entry in a real browser, against a real gateway. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import { SpeechGateway } from './support/speech-gateway.ts';
import { asHeard, speak } from '../../src/simulators/persona/voice.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';

const TEXT = 'every word of this arrives';

describe('a session of tenuto/browser', () => {
  let browser: Browser;
  let server: PageServer;
  let speech: SpeechGateway;
  beforeAll(async () => {
    [browser, server] = await Promise.all([startChromium(), servePage()]);
    const recogniser = createToneRecogniser();
    speech = await SpeechGateway.start({ recogniser, origins: [server.origin] });
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([server.close(), speech.close()]);
  });

  it('is heard from a page, and told its words', async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    const audio = [...speak(TEXT, 16_000), ...new Uint8Array(32_000)];

    const heard = await page.evaluate(
      async ({ url, bytes }) => {
        const session = tenuto.createSession({ candidates: [gateway({ url })] });
        const texts: string[] = [];
        session.on('transcript', ({ isFinal, text }) => {
          if (isFinal && text !== '') texts.push(text);
        });
        await session.connect();
        for (let at = 0; at < bytes.length; at += 3_200) {
          session.write(new Uint8Array(bytes.slice(at, at + 3_200)));
        }
        const { finished, ledger } = await session.close({ drainTimeoutMs: 20_000 });
        return { text: texts.join(' '), finished, gap: ledger.gap };
      },
      { url: speech.url, bytes: audio },
    );

    expect(heard).toEqual({ text: asHeard(TEXT), finished: true, gap: 0 });
    await page.close();
  });
});
