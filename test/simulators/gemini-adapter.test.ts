/** Our adapters against the stand-in, over real sockets, with real speech where it matters. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

import type { ConversationRecord } from '../../src/ports/conversation.ts';
import { NO_CONVERSATION } from '../../src/ports/conversation.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import type { Provider, ProviderEvent } from '../../src/providers/contract.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import { geminiLlm } from '../../src/providers/gemini-llm/gemini-llm.ts';
import type { LanguageModel, ReplyRequest } from '../../src/providers/gemini-llm/gemini-llm.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import type { GeminiSimulatorOptions } from '../../src/simulators/gemini/simulator.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import type { Recogniser } from '../../src/simulators/recogniser/recogniser.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { createVoskRecogniser } from '../../src/simulators/recogniser/vosk-recogniser.ts';
import { httpOver } from '../../src/transports/http.ts';
import { conversationOf, said } from '../providers/gemini-support.ts';
import { PROBLEM, WEATHER, toneBytes } from './gemini-support.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 16_000 } as const;
const TOOLS = [{ name: WEATHER.name, parameters: WEATHER.parametersJsonSchema }];
const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(options: GeminiSimulatorOptions = {}) {
  const simulator = await startGeminiSimulator({ speaksAtRatio: 200, ...options });
  closers.push(() => simulator.close());
  return simulator;
}

/** What a session does on a socket, as far as the adapter is concerned. */
async function open(
  provider: Provider,
  {
    handle = null,
    conversation = NO_CONVERSATION,
  }: { handle?: string | null; conversation?: ConversationRecord } = {},
) {
  const stream = provider.openStream(FORMAT, { conversation: () => conversation, handle });
  const { url } = await provider.dial(FORMAT, 'connect');
  const socket = new WebSocket(url);
  closers.push(() => socket.terminate());
  const events: ProviderEvent[] = [];
  const waiting: (() => void)[] = [];
  const wake = () => waiting.splice(0).forEach((resolve) => resolve());
  socket.on('error', () => undefined);
  socket.on('open', () => stream.encodeHello!().forEach((frame) => socket.send(frame)));
  socket.on('message', (data, isBinary) => {
    for (const event of stream.decode(isBinary ? (data as Buffer) : (data as Buffer).toString())) {
      if (event.kind === 'configured')
        stream.encodeRestore!()?.forEach((frame) => socket.send(frame));
      events.push(event);
    }
    wake();
  });
  const ended = new Promise<SocketEnd>((resolve) => {
    socket.on('close', (code, reason) =>
      resolve({ kind: 'closed', code, reason: reason.toString() }),
    );
  });
  const until = async <K extends ProviderEvent['kind']>(kind: K) => {
    for (;;) {
      const found = events.find((event) => event.kind === kind);
      if (found !== undefined) return found as Extract<ProviderEvent, { kind: K }>;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const close = async () => {
    socket.close(1_000, '');
    return ended;
  };
  return {
    stream,
    events,
    ended,
    until,
    close,
    hear: (bytes: Uint8Array) => socket.send(stream.encodeAudio(bytes)),
    send: (frame: string | Uint8Array) => socket.send(frame),
  };
}

function adapter(simulator: { url: string }, more: object = {}): Provider {
  return geminiLive({ apiKey: 'local', baseUrl: simulator.url, tools: TOOLS, ...more });
}

const textOf = (events: readonly ProviderEvent[]) =>
  events.map((event) => (event.kind === 'replyText' ? event.delta : '')).join('');

describe('gemini live against its stand-in', () => {
  it.each([
    ['as it mostly is', {}],
    ['in bytes, merged, with noise', { sendsBytes: true, mergesMembers: true, noiseRatio: 0.5 }],
    ['with one ending only', { endsAnswersWith: 'generationComplete' }],
  ] as const)('holds a conversation with a tool, %s', async (_what, faults) => {
    const simulator = await start({ recogniser: createToneRecogniser(), faults });
    const link = await open(adapter(simulator));
    await link.until('configured');
    link.hear(toneBytes(0));
    link.hear(speak('how is the weather', 16_000));
    for (const hz of [0, 0]) link.hear(toneBytes(hz));

    const { callId } = await link.until('toolCall');
    const item = { kind: 'toolResult', id: 'r1', callId, output: 'foggy' } as const;
    link.send(link.stream.encodeOrder!({ kind: 'toolResult', item, name: WEATHER.name })![0]!);
    await link.until('replyEnded');
    const { handle } = await link.until('handleOffered');

    const finals = link.events.filter((event) => event.kind === 'transcript' && event.isFinal);
    expect(finals[0]).toMatchObject({ text: 'how is the weather', startSample: 0 });
    expect(textOf(link.events)).toBe('The answer is foggy.');
    expect(link.events.filter(({ kind }) => kind === 'toolCall')).toHaveLength(1);
    expect(link.events.filter(({ kind }) => kind === 'replyStarted')).toHaveLength(1);
    expect(handle).toEqual(expect.any(String));
  });

  it('is taken up again by its handle once the old socket is closed, and asked what it owes', async () => {
    const simulator = await start();
    const provider = adapter(simulator);
    const first = await open(provider, {
      conversation: conversationOf([said('user', 'My name is Alice')]),
    });
    const { handle } = await first.until('handleOffered');
    await first.close();

    const owed = [
      said('user', 'My name is Alice'),
      said('assistant', 'Hi!'),
      said('user', 'Who am I'),
    ];
    const second = await open(provider, { handle, conversation: conversationOf(owed, true) });
    await second.until('replyEnded');

    expect(second.events).toContainEqual({ kind: 'restored', resumed: true, toolCallsCarried: 0 });
    expect(textOf(second.events)).toBe('You said: Who am I.');
  });

  it('goes on in a fresh session where the handle is gone, once', async () => {
    const simulator = await start();
    const provider = adapter(simulator);
    const memory = { handle: 'gone', conversation: conversationOf([said('user', 'Hello')], true) };
    const stale = await open(provider, memory);
    const failure = stale.stream.classifyEnd!(await stale.ended);

    const fresh = await open(provider, memory);
    await fresh.until('replyEnded');

    expect(failure.kind).toBe('staleHandle');
    expect(fresh.events.slice(0, 3)).toEqual([
      { kind: 'handleOffered', handle: null },
      { kind: 'configured' },
      { kind: 'restored', resumed: false, toolCallsCarried: 0 },
    ]);
    expect(textOf(fresh.events)).toBe('You said: Hello.');
  });

  it('is told of the end beforehand, and takes it for planned', async () => {
    const simulator = await start();
    const link = await open(adapter(simulator));
    await link.until('configured');

    simulator.goAway(null, 0);

    expect(await link.until('endAnnounced')).toEqual({ kind: 'endAnnounced', inMs: 50_000 });
    expect(link.stream.classifyEnd!(await link.ended).kind).toBe('planned');
  });

  it('is interrupted, and settles nothing of what interrupts', async () => {
    const simulator = await start({ speaksAtRatio: 0.5 });
    const link = await open(adapter(simulator));
    await link.until('configured');
    for (const hz of [300, 0, 0]) link.hear(toneBytes(hz));
    await link.until('audio');
    const settled = link.events.length;

    link.hear(toneBytes(300));
    await link.until('interrupted');

    expect(await link.until('replyEnded')).toMatchObject({ status: 'interrupted' });
    expect(
      link.events.slice(settled).filter((event) => event.kind === 'transcript' && event.isFinal),
    ).toEqual([]);
  });
});

describe('gemini live, spoken to by a person', () => {
  let recogniser: Recogniser;
  beforeAll(() => {
    recogniser = createVoskRecogniser({ maxThreads: 1 });
  });
  afterAll(() => recogniser.close());

  it('writes down what was said, and answers it', async () => {
    const simulator = await start({ recogniser });
    const link = await open(adapter(simulator));
    await link.until('configured');
    const wav = new URL('../fixtures/speech/two-sentences.wav', import.meta.url);
    const speech = readFileSync(wav).subarray(44);

    for (let at = 0; at < speech.length; at += 6_400) link.hear(speech.subarray(at, at + 6_400));
    link.send(link.stream.encodeFlush()!);
    await link.until('replyEnded');

    const [final] = link.events.filter((event) => event.kind === 'transcript' && event.isFinal);
    expect(final).toMatchObject({
      text: expect.stringContaining('john dashwood had then leisure'),
      startSample: 0,
    });
    expect(textOf(link.events)).toMatch(/^You said: .*john dashwood/);
  });
});

describe('gemini over HTTP against its stand-in', () => {
  const ask = (model: LanguageModel, request: Partial<ReplyRequest>) =>
    new Promise<readonly object[]>((resolve) => {
      const told: object[] = [];
      const done = (last: object) => resolve([...told, last]);
      model.reply(
        { conversation: [], instructions: 'Be brief', tools: TOOLS, ...request },
        {
          onText: (text) => told.push({ text }),
          onToolCall: (call) => told.push(call),
          onEnd: done,
          onFailed: done,
        },
      );
    });

  const modelOf = (simulator: { httpUrl: string }, apiKey = 'local') =>
    geminiLlm({ apiKey, baseUrl: simulator.httpUrl, http: httpOver(fetch) });

  it('calls a tool, gives the signature back, and answers', async () => {
    const model = modelOf(await start());
    const question = said('user', 'How is the weather');
    const [call] = (await ask(model, { conversation: [question] })) as [
      { callId: string; name: string; arguments: string; signature: string },
    ];

    const told = await ask(model, {
      conversation: [
        question,
        { kind: 'toolCall', id: 'c', status: 'answered', ...call },
        { kind: 'toolResult', id: 'r', callId: call.callId, output: 'foggy' },
      ],
    });

    expect(call).toMatchObject({
      name: 'get_weather',
      arguments: '{"query":"How is the weather"}',
    });
    expect(told).toEqual([
      { text: 'The answer' },
      { text: ' is foggy.' },
      { status: 'completed', finishReason: 'STOP', usage: expect.anything() },
    ]);
  });

  it('goes on from a call that another model made', async () => {
    const told = await ask(modelOf(await start()), {
      conversation: [
        said('user', 'How is the weather'),
        {
          kind: 'toolCall',
          id: 'c',
          callId: 'call_of_another',
          name: 'get_weather',
          arguments: '{}',
          status: 'answered',
        },
        { kind: 'toolResult', id: 'r', callId: 'call_of_another', output: 'foggy' },
      ],
    });

    expect(told.slice(0, 2)).toEqual([{ text: 'The answer' }, { text: ' is foggy.' }]);
  });

  it.each([
    ['400', 'auth'],
    ['401', 'auth'],
    ['403', 'auth'],
    ['429', 'rateLimited'],
    ['503', 'transient'],
  ] as const)('knows what %s means', async (status, kind) => {
    const simulator = await start();
    simulator.answerHttp(PROBLEM[status]);

    const [failure] = await ask(modelOf(simulator), { conversation: [said('user', 'Hi')] });

    expect(failure).toMatchObject({ kind, code: `http ${status}` });
    if (status === '429') expect(failure).toHaveProperty('retryAfterMs', 28_000);
  });

  it('is refused with a wrong key, which nobody repeats', async () => {
    const [failure] = await ask(modelOf(await start(), 'a-wrong-key'), {
      conversation: [said('user', 'Hi')],
    });

    expect(failure).toMatchObject({ kind: 'auth' });
    expect(JSON.stringify(failure)).not.toContain('a-wrong-key');
  });
});
