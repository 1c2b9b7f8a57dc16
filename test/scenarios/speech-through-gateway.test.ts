/** Client, gateway and service on real sockets, and the gateway's log on a disk: what is said is understood, whoever dies. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

import { createSpeechApp } from '../../src/gateway/pipeline/speech-app.ts';
import { startGateway } from '../../src/gateway/server.ts';
import type { GatewayServer } from '../../src/gateway/server.ts';
import { openFileStore } from '../../src/gateway/stores/file-store.ts';
import { createSession } from '../../src/node.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import { gateway } from '../../src/providers/gateway/gateway.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';

const RATE_HZ = 16_000;
const CHUNK_BYTES = 3_200;
/** Of 100 ms. */
const CHUNK_LASTS_MS = 20;
const TEXTS = Array.from({ length: 8 }, (_, turn) => `sentence number ${turn} is said here`);

/** Each sentence, with a second of silence after it. */
function audioOf(texts: readonly string[]): Uint8Array {
  const pause = new Uint8Array(RATE_HZ * 2);
  return Buffer.concat(texts.flatMap((text) => [speak(text, RATE_HZ), pause]));
}

async function startService() {
  const recogniser = createToneRecogniser();
  const service = await startDeepgramSimulator({ recogniser, maxRateRatio: 100 });
  onTestFinished(async () => {
    await service.close();
    await recogniser.close();
  });
  return service;
}

/** Gateways one after another at one address, with one directory. */
class Gateways {
  readonly #baseUrl: string;
  readonly #directory: string;
  #store: LogStore | null = null;
  #server: GatewayServer | null = null;

  constructor(baseUrl: string, directory: string) {
    this.#baseUrl = baseUrl;
    this.#directory = directory;
  }

  get url(): string {
    return this.#server?.url ?? '';
  }

  async start(): Promise<void> {
    const provider = deepgramListen({
      apiKey: 'local',
      baseUrl: this.#baseUrl,
      replayRateRatio: 50,
    });
    this.#store = await openFileStore({ directory: this.#directory });
    this.#server = await startGateway({
      port: this.#server?.port ?? 0,
      store: this.#store,
      apps: new Map([['speech', createSpeechApp({ candidates: () => [{ provider }] })]]),
      verify: () => Promise.resolve({ subject: 'anybody' }),
    });
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    await this.#store?.close();
  }
}

test('speech through a gateway that is replaced twice, and a service that is cut off, is understood word for word', async () => {
  const service = await startService();
  const directory = await mkdtemp(join(tmpdir(), 'tenuto-speech-'));
  const gateways = new Gateways(service.url, directory);
  await gateways.start();
  onTestFinished(async () => {
    await gateways.stop();
    await rm(directory, { recursive: true });
  });
  const session = createSession({
    candidates: [gateway({ url: gateways.url, token: 'anybody' })],
    reconnect: { retryInitialConnect: true, baseMs: 20, capMs: 100 },
  });
  const events: SessionEvent[] = [];
  session.on('*', (event) => events.push(event));
  const audio = audioOf(TEXTS);
  const chunks = Math.ceil(audio.length / CHUNK_BYTES);
  const befalls = new Map<number, () => unknown>([
    [Math.floor(chunks * 0.3), () => gateways.stop().then(() => gateways.start())],
    [Math.floor(chunks * 0.5), () => service.provoke({ kind: 'cut' })],
    [Math.floor(chunks * 0.7), () => gateways.stop().then(() => gateways.start())],
  ]);

  await session.connect();
  const happening: unknown[] = [];
  for (let chunk = 0; chunk < chunks; chunk += 1) {
    session.write(audio.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES));
    await new Promise((resolve) => setTimeout(resolve, CHUNK_LASTS_MS));
    happening.push(befalls.get(chunk)?.());
  }
  await Promise.all(happening);
  await session.drain();
  const finalsIn = () =>
    events.flatMap((event) => (event.type === 'transcript' && event.isFinal ? [event] : []));
  while (finalsIn().filter((final) => final.text !== '').length < TEXTS.length) {
    await new Promise((resolve) => session.on('transcript', resolve));
  }
  const { ledger } = await session.close();

  const finals = finalsIn();
  const text = finals.map((final) => final.text).filter((part) => part !== '');
  const seams = finals.map(({ startMs }, at) => startMs - (finals[at - 1]?.endMs ?? 0));
  expect(text.join(' ')).toBe(TEXTS.join(' '));
  expect(seams.filter((ms) => Math.abs(ms) > 1)).toEqual([]);
  expect(ledger).toMatchObject({ captured: chunks, delivered: chunks, gap: 0, buffered: 0 });
});
