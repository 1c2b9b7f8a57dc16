/** Every example in docs/conversation.md compiles where a user is strict, and does what is told of it, over local stand-ins. */
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';

import type { Session } from '../../src/session/session.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import { startOpenAiSimulator } from '../../src/simulators/openai-realtime/simulator.ts';
import { createToneRecogniser } from '../../src/simulators/recogniser/tone-recogniser.ts';
import type { VoiceAgent } from '../../src/voice/voice-agent.ts';
import { Examples } from './examples.ts';

const DOCUMENT = 'docs/conversation.md';
const examples = new Examples(DOCUMENT);

afterAll(() => examples.remove());

interface Service {
  readonly apiKey: string;
  readonly baseUrl: string;
}

interface Player {
  play(id: string, pcm16: Uint8Array, sampleRateHz: number): void;
  stop(): void;
  onPlayed(listener: (id: string, ms: number) => void): void;
}

interface Documented {
  openAssistant(service: Service, player: Player, print: (line: string) => void): Session;
  openPushToTalk(service: Service): {
    session: Session;
    whileHeld(pcm16: Uint8Array): unknown;
    onRelease(): boolean;
  };
  openAgent(deepgram: Service, gemini: Service): VoiceAgent;
}

async function documented(file: string): Promise<Documented> {
  return (await examples.load(file)) as Documented;
}

async function opened<T extends Session | VoiceAgent>(session: T): Promise<T> {
  onTestFinished(async () => {
    await session.close({ drainTimeoutMs: 0 });
  });
  await session.connect();
  return session;
}

async function openai(said = ''): Promise<Service> {
  const simulator = await startOpenAiSimulator({ hint: () => said });
  onTestFinished(() => simulator.close());
  return { apiKey: 'local', baseUrl: simulator.baseUrl };
}

describe('the assistant of docs/conversation.md', () => {
  it('calls its tool, speaks the answer, and keeps what was heard of it', async () => {
    const { openAssistant } = await documented('assistant.ts');
    const lines: string[] = [];
    const played: string[] = [];
    let tellPlayed: (id: string, ms: number) => void = () => undefined;
    const player: Player = {
      play: (id) => played.push(id),
      stop: () => played.push('stopped'),
      onPlayed: (listener) => (tellPlayed = listener),
    };
    const session = await opened(openAssistant(await openai(), player, (line) => lines.push(line)));

    session.conversation.send('How is the weather?');
    const spoken = 'assistant: The answer is foggy in somewhere. (completed)';
    await vi.waitFor(() => expect(lines).toContain(spoken), { timeout: 10_000 });
    const answer = session.conversation.items.at(-1);
    tellPlayed(answer?.id ?? '', 400);
    session.conversation.interrupt();

    expect(played.at(0)).toBe(answer?.id);
    expect(played.at(-1)).toBe('stopped');
    expect(session.conversation.items.at(-1)).toMatchObject({
      heardMs: 400,
      status: 'interrupted',
    });
  });
});

describe('push to talk of docs/conversation.md', () => {
  it('ends a turn when the key is let go', async () => {
    const { openPushToTalk } = await documented('push-to-talk.ts');
    const { session, whileHeld, onRelease } = openPushToTalk(await openai('good morning'));
    await opened(session);
    const finals: string[] = [];
    session.on('transcript', ({ text, isFinal }) => {
      if (isFinal && text !== '') finals.push(text);
    });

    whileHeld(new Uint8Array(32_000).fill(1));
    const isTold = onRelease();

    expect(isTold).toBe(true);
    await vi.waitFor(() => expect(finals).toEqual(['good morning']), { timeout: 10_000 });
  });
});

describe('the agent of docs/conversation.md', () => {
  it('answers what is typed, by its tool and aloud', async () => {
    const { openAgent } = await documented('agent.ts');
    const recogniser = createToneRecogniser();
    const deepgram = await startDeepgramSimulator({ recogniser, speak: { paceRatio: 20 } });
    const gemini = await startGeminiSimulator();
    onTestFinished(async () => {
      await deepgram.close();
      await gemini.close();
      await recogniser.close();
    });
    const service = { apiKey: 'local', baseUrl: deepgram.url };
    const agent = await opened(openAgent(service, { apiKey: 'local', baseUrl: gemini.httpUrl }));
    const spoken: string[] = [];
    agent.on('spoken', ({ id }) => spoken.push(id));

    agent.conversation.send('How is the weather?');
    await vi.waitFor(() => expect(spoken).toHaveLength(1), { timeout: 10_000 });

    expect(agent.conversation.items.at(-1)).toMatchObject({
      id: spoken[0],
      text: 'The answer is foggy.',
    });
  });
});

describe(DOCUMENT, () => {
  it('has examples that compile where a user is strict', { timeout: 60_000 }, () => {
    expect(examples.files).toEqual(['assistant.ts', 'push-to-talk.ts', 'agent.ts']);
    expect(examples.complaints()).toEqual([]);
  });
});
