/** The vendor's own SDK takes the stand-in for the real thing. */
import {
  FunctionResponse,
  GoogleGenAI,
  LiveSendToolResponseParameters,
  Modality,
} from '@google/genai';
import type { FunctionCall, LiveServerMessage, Session } from '@google/genai';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import type { GeminiSimulatorOptions } from '../../src/simulators/gemini/simulator.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { PROBLEM, WEATHER, tone } from './gemini-support.ts';

const MODEL = 'gemini-2.5-flash-native-audio-preview-09-2025';

const closers: (() => Promise<unknown> | void)[] = [];

beforeEach(() => {
  vi.spyOn(console, 'warn').mockReturnValue(); // of tokens, which it calls experimental
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: GeminiSimulatorOptions = {}) {
  const simulator = await startGeminiSimulator({ speaksAtRatio: 200, ...options });
  closers.push(() => simulator.close());
  const ai = new GoogleGenAI({ apiKey: 'local', httpOptions: { baseUrl: simulator.httpUrl } });
  return { simulator, ai };
}

class Talk {
  readonly messages: LiveServerMessage[] = [];
  #waiting: (() => void)[] = [];

  take(message: LiveServerMessage): void {
    this.messages.push(message);
    for (const wake of this.#waiting.splice(0)) wake();
  }

  /** The first message that has it, from there on, as soon as there is one. */
  async until<T>(pick: (message: LiveServerMessage) => T | null | undefined): Promise<T> {
    for (let at = 0; ; at += 1) {
      while (at >= this.messages.length)
        await new Promise<void>((wake) => this.#waiting.push(wake));
      const found = pick(this.messages[at]!);
      if (found !== null && found !== undefined) return found;
    }
  }

  clear(): void {
    this.messages.length = 0;
  }
}

async function connect(ai: GoogleGenAI, handle?: string) {
  const talk = new Talk();
  let onclose: (end: { code: number; reason: string }) => void = () => undefined;
  const ended = new Promise<{ code: number; reason: string }>((resolve) => (onclose = resolve));
  const session: Session = await ai.live.connect({
    model: MODEL,
    config: {
      responseModalities: [Modality.AUDIO],
      inputAudioTranscription: {},
      outputAudioTranscription: {},
      sessionResumption: handle === undefined ? {} : { handle },
      tools: [{ functionDeclarations: [WEATHER] }],
    },
    callbacks: {
      onmessage: (message) => talk.take(message),
      onclose: (event) => onclose({ code: event.code, reason: event.reason }),
    },
  });
  closers.push(() => session.close());
  return { session, talk, ended };
}

function resultOf({ id, name }: FunctionCall, output: string) {
  const answer = Object.assign(new FunctionResponse(), { id, name, response: { output } });
  return Object.assign(new LiveSendToolResponseParameters(), { functionResponses: [answer] });
}

const turnComplete = ({ serverContent }: LiveServerMessage) => serverContent?.turnComplete;
const handleOf = ({ sessionResumptionUpdate: update }: LiveServerMessage) =>
  update?.resumable === true ? update.newHandle : null;
const wordsOf = (messages: readonly LiveServerMessage[]) =>
  messages.map(({ serverContent }) => serverContent?.outputTranscription?.text ?? '').join('');

describe('gemini simulator, as @google/genai finds it', () => {
  it('holds a conversation by voice, with a tool, and is taken up again', async () => {
    const { ai } = await start({ recogniser: createToneRecogniser() });
    const first = await connect(ai);
    const question = Buffer.from(speak('how is the weather', 16_000)).toString('base64');
    for (const data of [question, tone(0), tone(0), tone(0)]) {
      first.session.sendRealtimeInput({ audio: { data, mimeType: 'audio/pcm;rate=16000' } });
    }
    const call = await first.talk.until(({ toolCall }) => toolCall?.functionCalls?.[0]);
    first.session.sendToolResponse(resultOf(call, 'foggy'));
    await first.talk.until(turnComplete);
    const handle = await first.talk.until(handleOf);
    first.session.close();
    await first.ended;

    const second = await connect(ai, handle);
    second.session.sendClientContent({ turns: 'Hello again', turnComplete: true });
    await second.talk.until(turnComplete);

    expect(call).toMatchObject({ name: 'get_weather', args: { query: 'how is the weather' } });
    expect(wordsOf(first.talk.messages)).toBe('The answer is foggy.');
    expect(wordsOf(second.talk.messages)).toBe('You said: Hello again.');
  });

  it.each([
    ['bytes', { sendsBytes: true }],
    ['merged members', { mergesMembers: true }],
    ['things that it does not know', { noiseRatio: 1 }],
  ])('lives with %s', async (_what, faults) => {
    const { ai } = await start({ faults });
    const { session, talk } = await connect(ai);

    session.sendClientContent({ turns: 'Hello', turnComplete: true });
    await talk.until(turnComplete);

    expect(wordsOf(talk.messages)).toBe('You said: Hello.');
  });

  it('is told where a session ends', async () => {
    const { ai, simulator } = await start();
    const { ended, talk } = await connect(ai);

    simulator.goAway('9.5s', 0);
    const goAway = await talk.until((message) => message.goAway);

    expect(goAway).toEqual({ timeLeft: '9.5s' });
    expect(await ended).toEqual({ code: 1_008, reason: 'The operation was aborted.' });
  });

  it('takes ephemeral tokens', async () => {
    const { simulator } = await start();
    const ai = new GoogleGenAI({
      apiKey: simulator.grantToken(),
      httpOptions: { baseUrl: simulator.httpUrl, apiVersion: 'v1alpha' },
    });

    const { session, talk } = await connect(ai);
    session.sendClientContent({ turns: 'Hello', turnComplete: true });

    await expect(talk.until(turnComplete)).resolves.toBe(true);
  });
});

describe('gemini simulator over HTTP, as @google/genai finds it', () => {
  it('streams an answer, with a tool whose signature has to come back', async () => {
    const { ai } = await start();
    const question = { role: 'user', parts: [{ text: 'How is the weather?' }] };
    const config = { tools: [{ functionDeclarations: [WEATHER] }] };
    const first = await ai.models.generateContent({ model: MODEL, contents: [question], config });
    const call = first.candidates![0]!.content!;
    const response = { name: 'get_weather', response: { output: 'foggy' } };
    const result = { role: 'user', parts: [{ functionResponse: response }] };

    const chunks: string[] = [];
    const stream = await ai.models.generateContentStream({
      model: MODEL,
      contents: [question, call, result],
      config,
    });
    for await (const chunk of stream) chunks.push(chunk.text ?? '');
    const { functionCall } = call.parts![0]!;
    const unsigned = ai.models.generateContent({
      model: MODEL,
      contents: [question, { role: 'model', parts: [{ functionCall: functionCall! }] }, result],
      config,
    });

    expect(functionCall).toMatchObject({ name: 'get_weather' });
    expect(chunks).toEqual(['The answer', ' is foggy.']);
    await expect(unsigned).rejects.toThrow(/thought_signature/);
  });

  it('refuses what ends with words of the model', async () => {
    const { ai } = await start();
    const contents = ['user', 'model'].map((role) => ({ role, parts: [{ text: 'Hello' }] }));

    const answered = ai.models.generateContent({ model: MODEL, contents });

    await expect(answered).rejects.toThrow(/ending with a model turn/);
  });

  it.each(['400', '401', '403', '429', '503'] as const)('is refused with %s', async (status) => {
    const { ai, simulator } = await start();
    simulator.answerHttp(PROBLEM[status]);

    const answered = ai.models.generateContent({ model: MODEL, contents: 'Hello' });

    await expect(answered).rejects.toMatchObject({ status: Number(status) });
  });

  it('tells which models there are, which is how a key is tried', async () => {
    const { ai, simulator } = await start();
    const wrong = new GoogleGenAI({
      apiKey: 'wrong',
      httpOptions: { baseUrl: simulator.httpUrl },
    });

    const models = await ai.models.list();

    expect(models.page.map(({ name }) => name)).toContain(`models/${MODEL}`);
    await expect(wrong.models.list()).rejects.toThrow(/API_KEY_INVALID/);
  });
});
