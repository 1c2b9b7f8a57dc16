/** The adapter and the local server hold a conversation over a real socket, and carry it on over another one. */
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';

import { called, said } from './openai-world.ts';
import { createResampler } from '../../src/audio/resample.node.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import type { OpenAiRealtimeOptions } from '../../src/providers/openai-realtime/openai-realtime.ts';
import type { Provider, ProviderEvent, ProviderStream } from '../../src/providers/contract.ts';
import { NO_CONVERSATION } from '../../src/ports/conversation.ts';
import type { ConversationRecord } from '../../src/ports/conversation.ts';
import type { Frame, SocketEnd } from '../../src/ports/socket.ts';
import { ENDINGS } from '../../src/simulators/openai-realtime/frames.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type {
  OpenAiSimulator,
  OpenAiSimulatorOptions,
} from '../../src/simulators/openai-realtime/simulator.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { createVoskRecogniser } from '../../src/simulators/recogniser/vosk-recogniser.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';
import { silence, spoken } from '../simulators/openai-realtime-support.ts';

const FORMAT = { encoding: 'pcm_s16le', sampleRateHz: 24_000 } as const;

type Kind = ProviderEvent['kind'];
type Of<K extends Kind> = Extract<ProviderEvent, { kind: K }>;

/** A socket as a session drives it, without a session. */
class Line {
  readonly events: ProviderEvent[] = [];
  readonly ended: Promise<SocketEnd>;
  readonly stream: ProviderStream;
  readonly #send: (frames: readonly Frame[]) => void;
  readonly #waiting = new Set<() => void>();

  private constructor(
    provider: Provider,
    conversation: ConversationRecord,
    dialled: DialledRequest,
  ) {
    this.stream = provider.openStream(FORMAT, { conversation: () => conversation, handle: null });
    let end: (end: SocketEnd) => void;
    this.ended = new Promise((resolve) => (end = resolve));
    const socket = nodeWebSocketTransport.dial(dialled, {
      onOpen: () => undefined,
      onPong: () => undefined,
      onDrain: () => undefined,
      onFrame: (frame) => this.#take(this.stream.decode(frame)),
      onEnd: (how) => end(how),
    });
    this.#send = (frames) => frames.forEach((frame) => socket.send(frame));
    closings.push(() => socket.terminate());
  }

  static async open(provider: Provider, conversation = NO_CONVERSATION): Promise<Line> {
    return new Line(provider, conversation, await provider.dial(FORMAT, 'connect'));
  }

  say(pcm: Uint8Array): void {
    for (let at = 0; at < pcm.length; at += 4_800) {
      this.#send([this.stream.encodeAudio(pcm.subarray(at, at + 4_800))]);
    }
  }

  send(frames: readonly Frame[] | null | undefined): void {
    this.#send(frames ?? []);
  }

  of<K extends Kind>(kind: K): readonly Of<K>[] {
    return this.events.filter((event): event is Of<K> => event.kind === kind);
  }

  async next<K extends Kind>(
    kind: K,
    isIt: (event: Of<K>) => boolean = () => true,
  ): Promise<Of<K>> {
    for (;;) {
      const found = this.of(kind).find(isIt);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => this.#waiting.add(resolve));
    }
  }

  #take(events: readonly ProviderEvent[]): void {
    for (const event of events) {
      if (event.kind === 'send') this.#send(event.frames);
      this.events.push(event);
    }
    for (const wake of this.#waiting) wake();
    this.#waiting.clear();
  }
}

type DialledRequest = Awaited<ReturnType<Provider['dial']>>;

let simulator: OpenAiSimulator;
const closings: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closings.splice(0)) await close();
  await simulator.close();
});

async function start(
  simulated: OpenAiSimulatorOptions,
  options: Partial<OpenAiRealtimeOptions> = {},
): Promise<Provider> {
  const recogniser = createToneRecogniser();
  closings.push(() => recogniser.close());
  simulator = await startOpenAiSimulator({ replySpeedRatio: 1_000, recogniser, ...simulated });
  return openaiRealtime({ apiKey: 'local', baseUrl: simulator.baseUrl, ...options });
}

const TOOLS = [{ name: 'get_weather', parameters: { type: 'object' } }];

