/** A voice agent over two fake services and a scripted language model, on a clock of its own. */
import { expect, onTestFinished } from 'vitest';

import type { Failure } from '../../machines/failure.ts';
import type { Provider, ProviderTraits } from '../../src/providers/contract.ts';
import type { ProviderEvent } from '../../src/providers/events.ts';
import type {
  LanguageModel,
  LanguageModelCall,
  ReplyHandlers,
  ReplyRequest,
} from '../../src/providers/gemini-llm/language-model.ts';
import type { SpokenAudio } from '../../src/session/conversation.ts';
import type { SessionEvent, SessionEventOf, SessionEventType } from '../../src/session/events.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { VoiceAgentOptions } from '../../src/voice/options.ts';
import { createVoiceAgent } from '../../src/voice/voice-agent.ts';
import type { VoiceAgent } from '../../src/voice/voice-agent.ts';
import { answerControl, fakeProvider } from '../support/fake-provider.ts';
import type { FakeSocket, FakeTransportOptions } from '../support/fake-transport.ts';
import { FakeTransport } from '../support/fake-transport.ts';
import { VirtualClock } from '../support/virtual-clock.ts';

const SAMPLES_PER_MS = 16;
const CHUNK_MS = 20;

/** What the fake voice makes of a text: 24 kHz, 50 ms a letter. */
export const MS_PER_CHAR = 50;
const VOICE_RATE_HZ = 24_000;

/** What a service says that has too much to do. */
export const OVERLOADED = { kind: 'transient', code: 'http 503' } as const;

export interface WorldOptions {
  readonly hearing?: Partial<FakeTransportOptions>;
  readonly speaking?: Partial<FakeTransportOptions>;
  readonly agent?: Partial<VoiceAgentOptions>;
  readonly voiceTraits?: Partial<ProviderTraits>;
  /** The voice speaks at once whatever it is told. Default true. */
  readonly speaksAtOnce?: boolean;
}

interface Say {
  readonly kind: string;
  readonly id: string;
  readonly text: string;
}

export class VoiceWorld {
  readonly clock = new VirtualClock(5_000);
  readonly ears: FakeTransport;
  readonly voices: FakeTransport;
  readonly model = new ScriptedModel();
  readonly agent: VoiceAgent;
  readonly events: SessionEvent[] = [];
  readonly heard: SpokenAudio[] = [];
  readonly logged: string[] = [];
  spokenMs = 0;

  constructor({ hearing, speaking, agent, voiceTraits, speaksAtOnce = true }: WorldOptions = {}) {
    const { clock } = this;
    this.ears = new FakeTransport({ onFrame: answerControl, ...hearing, clock });
    this.voices = new FakeTransport({
      onFrame: (socket, frame) => {
        const order = typeof frame === 'string' ? sayIn(frame) : null;
        if (order?.kind === 'say' && speaksAtOnce) this.sound(order.id, order.text, socket);
        if (frame === '"goodbye"') socket.endsAfter(5, { code: 1000, reason: '' });
      },
      ...speaking,
      clock,
    });
    this.agent = createVoiceAgent({
      hearing: [{ provider: named('ear', 'stt', fakeProvider()), transport: this.ears }],
      thinking: this.model,
      speaking: [{ provider: voiceProvider(voiceTraits), transport: this.voices }],
      transport: this.ears,
      clock,
      random: { unit: () => 0.5 },
      reconnect: { jitter: 'none' },
      admission: createAdmission(),
      logger: this.#logger(),
      ...agent,
    });
    this.agent.on('*', (event) => this.events.push(event));
    this.agent.conversation.onAudio((audio) => this.heard.push(audio));
    onTestFinished(async () => {
      await this.agent.close({ drainTimeoutMs: 0 });
      expect(this.logged).toEqual([]);
    });
  }

  get ear(): FakeSocket {
    return this.ears.last;
  }

  get voice(): FakeSocket {
    return this.voices.last;
  }

  pass(ms: number): Promise<void> {
    return this.clock.advanceAsync(ms);
  }

  async connected(): Promise<this> {
    const connecting = this.agent.connect();
    await this.pass(20);
    await connecting;
    return this;
  }

  eventsOf<T extends SessionEventType>(type: T): readonly SessionEventOf<T>[] {
    return this.events.filter((event): event is SessionEventOf<T> => event.type === type);
  }

  /** Signals of the connections, each with its component. */
  get signals(): readonly string[] {
    return this.events.flatMap((event) =>
      'component' in event ? [`${event.component} ${event.type.replace('connection.', '')}`] : [],
    );
  }

  /** So much audio goes into the microphone. */
  async speak(ms: number): Promise<void> {
    for (let spoken = 0; spoken < ms; spoken += CHUNK_MS) {
      this.agent.write(new Uint8Array(CHUNK_MS * SAMPLES_PER_MS * 2).fill(1));
      this.spokenMs += CHUNK_MS;
      await this.pass(CHUNK_MS);
    }
  }

  /** The ear tells, of the newest socket's own samples. */
  tell(event: ProviderEvent): void {
    this.ear.say(JSON.stringify(event));
  }

  /** The ear tells what was said between two moments of its socket. */
  hear(text: string, fromMs: number, toMs: number, flags: Partial<Flags> = {}): void {
    const { isFinal = true, endsUtterance = true } = flags;
    const startSample = fromMs * SAMPLES_PER_MS;
    const endSample = toMs * SAMPLES_PER_MS;
    const words = text.split(' ').map((word) => ({
      text: word,
      startSample,
      endSample,
      confidence: 1,
    }));
    this.tell({
      kind: 'transcript',
      text,
      words: text === '' ? [] : words,
      startSample,
      endSample,
      isFinal,
      endsUtterance,
      answersFlush: false,
    });
  }

