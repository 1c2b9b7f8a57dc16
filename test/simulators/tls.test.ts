/** The stand-ins over TLS: our adapters and the vendors' clients go through it, and nobody does who does not trust it. */
import { DeepgramClient } from '@deepgram/sdk';
import { GoogleGenAI, Modality } from '@google/genai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { systemClock } from '../../src/ports/clock.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import type { Provider, ProviderEvent } from '../../src/providers/contract.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import {
  deepgramSpeak,
  deepgramSpeakHttp,
} from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { whisper } from '../../src/providers/whisper/whisper.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import { startWhisperSimulator } from '../../src/simulators/whisper/simulator.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';
import { loudnessVad } from '../providers/whisper-world.ts';
import { trustSelfSigned } from '../support/self-signed.ts';
import { ScriptedRecogniser } from './deepgram-support.ts';
import { toneBytes } from './gemini-support.ts';
import { clientOf, clip, twoWords } from './whisper-support.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
const TLS = { tls: true };
const apiKey = 'local';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function opened<S extends { close(): Promise<void> }>(starting: Promise<S>): Promise<S> {
  const simulator = await starting;
  closers.push(() => simulator.close());
  return simulator;
}

const startDeepgram = () =>
  opened(startDeepgramSimulator({ recogniser: new ScriptedRecogniser(), ...TLS }));
const startGemini = () => opened(startGeminiSimulator({ speaksAtRatio: 200, ...TLS }));
const startWhisper = () => opened(startWhisperSimulator({ recogniser: twoWords, ...TLS }));

/** One of each service, whose address is that of its stand-in. */
const PROVIDERS: readonly (readonly [string, ProviderEvent['kind'], () => Promise<Provider>])[] = [
  [
    'openaiRealtime',
    'configured',
    async () => {
      const { baseUrl } = await opened(startOpenAiSimulator(TLS));
      return openaiRealtime({ apiKey, baseUrl });
    },
  ],
  [
    'geminiLive',
    'configured',
    async () => geminiLive({ apiKey, baseUrl: (await startGemini()).url }),
  ],
  [
    'deepgramListen',
    'transcript',
    async () => deepgramListen({ apiKey, baseUrl: (await startDeepgram()).url }),
  ],
  [
    'deepgramFlux',
    'configured',
    async () => deepgramFlux({ apiKey, baseUrl: (await startDeepgram()).url }),
  ],
  [
    'deepgramSpeak',
    'spoken',
    async () => deepgramSpeak({ apiKey, baseUrl: (await startDeepgram()).url }),
  ],
  [
    'deepgramSpeakHttp',
    'spoken',
    async () => deepgramSpeakHttp({ apiKey, baseUrl: (await startDeepgram()).httpUrl }),
  ],
  [
    'whisper',
    'transcript',
    async () => whisper({ apiKey, baseUrl: (await startWhisper()).url, vad: loudnessVad }),
  ],
];

/** Dials, hears 300 ms and says a word, until there is an event of this kind, or no socket any more. */
async function until(provider: Provider, kind: ProviderEvent['kind']): Promise<SocketEnd | string> {
  const request = await provider.dial(FORMAT, 'connect');
  const stream = provider.openStream(FORMAT);
  const transport = nodeWebSocketTransport;
  const way = provider.over?.({ transport, clock: systemClock }) ?? transport;
  return new Promise((resolve) => {
    const socket = way.dial(request, {
      onOpen: () => {
        for (const frame of stream.encodeHello?.() ?? []) socket.send(frame);
        if (kind === 'transcript') {
          socket.send(stream.encodeAudio(toneBytes(300)));
          socket.send(stream.encodeFlush() ?? stream.encodeGoodbye() ?? '');
        }
        const order = { kind: 'say', id: 'a', text: 'Hi.' } as const;
        if (kind === 'spoken') stream.encodeOrder?.(order)?.forEach((frame) => socket.send(frame));
      },
      onFrame: (frame) => {
        for (const event of stream.decode(frame)) {
          if (event.kind === 'send') event.frames.forEach((answer) => socket.send(answer));
          else if (event.kind === kind) resolve(kind);
        }
      },
      onPong: () => undefined,
      onDrain: () => undefined,
      onEnd: resolve,
    });
    closers.push(() => socket.terminate());
  });
}

describe.each(PROVIDERS)('%s', (_name, kind, start) => {
  it('speaks through TLS to its stand-in', async () => {
    closers.push(trustSelfSigned());

    const end = await until(await start(), kind);

    expect(end).toBe(kind);
  });

  it('does not speak to a certificate that nobody signed, and may try again', async () => {
    const provider = await start();

    const end = (await until(provider, kind)) as SocketEnd;

    expect(end).toMatchObject({ kind: expect.stringMatching(/refused|closed/) as string });
    expect(provider.classifyEnd(end).kind).toBe('transient');
  });
});

describe('clients of the vendors', () => {
  beforeEach(() => {
    closers.push(trustSelfSigned());
  });

  it('@google/genai talks and streams', async () => {
    const simulator = await startGemini();
    const ai = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: simulator.httpUrl } });
    const model = 'gemini-2.5-flash';
    let answered: (text: string) => void;
    const answer = new Promise<string>((resolve) => (answered = resolve));
    let said = '';
    const session = await ai.live.connect({
      model,
      config: { responseModalities: [Modality.AUDIO], outputAudioTranscription: {} },
      callbacks: {
        onmessage: ({ serverContent }) => {
          said += serverContent?.outputTranscription?.text ?? '';
          if (serverContent?.turnComplete === true) answered(said);
        },
      },
    });
    closers.push(() => session.close());

    session.sendClientContent({ turns: 'Hello', turnComplete: true });
    const spoken = await answer;
    let written = '';
    const stream = await ai.models.generateContentStream({ model, contents: 'Hello' });
    for await (const chunk of stream) written += chunk.text ?? '';

    expect(simulator.url).toMatch(/^wss:/);
    expect([spoken, written]).toEqual(['You said: Hello.', 'You said: Hello.']);
  });

  it('@deepgram/sdk is heard, and has a text spoken', async () => {
    const { url, httpUrl } = await startDeepgram();
    const environment = { base: httpUrl, production: url, agent: url, agentRest: httpUrl };
    const client = new DeepgramClient({ apiKey, environment });
    const connection = await client.listen.v1.connect({
      model: 'nova-3',
      encoding: 'linear16',
      sample_rate: 16_000,
      reconnectAttempts: 0,
    });
    closers.push(() => connection.close());
    const results = new Promise((resolve) => connection.on('message', resolve));
    connection.connect();
    await connection.waitForOpen();

    connection.sendMedia(Buffer.alloc(32_000));
    connection.sendFinalize({ type: 'Finalize' });
    const speech = await client.speak.v1.audio.generate({ text: 'Hi.', encoding: 'linear16' });

    expect(await results).toMatchObject({ type: 'Results', from_finalize: true });
    expect((await speech.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
  });

  it('openai has a clip transcribed', async () => {
    const simulator = await startWhisper();

    const { text } = await clientOf(simulator).audio.transcriptions.create({
      file: await clip(),
      model: 'whisper-1',
    });

    expect(text).toBe('one two');
  });
});
