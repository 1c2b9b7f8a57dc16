/** A microphone that is muted sends nothing: where a service ends turns by what it hears, silence is sent for it. */
import { describe, expect, it, onTestFinished } from 'vitest';

import { createLiveResampler } from '../../src/audio/resample.node.ts';
import { createSession } from '../../src/node.ts';
import type { Provider, ProviderStream } from '../../src/providers/contract.ts';
import { deepgramFlux, geminiLive, openaiRealtime } from '../../src/providers/index.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import { SimulatedNetwork } from '../../src/simulators/network/simulated-network.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const RATE_HZ = 16_000;
const BYTES_PER_MS = (RATE_HZ / 1_000) * 2;
const CHUNK_MS = 100;
const WORDS = 'how is the weather';

type World = ReturnType<typeof newWorld>;

function newWorld() {
  const clock = new VirtualClock(1_000);
  const network = new SimulatedNetwork({ clock });
  return { clock, network, recogniser: createToneRecogniser() };
}

const openai = (more: object) => async (world: World) => {
  const simulator = await startOpenAiSimulator({ ...world });
  onTestFinished(() => simulator.close());
  const { baseUrl } = simulator;
  return openaiRealtime({
    apiKey: 'local',
    baseUrl,
    wallClock: () => world.clock.nowMs(),
    ...more,
  });
};
const gemini = (more: object) => async (world: World) => {
  const simulator = await startGeminiSimulator({ ...world });
  onTestFinished(() => simulator.close());
  return geminiLive({ apiKey: 'local', baseUrl: simulator.url, ...more });
};
const flux = async (world: World) => {
  const simulator = await startDeepgramSimulator({ ...world });
  onTestFinished(() => simulator.close());
  return deepgramFlux({ apiKey: 'local', baseUrl: simulator.url });
};

/** Somebody says a sentence and mutes the microphone within the last word. */
async function mutedAfterSpeech(start: (world: World) => Promise<Provider>) {
  (await createLiveResampler(RATE_HZ, 24_000)).free(); // it loads in real time, once
  const world = newWorld();
  const { clock, network } = world;
  const provider = await start(world);
  const sent = { ms: 0 };
  const counted = {
    ...provider,
    openStream: (...args: Parameters<Provider['openStream']>) => {
      const stream: ProviderStream = provider.openStream(...args);
      const encode = stream.encodeAudio.bind(stream);
      const rateHz = provider.traits.inputRateHz ?? RATE_HZ;
      stream.encodeAudio = (bytes) => {
        sent.ms += bytes.length / 2 / (rateHz / 1_000);
        return encode(bytes);
      };
      return stream;
    },
  };
  const session = createSession({
    ...{ candidates: [counted], transport: network, clock, admission: createAdmission() },
  });
  const events: SessionEvent[] = [];
  session.on('*', (event) => events.push(event));
  void session.connect();
  await clock.advanceAsync(3_000);
  const pcm = speak(WORDS, RATE_HZ);
  for (let at = 0; at < pcm.length; at += CHUNK_MS * BYTES_PER_MS) {
    session.write(pcm.subarray(at, at + CHUNK_MS * BYTES_PER_MS));
    await clock.advanceAsync(CHUNK_MS);
  }
  const close = async () => {
    const closing = session.close({ drainTimeoutMs: 1_000 });
    await clock.advanceAsync(5_000);
    await closing;
    await world.recogniser.close();
  };
  const spokenMs = pcm.length / BYTES_PER_MS;
  return { clock, session, events, sent, spokenMs, close };
}

const finalsOf = (events: readonly SessionEvent[]) =>
  events.flatMap((event) => (event.type === 'transcript' && event.isFinal ? [event] : []));

const BOUNDED = [
  ['Gemini Live', gemini({})],
  ['OpenAI Realtime', openai({})],
] as const;

describe('a microphone that is muted within a turn', () => {
  it.each([...BOUNDED, ['Deepgram Flux', flux] as const])(
    "does not keep %s from its end, and the silence is nobody's audio",
    async (_name, start) => {
      const { clock, session, events, spokenMs, close } = await mutedAfterSpeech(start);

      await clock.advanceAsync(20_000);

      const finals = finalsOf(events);
      const { ledger } = session;
      expect(finals.map(({ text }) => text).filter((text) => text !== '')).toEqual([WORDS]);
      for (const { endMs } of finals) expect(endMs).toBeLessThanOrEqual(Math.ceil(spokenMs));
      expect(ledger).toMatchObject({ gap: 0, buffered: 0 });
      expect(ledger.captured).toBe(ledger.delivered);
      await close();
    },
  );

  it.each(BOUNDED)(
    'sends %s silence for no longer than its turn may take',
    async (_name, start) => {
      const { clock, session, sent, spokenMs, close } = await mutedAfterSpeech(start);

      await clock.advanceAsync(30_000);
      const soonMs = sent.ms;
      await clock.advanceAsync(300_000);
      const lateMs = sent.ms;
      session.write(new Uint8Array(CHUNK_MS * BYTES_PER_MS));
      await clock.advanceAsync(30_000);

      expect(soonMs - spokenMs).toBeGreaterThan(14_900);
      expect(soonMs - spokenMs).toBeLessThan(15_200);
      expect(lateMs).toBe(soonMs);
      expect(sent.ms - lateMs).toBeGreaterThan(15_000); // and again, for what came then
      await close();
    },
  );

  it.each([
    ['Gemini Live', gemini({ automaticActivityDetection: false })],
    ['OpenAI Realtime', openai({ turnDetection: null })],
  ])('sends %s none where the application ends the turns', async (_name, start) => {
    const { clock, sent, spokenMs, close } = await mutedAfterSpeech(start);

    await clock.advanceAsync(30_000);

    expect(sent.ms).toBeLessThanOrEqual(Math.ceil(spokenMs) + 1);
    await close();
  });

  it('hears silence for as long as it lasts where the service lives by it', async () => {
    const { clock, sent, spokenMs, close } = await mutedAfterSpeech(flux);

    await clock.advanceAsync(120_000);

    expect(sent.ms - spokenMs).toBeGreaterThan(119_000);
    await close();
  });
});