describe('a conversation', () => {
  it('is heard, calls a tool, and is answered aloud', async () => {
    const options = { tools: TOOLS, voice: 'marin', instructions: 'Be brief.' };
    const provider = await start({}, options);
    const line = await Line.open(provider);
    await line.next('configured');

    line.say(spoken('how is the weather'));
    const { callId, name } = await line.next('toolCall');
    const item = { kind: 'toolResult', id: 'r_1', callId, output: 'sunny' } as const;
    line.send(line.stream.encodeOrder?.({ kind: 'toolResult', item, name }));
    const answer = await line.next('item', (one) => one.text === 'The answer is sunny.');

    expect(line.of('failed')).toEqual([]);
    expect(line.of('ignored')).toEqual([]);
    expect(line.of('transcript').filter(({ isFinal }) => isFinal)).toMatchObject([
      { text: 'how is the weather', startSample: 0, endsUtterance: true },
    ]);
    const spokenBytes = line.of('audio').reduce((sum, { bytes }) => sum + bytes.length, 0);
    expect(spokenBytes).toBeGreaterThan(24_000);
    expect(
      line
        .of('replyText')
        .map(({ delta }) => delta)
        .join(''),
    ).toBe(answer.text);
    expect(line.of('endAnnounced')[0]?.inMs).toBeGreaterThan(3_590_000);
    expect(simulator.stats.repliesAsked).toBe(2);
  });

  it('is carried on by another session, which knows every item, once and in order', async () => {
    const provider = await start({}, { outputModalities: ['text'] });
    const result = { kind: 'toolResult', id: 'r', callId: 'call_of_t', output: 'sunny' } as const;
    const items = [
      said('s', 'system', 'Be kind.'),
      said('u', 'user', 'How is the weather?'),
      called('t', 'answered'),
      result,
    ];
    const line = await Line.open(provider, { items, owesReply: true });
    await line.next('configured');

    line.send(line.stream.encodeRestore?.());
    const restored = await line.next('restored');
    await line.next('item', ({ text }) => text === 'The answer is sunny.');

    expect(restored).toEqual({ kind: 'restored', resumed: false, toolCallsCarried: 0 });
    expect(simulator.sessions[0]?.items.map(({ id }) => id).slice(0, 4)).toEqual([
      's',
      'u',
      't',
      'r',
    ]);
    expect(simulator.sessions[0]?.items).toHaveLength(5);
    expect(simulator.stats.repliesAsked).toBe(1);
    expect(line.of('failed')).toEqual([]);
  });

  it('whose items are refused costs one socket, and is summed up on the next', async () => {
    const provider = await start({});
    const conversation = { items: [said('u', 'user', 'Hello')], owesReply: false };

    simulator.inject({ kind: 'refuseItem', times: 2 });
    const first = await Line.open(provider, conversation);
    await first.next('configured');
    first.send(first.stream.encodeRestore?.());
    const { failure } = await first.next('failed', (one) => one.failure.kind !== 'perRequest');
    const second = await Line.open(provider, conversation);
    await second.next('configured');
    second.send(second.stream.encodeRestore?.());
    await second.next('restored');

    expect(failure).toMatchObject({ kind: 'transient', code: 'RESTORE_DIFFERS' });
    expect(simulator.sessions.at(-1)?.items).toMatchObject([
      { role: 'system', content: [{ text: expect.stringContaining('user: Hello') }] },
    ]);
  });

  it('survives events and fields that nobody knows', async () => {
    const provider = await start({});
    simulator.inject({ kind: 'oddities', ratio: 0.5 });
    const line = await Line.open(provider);
    await line.next('configured');

    line.say(spoken('hello'));
    await line.next('replyEnded');

    expect(line.of('ignored').length).toBeGreaterThan(0);
    expect(line.of('failed')).toEqual([]);
  });

  it('is flushed by the text of what was said so far, or by nothing', async () => {
    const provider = await start({});
    const line = await Line.open(provider);
    await line.next('configured');

    line.send([line.stream.encodeFlush()!]);
    const empty = await line.next('transcript', ({ answersFlush }) => answersFlush);
    line.say(spoken('and so', 0));
    line.send([line.stream.encodeFlush()!]);
    const full = await line.next('transcript', ({ text, isFinal }) => isFinal && text !== '');

    expect(empty).toMatchObject({ text: '', startSample: 0, endSample: 0 });
    expect(full).toMatchObject({ text: 'and so', startSample: 0, answersFlush: true });
  });

  it('is interrupted by speech, and by us', async () => {
    const provider = await start({ replySpeedRatio: 1 });
    const line = await Line.open(provider);
    await line.next('configured');
    line.say(spoken('tell me a long story'));
    const { ref } = await line.next('audio');

    line.say(spoken('stop', 100));
    await line.next('interrupted');
    const { status } = await line.next('replyEnded');
    line.say(silence(400));
    const second = await line.next('audio', (audio) => audio.ref !== ref);
    const order = { kind: 'interrupt', ref: second.ref, heardMs: 50 } as const;
    line.send(line.stream.encodeOrder?.(order));
    const ended = new Set<ProviderEvent>();
    await line.next('replyEnded', (one) => ended.add(one).size === 2);

    expect(status).toBe('interrupted');
    expect([...ended]).toMatchObject([{ status: 'interrupted' }, { status: 'interrupted' }]);
    expect(line.of('failed')).toEqual([]);
  });
});

