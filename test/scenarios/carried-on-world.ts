/**
 * A session between the stand-ins of OpenAI Realtime and Gemini Live, over real sockets and in virtual time. Somebody
 * speaks into its microphone, and a loudspeaker plays what is answered and says how far it is.
 */
import { onTestFinished } from 'vitest';

import { createLiveResampler } from '../../src/audio/resample.node.ts';
import { createSession } from '../../src/node.ts';
import type { ConversationItem } from '../../src/ports/conversation.ts';
import type { Provider } from '../../src/providers/contract.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { createAdmission } from '../../src/session/admission/admission.ts';
import type { SessionEvent, SessionEventOf, SessionEventType } from '../../src/session/events.ts';
import type { Session } from '../../src/session/session.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import type { GeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import type { Item } from '../../src/simulators/openai-realtime/items.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import type { OpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import { simpleMind } from '../../src/simulators/persona/mind.ts';
import type { Mind, Turn } from '../../src/simulators/persona/mind.ts';
import { speak } from '../../src/simulators/persona/voice.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import { SettledTransport } from '../support/settled-transport.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

const STEP_MS = 20;
const BYTES_PER_MS = 32;
/** Nothing in these conversations takes longer. */
const AT_MOST_MS = 240_000;
/** What is said, what is answered to it, and what that leads to. */
const ROUNDS = 2;

const TOOLS = [{ name: 'get_weather', parameters: { type: 'object' } }];

/** It knows a tool's result from a question. */
const attentiveMind: Mind = (turns, tools) =>
  turns.at(-1)?.text.startsWith('[The tool') === true
    ? { text: 'Noted.', toolCall: null }
    : simpleMind(turns, tools);

export class CarriedOnWorld {
  readonly clock = new VirtualClock(10_000);
  readonly events: SessionEvent[] = [];
  /** What Gemini was told before each of its answers. */
  readonly thoughts: (readonly Turn[])[] = [];
  readonly openai: OpenAiSimulator;
  readonly gemini: GeminiSimulator;
  readonly session: Session;
  readonly ways = { openai: new SettledTransport(), gemini: new SettledTransport() };
  #microphone: Uint8Array[] = [];
  readonly #player: { id: string; heardMs: number; madeMs: number }[] = [];

  static async start(
    candidates: readonly ('openai' | 'gemini')[] = ['openai', 'gemini'],
  ): Promise<CarriedOnWorld> {
    const clock = new VirtualClock(10_000);
    const recogniser = createToneRecogniser();
    const thoughts: (readonly Turn[])[] = [];
    const mind: Mind = (turns, tools) => {
      thoughts.push(turns);
      return attentiveMind(turns, tools);
    };
    const wallClock = () => clock.nowMs();
    const openai = await startOpenAiSimulator({ clock, wallClock, recogniser });
    const gemini = await startGeminiSimulator({ clock, recogniser, mind });
    const world = new CarriedOnWorld({ clock, openai, gemini, thoughts, candidates });
    onTestFinished(async () => {
      await world.session.close({ drainTimeoutMs: 0 });
      await openai.close();
      await gemini.close();
      await recogniser.close();
    });
    (await createLiveResampler(16_000, 24_000)).free(); // from a disk, which knows no virtual time
    const connecting = world.session.connect();
    await world.until(() => world.session.status === 'active');
    await connecting;
    return world;
  }

  private constructor(made: {
    clock: VirtualClock;
    openai: OpenAiSimulator;
    gemini: GeminiSimulator;
    thoughts: (readonly Turn[])[];
    candidates: readonly ('openai' | 'gemini')[];
  }) {
    const { clock, openai, gemini, thoughts, candidates } = made;
    Object.assign(this, { clock, thoughts });
    this.openai = openai;
    this.gemini = gemini;
    const wallClock = () => clock.nowMs();
    const providers: Record<'openai' | 'gemini', Provider> = {
      openai: openaiRealtime({
        apiKey: 'local',
        baseUrl: openai.baseUrl,
        tools: TOOLS,
        wallClock,
      }),
      gemini: geminiLive({ apiKey: 'local', baseUrl: gemini.url, tools: TOOLS }),
    };
    this.session = createSession({
      candidates: candidates.map((name) => ({
        provider: providers[name],
        transport: this.ways[name],
      })),
      clock,
      random: { unit: () => 0.5 },
      admission: createAdmission(),
      reconnect: { jitter: 'none', maxAttempts: 2, baseMs: 200 },
    });
    this.session.on('*', (event) => this.events.push(event));
    this.session.conversation.onAudio(({ id, durationMs }) => {
      const last = this.#player.at(-1);
      if (last?.id === id) last.madeMs += durationMs;
      else this.#player.push({ id, heardMs: 0, madeMs: durationMs });
    });
    this.session.on('interrupted', () => this.#player.splice(0));
  }

  get items(): readonly ConversationItem[] {
    return this.session.conversation.items;
  }

  get isPlaying(): boolean {
    return this.#player.length > 0;
  }

  eventsOf<T extends SessionEventType>(type: T): readonly SessionEventOf<T>[] {
    return this.events.filter((event): event is SessionEventOf<T> => event.type === type);
  }

  /** Somebody speaks; time goes on meanwhile. */
  async say(text: string): Promise<void> {
    const pcm = speak(text, 16_000);
    const chunk = STEP_MS * BYTES_PER_MS;
    for (let at = 0; at < pcm.length; at += chunk) {
      const piece = new Uint8Array(chunk);
      piece.set(pcm.subarray(at, at + chunk));
      this.#microphone.push(piece);
    }
    await this.until(() => this.#microphone.length === 0);
  }

  /** And waits until the answer was played. */
  async asks(text: string): Promise<void> {
    const before = this.#ended;
    await this.say(text);
    await this.isAnswered(before);
  }

  /** And waits until a tool is called for it. */
  async calls(text: string): Promise<SessionEventOf<'toolCall'>> {
    const before = this.eventsOf('toolCall').length;
    await this.say(text);
    await this.until(() => this.eventsOf('toolCall').length > before);
    const [call] = this.eventsOf('toolCall').slice(before);
    if (call === undefined) throw new Error('there is no call');
    return call;
  }

  /** Waits until an answer that is not over yet was played. @param before how many were over. */
  async isAnswered(before = this.#ended): Promise<void> {
    await this.until(() => this.#ended > before && !this.isPlaying);
    await this.pass(500);
  }

  get #ended(): number {
    return this.eventsOf('reply.ended').length;
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      this.session.write(this.#microphone.shift() ?? new Uint8Array(STEP_MS * BYTES_PER_MS));
      this.#play();
      this.clock.advance(STEP_MS);
      for (let round = 0; round < ROUNDS; round += 1) {
        await settle();
        await this.ways.openai.settle();
        await this.ways.gemini.settle();
      }
    }
  }

  async until(isSo: () => boolean): Promise<void> {
    const fromMs = this.clock.nowMs();
    while (!isSo()) {
      if (this.clock.nowMs() - fromMs > AT_MOST_MS) throw new Error(`in vain: ${String(isSo)}`);
      await this.pass(STEP_MS);
    }
  }

  /** Nobody is to be had there any more. */
  fails(name: 'openai' | 'gemini'): void {
    this.ways[name].isDown = true;
    if (name === 'openai') this.openai.inject({ kind: 'end', how: 'reset' });
    else this.gemini.cutAll();
  }

  #play(): void {
    const [playing] = this.#player;
    if (playing === undefined) return;
    playing.heardMs = Math.min(playing.madeMs, playing.heardMs + STEP_MS);
    this.session.conversation.heard(playing.id, playing.heardMs);
    if (playing.heardMs >= playing.madeMs) this.#player.shift();
  }
}

/** The conversation as Gemini is told it: texts, and what tools did in words. */
export function turnsOf(items: readonly ConversationItem[]): readonly Turn[] {
  return items.map((item): Turn => {
    switch (item.kind) {
      case 'message':
        return { role: item.role === 'assistant' ? 'assistant' : 'user', text: item.text };
      case 'toolCall': {
        const outlook = item.status === 'pending' ? '; its answer will follow' : '';
        const text = `[The tool ${item.name} was called with ${item.arguments}${outlook}]`;
        return { role: 'user', text };
      }
      case 'toolResult':
        return { role: 'user', text: `[The tool get_weather answered: ${item.output}]` };
    }
  });
}

/** The conversation as the journal keeps it, or as OpenAI holds it. */
export function wordsOf(items: readonly (ConversationItem | Item)[]): readonly string[] {
  return items.map((item) =>
    'kind' in item ? lineOf(item as ConversationItem) : wireLineOf(item),
  );
}

function lineOf(item: ConversationItem): string {
  switch (item.kind) {
    case 'message':
      return `${item.role}: ${item.text}`;
    case 'toolCall':
      return `call ${item.callId}: ${item.arguments}`;
    case 'toolResult':
      return `result ${item.callId}: ${item.output}`;
  }
}

function wireLineOf(item: Item): string {
  const { role = '', content = [] } = item;
  const callId = String(item['call_id']);
  if (item.type === 'function_call') return `call ${callId}: ${String(item['arguments'])}`;
  if (item.type === 'function_call_output') return `result ${callId}: ${String(item['output'])}`;
  return `${role}: ${content.map((part) => part['text'] ?? part['transcript']).join('')}`;
}
