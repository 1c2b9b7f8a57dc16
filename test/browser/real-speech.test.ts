/** Human speech from the microphone of a page to the recogniser behind a gateway. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';

import { startChromium } from './support/chromium.ts';
import { servePage } from './support/page-server.ts';
import { silence, soundFile } from './support/tones.ts';
import { SpeechGateway } from './support/speech-gateway.ts';
import { createVoskRecogniser } from '../../src/simulators/recogniser/vosk-recogniser.ts';

const RATE_HZ = 16_000;
const HEADER_BYTES = 44;

/** Of what Vosk makes of the very file, all but the words that it never gets right. */
const EXPECTED = 'leisure to consider how much there might be';

interface Saying {
  readonly client: InstanceType<typeof tenuto.VoiceClient>;
}

test('a sentence that a person says is understood through a cut in its middle', async () => {
  const file = fileURLToPath(new URL('../fixtures/speech/sentence.wav', import.meta.url));
  const recording = (await readFile(file)).subarray(HEADER_BYTES);
  const microphone = await soundFile([silence(800, RATE_HZ), recording], RATE_HZ);
  const lastsMs = 800 + recording.length / 32;
  const server = await servePage();
  const browser = await startChromium({ microphone: `${microphone}%noloop` });
  const speech = await SpeechGateway.start({
    recogniser: createVoskRecogniser(),
    origins: [server.origin],
  });
  onTestFinished(async () => {
    await browser.close();
    await speech.close();
    await server.close();
  });
  const page = await browser.newPage();
  await page.goto(server.url);

  const saying = page.evaluate(
    async ({ url, ms }) => {
      const constraints = {
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
      };
      const client = new tenuto.VoiceClient(url, '', { microphone: { constraints } });
      Object.assign(globalThis, { client });
      const texts: string[] = [];
      client.on('message', (message) => {
        if (message.type === 'transcript' && message.isFinal) texts.push(message.text);
      });
      await client.connect('speech');
      await client.startAudioCapture();
      while ((client.session?.ledger.capturedMs ?? 0) < ms + 1_000) {
        await new Promise((resolve) => client.on('message', resolve));
      }
      await client.stopAudioCapture();
      await client.session?.drain();
      const result = await client.close();
      return { text: texts.join(' '), gap: result?.ledger.gap };
    },
    { url: speech.url, ms: lastsMs },
  );
  await page.waitForFunction(() => {
    const { client } = globalThis as unknown as Partial<Saying>;
    return (client?.session?.ledger.capturedMs ?? 0) > 4_000; // the sentence is in its middle
  });
  await speech.stop();
  await speech.start();
  const said = await saying;

  expect(said.text).toContain(EXPECTED);
  expect(said.gap).toBe(0);
});
