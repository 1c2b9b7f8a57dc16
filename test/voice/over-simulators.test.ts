/** Recorded speech through a whole agent: real sockets, real transcription, local stand-ins for Deepgram and Gemini. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';

import { createVoiceAgent } from '../../src/node.ts';
import type { HttpRequest } from '../../src/ports/http.ts';
import { deepgramFlux } from '../../src/providers/deepgram-flux/deepgram-flux.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import {
  deepgramSpeak,
  deepgramSpeakHttp,
} from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import { geminiLlm } from '../../src/providers/gemini-llm/gemini-llm.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { SpokenAudio } from '../../src/session/conversation.ts';
import type { SessionEvent } from '../../src/session/events.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import type { DeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import type { GeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import { UNAVAILABLE } from '../../src/simulators/gemini/wire.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';
import { createVoskRecogniser } from '../../src/simulators/recogniser/vosk-recogniser.ts';
import { httpOver } from '../../src/transports/http.ts';
import type { VoiceAgentOptions } from '../../src/voice/options.ts';

const HEADER_BYTES = 44;
const CHUNK_BYTES = 3_200;
const SILENCE_MS = 1_500;
const http = httpOver(globalThis.fetch);

const sentence = readFileSync(new URL('../fixtures/speech/sentence.wav', import.meta.url)).subarray(
  HEADER_BYTES,
);

describe('a voice agent over local services', () => {
  let recogniser: Recogniser;
  let deepgram: DeepgramSimulator;
  let gemini: GeminiSimulator;

  beforeAll(async () => {
    recogniser = createVoskRecogniser();
    const speak = { paceRatio: 20 };
    deepgram = await startDeepgramSimulator({ recogniser, maxRateRatio: 1_000_000, speak });
    gemini = await startGeminiSimulator();
  });
  afterAll(async () => {
    await deepgram.close();
    await gemini.close();
    await recogniser.close();
  });

  it('hears a sentence, asks a tool, and says the answer, though the model is busy and the voice is cut', async () => {
    const service = { apiKey: 'local', baseUrl: deepgram.url };
    const run = await started({
      hearing: [deepgramListen({ ...service, endpointingMs: 300, vadEvents: true })],
      thinking: geminiLlm({ apiKey: 'local', baseUrl: gemini.httpUrl }),
      speaking: [deepgramSpeak(service)],
      tools: [{ name: 'get_dashwood', description: 'Says where he lives.' }],
    });
    gemini.answerHttp(UNAVAILABLE);
    run.agent.on('toolCall', ({ callId }) => {
      run.agent.conversation.answerTool(callId, 'Norland Park in Sussex');
    });
    const stop = run.agent.conversation.onAudio(() => {
      stop();
      deepgram.provoke({ kind: 'cut' }, 'speak');
    });

    run.say(sentence);
    await run.until('spoken');

    const answer = run.agent.conversation.items.at(-1);
    expect(run.texts('user')).toContain('dashwood');
    expect(answer).toMatchObject({
      text: 'The answer is Norland Park in Sussex.',
      status: 'completed',
    });
    expect(run.types('component')).toEqual(
      expect.arrayContaining([
        'llm connection.reconnecting',
        'llm connection.reconnected',
        'tts connection.reconnecting',
        'tts connection.reconnected',
      ]),
    );
    expect(run.heard.every(({ id }) => id === answer?.id)).toBe(true);
    expect(run.heard.reduce((sum, { durationMs }) => sum + durationMs, 0)).toBeGreaterThan(1_500);
  });

  it('hears by Flux and speaks over HTTP, where no socket for speech can be had', async () => {
    const service = { apiKey: 'local', baseUrl: deepgram.url };
    const requests: HttpRequest[] = [];
    const watched = {
      send: (...[request, handlers]: Parameters<typeof http.send>) => {
        requests.push(request);
        return http.send(request, handlers);
      },
    };
    const run = await started({
      hearing: [deepgramFlux(service)],
      thinking: geminiLlm({ apiKey: 'local', http: watched, baseUrl: gemini.httpUrl }),
      speaking: [
        deepgramSpeak({ ...service, apiKey: 'wrong' }),
        deepgramSpeakHttp({ apiKey: 'local', baseUrl: deepgram.httpUrl }),
      ],
      instructions: 'You repeat what you hear.',
    });

    run.say(sentence);
    await run.until('spoken');

    expect(run.agent.conversation.items.at(-1)).toMatchObject({
      text: expect.stringMatching(/^You said: .*his power to do for them/) as string,
      status: 'completed',
    });
    expect(String(requests[0]?.body)).toContain('You repeat what you hear.');
    expect(run.heard.length).toBeGreaterThan(0);
  });
});

async function started(options: Omit<VoiceAgentOptions, 'transport'>) {
  const agent = createVoiceAgent({
    ...options,
    admission: createAdmission(),
    reconnect: { baseMs: 20, jitter: 'none' },
  });
  const events: SessionEvent[] = [];
  const heard: SpokenAudio[] = [];
  agent.on('*', (event) => events.push(event));
  agent.conversation.onAudio((audio) => heard.push(audio));
  onTestFinished(async () => {
    await agent.close({ drainTimeoutMs: 0 });
  });
  await agent.connect();

  return {
    agent,
    heard,
    /** All at once, and the silence behind it. */
    say(pcm: Uint8Array) {
      const silence = new Uint8Array(SILENCE_MS * 32);
      for (const audio of [pcm, silence]) {
        for (let at = 0; at < audio.length; at += CHUNK_BYTES) {
          agent.write(audio.subarray(at, at + CHUNK_BYTES));
        }
      }
    },
    until: (type: 'spoken') =>
      new Promise<void>((resolve) => {
        agent.on(type, () => {
          resolve();
        });
      }),
    texts: (role: string) =>
      agent.conversation.items
        .flatMap((item) => (item.kind === 'message' && item.role === role ? [item.text] : []))
        .join(' '),
    types: (with_: 'component') =>
      events.flatMap((event) => (with_ in event ? [`${event[with_]} ${event.type}`] : [])),
  };
}