  /** A second of speech, heard as this: a turn of the user's. */
  async turn(text: string): Promise<void> {
    const fromMs = this.spokenMs;
    await this.speak(1_000);
    this.hear(text, fromMs, this.spokenMs);
    await this.pass(10);
  }

  /** The voice speaks a text, from its beginning up to a share of it, and says so where that is all. */
  sound(id: string, text: string, socket: FakeSocket = this.voice, share = 1): void {
    const samples = (text.length * MS_PER_CHAR * share * VOICE_RATE_HZ) / 1_000;
    socket.answer(JSON.stringify({ sounds: id, samples }));
    if (share === 1) socket.answer(JSON.stringify({ kind: 'spoken', id }));
  }

  /** What the voice was told to do, in order, on one socket. */
  ordered(socket: FakeSocket = this.voice): readonly string[] {
    return socket.texts.flatMap((text) => {
      const order = sayIn(text);
      return order === null ? [] : [order.kind === 'say' ? order.text : order.kind];
    });
  }

  get heardMs(): number {
    return this.heard.reduce((sum, { durationMs }) => sum + durationMs, 0);
  }

  get messages(): readonly string[] {
    return this.agent.conversation.items.map((item) =>
      item.kind === 'message' ? `${item.role}: ${item.text} (${item.status})` : item.kind,
    );
  }

  expectQuiet(): void {
    expect(this.clock.pending).toBe(0);
    expect(this.ears.live).toHaveLength(0);
    expect(this.voices.live).toHaveLength(0);
    expect(this.model.open).toBe(0);
    expect(this.agent.status).toBe('disconnected');
  }

  #logger() {
    const ignore = (): void => undefined;
    return {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: (message: string, fields?: object) => {
        this.logged.push(`${message} ${JSON.stringify(fields)}`);
      },
    };
  }
}

interface Flags {
  readonly isFinal: boolean;
  readonly endsUtterance: boolean;
}

interface Asked {
  readonly request: ReplyRequest;
  readonly handlers: ReplyHandlers;
  isCancelled: boolean;
  isOver: boolean;
}

/** A language model that says what a test tells it to. */
export class ScriptedModel implements LanguageModel {
  readonly name: string;
  readonly asked: Asked[] = [];
  refreshesCredential = false;

  constructor(name = 'model') {
    this.name = name;
  }

  reply(request: ReplyRequest, handlers: ReplyHandlers) {
    const asked: Asked = { request, handlers, isCancelled: false, isOver: false };
    this.asked.push(asked);
    return { cancel: () => (asked.isCancelled = true) };
  }

  get last(): Asked {
    const last = this.asked.at(-1);
    if (last === undefined) throw new Error('nothing was asked');
    return last;
  }

  /** Requests that are neither answered nor called off. */
  get open(): number {
    return this.asked.filter(({ isCancelled, isOver }) => !isCancelled && !isOver).length;
  }

  /** What the last request showed of the conversation. */
  get shown(): readonly string[] {
    return this.last.request.conversation.map((item) =>
      item.kind === 'message' ? `${item.role}: ${item.text}` : item.kind,
    );
  }

  text(...deltas: readonly string[]): void {
    for (const delta of deltas) this.last.handlers.onText(delta);
  }

  call(call: LanguageModelCall): void {
    this.last.handlers.onToolCall(call);
  }

  end(): void {
    this.last.isOver = true;
    this.last.handlers.onEnd({ status: 'completed', finishReason: 'STOP', usage: null });
  }

  answers(...deltas: readonly string[]): void {
    this.text(...deltas);
    this.end();
  }

  fails(failure: Partial<Failure> & Pick<Failure, 'kind'>): void {
    this.last.isOver = true;
    this.last.handlers.onFailed({ code: 'http 500', detail: '', ...failure });
  }
}

function named(name: string, component: Provider['component'], provider: Provider): Provider {
  return { ...provider, name, component };
}

/** Speaks what it is told: its sound is a frame that names the text and how long it is. */
function voiceProvider(traits: Partial<ProviderTraits> = {}): Provider {
  const plain = fakeProvider({
    traits: {
      keepAliveIntervalMs: null,
      firstAudioWithinMs: null,
      speech: { maxCharsPerMessage: 500, maxCharsPerMinute: 10_000, maxFlushesPerMinute: 100 },
      ...traits,
    },
    openStream: () => ({
      encodeAudio: () => {
        throw new Error('a voice was sent audio');
      },
      encodeFlush: () => null,
      encodeKeepAlive: () => null,
      encodeGoodbye: () => '"goodbye"',
      encodeOrder: (order) => [JSON.stringify(order)],
      decode: (frame) => [soundIn(String(frame))],
    }),
  });
  return named('voice', 'tts', plain);
}

function soundIn(frame: string): ProviderEvent {
  const told = JSON.parse(frame) as ProviderEvent | { sounds: string; samples: number };
  if (!('sounds' in told)) return told;
  return {
    kind: 'audio',
    ref: told.sounds,
    bytes: new Uint8Array(Math.round(told.samples) * 2),
    sampleRateHz: VOICE_RATE_HZ,
  };
}

function sayIn(frame: string): Say | null {
  const order = JSON.parse(frame) as Partial<Say> | string;
  return typeof order === 'object' && order.kind !== undefined ? (order as Say) : null;
}