describe('every way in which the service ends a session', () => {
  it.each([
    ['invalidKey', 'auth'],
    ['missingKey', 'auth'],
    ['deactivated', 'auth'],
    ['invalidModel', 'config'],
    ['modelNotFound', 'config'],
    ['missingModel', 'config'],
    ['betaShape', 'config'],
    ['quota', 'quota'],
    ['billingLimit', 'quota'],
    ['expired', 'planned'],
    ['expiredByEvent', 'planned'],
    ['expiredByClose', 'planned'],
    ['serverError', 'transient'],
    ['internalClose', 'transient'],
    ['restart', 'transient'],
    ['overload', 'transient'],
    ['normal', 'transient'],
    ['noStatus', 'transient'],
  ] as const satisfies readonly (readonly [keyof typeof ENDINGS, string])[])(
    'is what it is meant to be: %s is %s',
    async (how, kind) => {
      const provider = await start({});
      const line = await Line.open(provider);
      await line.next('configured');

      simulator.inject({ kind: 'end', how });

      const { error, close } = ENDINGS[how] as { error?: object; close?: object };
      if (error !== undefined) {
        const fatal = (event: Of<'failed'>): boolean => event.failure.kind === kind;
        expect((await line.next('failed', fatal)).failure.kind).toBe(kind);
      }
      if (close !== undefined) expect(provider.classifyEnd(await line.ended).kind).toBe(kind);
    },
  );

  it('is tried here', () => {
    expect(Object.keys(ENDINGS)).toHaveLength(18);
  });
});

describe('human speech', () => {
  it('is cut into turns, written down and answered', async () => {
    const recogniser = createVoskRecogniser({ maxThreads: 1 });
    closings.push(() => recogniser.close());
    const provider = await start({ recogniser });
    const line = await Line.open(provider);
    await line.next('configured');

    line.say(await recordingAt24kHz());
    line.say(silence(1_000));
    const heard = (): string =>
      line
        .of('transcript')
        .filter(({ isFinal }) => isFinal)
        .map(({ text }) => text)
        .join(' ');
    await line.next('transcript', () => heard().endsWith('for them'));
    await line.next('replyEnded', ({ status }) => status === 'completed');

    expect(heard()).toContain('john dashwood had then leisure to consider');
    expect(line.of('failed')).toEqual([]);
  });
});

async function recordingAt24kHz(): Promise<Uint8Array> {
  const file = new URL('../fixtures/speech/sentence.wav', import.meta.url);
  const bytes = new Uint8Array(readFileSync(file).subarray(44));
  const resampler = await createResampler(16_000, 24_000);
  const pieces: Int16Array[] = [];
  const keep = (samples: Int16Array): void => void pieces.push(samples.slice());
  resampler.push(new Int16Array(bytes.buffer), keep);
  resampler.flush(keep);
  return Buffer.concat(pieces.map((piece) => new Uint8Array(piece.buffer)));
}
