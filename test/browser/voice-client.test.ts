/** The client of a page, from the microphone to the words, whatever happens on the way. */
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import type { PageServer } from './support/page-server.ts';
import { silence, soundFile } from './support/tones.ts';
import { SpeechGateway } from './support/speech-gateway.ts';
import { asHeard, speak } from '../../src/simulators/persona/voice.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';

const RATE_HZ = 48_000;
const TEXTS = [
  'the first sentence goes through',
  'the second one is cut in two',
  'the third is said while nobody hears',
  'and the fourth ends it',
];

/** Each sentence, with a pause after it; it begins late enough for the microphone to be open. */
function speech(): Promise<string> {
  const pause = silence(1_200, RATE_HZ);
  return soundFile(
    [silence(500, RATE_HZ), ...TEXTS.flatMap((text) => [speak(text, RATE_HZ), pause])],
    RATE_HZ,
  );
}

describe('a voice client', () => {
  let server: PageServer;
  let gateway: SpeechGateway;
  let browser: Browser;
  let lastsMs: number;
  beforeAll(async () => {
    const file = await speech();
    lastsMs = ((await readFile(file)).length - 44) / (RATE_HZ / 500);
    server = await servePage();
    browser = await startChromium({ microphone: `${file}%noloop` });
    const recogniser = createToneRecogniser();
    gateway = await SpeechGateway.start({ recogniser, origins: [server.origin] });
  });
  afterAll(async () => {
    await browser.close();
    await gateway.close();
    await server.close();
  });

  it('hears every word through an outage of its gateway in mid-speech, and another that replaces it', async () => {
    const page = await browser.newPage();
    await page.goto(server.url);
    await begin(page, gateway.url);

    await heardFor(page, lastsMs * 0.25);
    await gateway.stop();
    await heardFor(page, lastsMs * 0.35);
    await gateway.start();
    await heardFor(page, lastsMs * 0.6);
    await gateway.stop();
    await gateway.start();
    await heardFor(page, lastsMs + 1_500);
    const { texts, events, status, ledger } = await end(page);

    expect(texts.join(' ')).toBe(TEXTS.map(asHeard).join(' '));
    expect(ledger).toMatchObject({ gap: 0, buffered: 0 });
    expect(events.filter((type) => type === 'open')).toHaveLength(1);
    expect(events.filter((type) => type === 'reconnected')).toHaveLength(2);
    expect(events).toContain('reconnecting 1');
    expect(events.at(-1)).toBe('close');
    expect(status).toMatchObject({ status: 'disconnected', isCapturing: false, agent: 'speech' });
    await page.close();
  });
});

interface Seen {
  readonly texts: string[];
  readonly events: string[];
}

declare global {
  /** Of the page. */

  var seen: Seen & { heardMs: number; client: InstanceType<typeof tenuto.VoiceClient> };
}

async function begin(page: Page, url: string): Promise<void> {
  await page.evaluate(async (at) => {
    const client = new tenuto.VoiceClient(at, '', {
      microphone: {
        constraints: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
      },
    });
    globalThis.seen = { texts: [], events: [], heardMs: 0, client };
    const { seen } = globalThis;
    client.on('open', () => seen.events.push('open'));
    client.on('reconnecting', (attempt) => seen.events.push(`reconnecting ${attempt}`));
    client.on('reconnected', () => seen.events.push('reconnected'));
    client.on('close', () => seen.events.push('close'));
    client.on('error', ({ message }) => seen.events.push(`error ${message}`));
    client.on('message', (message) => {
      if (message.type !== 'transcript' || !message.isFinal || message.text === '') return;
      seen.texts.push(message.text);
    });
    await client.startAudioCapture(); // before there is a connection
    await client.connect('speech', 'anna');
  }, url);
}

/** Until so much was captured. */
async function heardFor(page: Page, ms: number): Promise<void> {
  await page.waitForFunction((wanted) => {
    return (globalThis.seen.client.session?.ledger.capturedMs ?? 0) >= wanted;
  }, ms);
}

async function end(page: Page) {
  return page.evaluate(async () => {
    const { seen } = globalThis;
    await seen.client.stopAudioCapture();
    await seen.client.session?.drain();
    const result = await seen.client.close();
    const { texts, events } = seen;
    return { texts, events, status: seen.client.getStatus(), ledger: result?.ledger };
  });
}
