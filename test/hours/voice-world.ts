/** The three services of a voice agent, each on a network of its own, so that each can fail alone, and what befalls them. */
import type { Hour } from './hour.ts';
import { TOOL } from './script.ts';
import type { Utterance } from './script.ts';
import { createVoiceAgent } from '../../src/node.ts';
import { seededRandom } from '../../src/ports/random.ts';
import type { Provider } from '../../src/providers/contract.ts';
import { deepgramListen } from '../../src/providers/deepgram-listen/deepgram-listen.ts';
import {
  deepgramSpeak,
  deepgramSpeakHttp,
} from '../../src/providers/deepgram-speak/deepgram-speak.ts';
import { geminiLlm } from '../../src/providers/gemini-llm/gemini-llm.ts';
import { startDeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import type { SessionEventType } from '../../src/session/events.ts';
import type { DeepgramSimulator } from '../../src/simulators/deepgram/simulator.ts';
import { startGeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import type { GeminiSimulator } from '../../src/simulators/gemini/simulator.ts';
import { quotaExceeded, UNAVAILABLE } from '../../src/simulators/gemini/wire.ts';
import { simpleMind } from '../../src/simulators/persona/mind.ts';
import type { Mind } from '../../src/simulators/persona/mind.ts';
import type { HttpAnswer } from '../../src/simulators/server/simulator-server.ts';
import { SimulatedNetwork } from '../../src/simulators/network/simulated-network.ts';
import type { VoiceAgent } from '../../src/voice/voice-agent.ts';

/** Instead of an hour, so that sockets of the voice come to their planned end between two faults that end them too. */
const VOICE_ENDS_AFTER_MS = 150_000;

const TOOL_MS = 400;
const SLOW_TOOLS_RATIO = 0.3;
const SLOW_TOOL_MS = 20_000;

export interface VoiceServices {
  readonly ear: DeepgramSimulator;
  readonly mind: GeminiSimulator;
  readonly mouth: DeepgramSimulator;
  readonly networks: Readonly<Record<'ear' | 'mind' | 'mouth', SimulatedNetwork>>;
}

export async function startServices({ clock, network, recogniser }: Hour): Promise<VoiceServices> {
  const oddities = { ratio: 0.05, random: seededRandom(4) };
  const networkOf = (seed: number): SimulatedNetwork =>
    new SimulatedNetwork({ clock, jitterMs: 15, random: seededRandom(seed) });
  const networks = { ear: network, mind: networkOf(11), mouth: networkOf(12) };
  const ear = await startDeepgramSimulator({
    network: networks.ear,
    clock,
    recogniser,
    oddities,
    waveringRatio: 0.2,
    random: seededRandom(3),
  });
  const mind = await startGeminiSimulator({ network: networks.mind, clock, mind: thought });
  const mouth = await startDeepgramSimulator({
    network: networks.mouth,
    clock,
    recogniser,
    oddities,
    speak: { paceRatio: 4, endsAfterMs: VOICE_ENDS_AFTER_MS },
  });
  return { ear, mind, mouth, networks };
}

/** How the voice is reached: over a socket, which has to be changed now and then, or by a request for each text. */
export type VoiceBy = 'socket' | 'requests';

export function agentOf(
  hour: Hour,
  { ear, mind, mouth, networks }: VoiceServices,
  by: VoiceBy,
): VoiceAgent {
  const apiKey = 'local';
  const voice =
    by === 'socket'
      ? endingSooner(deepgramSpeak({ apiKey, baseUrl: mouth.url }))
      : deepgramSpeakHttp({ apiKey, baseUrl: mouth.httpUrl });
  return createVoiceAgent({
    ...hour.options,
    hearing: [deepgramListen({ apiKey, baseUrl: ear.url, endpointingMs: 300, vadEvents: true })],
    thinking: geminiLlm({ apiKey, baseUrl: mind.httpUrl, http: networks.mind.http }),
    speaking: [{ provider: voice, transport: networks.mouth }],
    tools: [{ name: TOOL, parameters: { type: 'object', properties: {} } }],
  });
}

function endingSooner(voice: Provider): Provider {
  return { ...voice, traits: { ...voice.traits, endsAfterMs: VOICE_ENDS_AFTER_MS } };
}

/** What is said of an answer that came to its limit. */
const CUT_SHORT = 'You said: ';

/** Two sentences, so that an answer can be cut between them. */
export function answerTo({ text, asksTool }: Pick<Utterance, 'text' | 'asksTool'>): string {
  return asksTool ? `The answer is ${text}.` : `You said: ${text}. Tell me more.`;
}

/** Of turns that nobody answered in their time it answers the last: they stand before it as one. */
const thought: Mind = (turns, tools) => {
  const heard = turns.at(-1)?.text ?? '';
  const text = heard.match(/[a-z]+ [a-z]+ \d+/g)?.at(-1) ?? heard;
  const { toolCall } = simpleMind([{ role: 'user', text }], tools);
  return toolCall === null
    ? { text: answerTo({ text, asksTool: false }), toolCall }
    : { text: '', toolCall };
};

/** Some results come when the user has said something else, or is about to. */
export function toolTimesOf({ options }: Hour): () => number {
  const { random = seededRandom(14) } = options;
  return () => (random.unit() < SLOW_TOOLS_RATIO ? random.unit() * SLOW_TOOL_MS : TOOL_MS);
}

type Strike = () => void;

/** Before each service in turn; most of them in the middle of what the service does. */
export function faultsOf(
  hour: Hour,
  services: VoiceServices,
  agent: VoiceAgent,
): readonly Strike[] {
  const { random = seededRandom(13) } = hour.options;
  const amid = (type: SessionEventType, withinMs: number, strike: Strike): Strike => {
    const afterMs = random.unit() * withinMs;
    return () => {
      const stop = agent.on(type, () => {
        stop();
        hour.clock.setTimeout(strike, afterMs);
      });
    };
  };
  const byPart = [
    earFaults(services).map((strike, at) =>
      at % 2 ? strike : amid('speechStarted', 1_200, strike),
    ),
    mindFaults(services).map((strike) => amid('reply.started', 130, strike)),
    mouthFaults(services).map((strike) => amid('reply.ended', 900, strike)),
  ];
  const longest = Math.max(...byPart.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) =>
    byPart.flatMap((part) => part[at] ?? []),
  ).flat();
}

function networkFaults({ memory }: SimulatedNetwork): readonly Strike[] {
  return [
    () => memory.reset(),
    () => memory.stall(4_000),
    () => memory.halfOpen(),
    () => {
      memory.refuse(5_000);
      memory.reset();
    },
    () => memory.slow(8_000, 60_000),
    () => memory.stall(12_000),
  ];
}

function earFaults({ ear, networks }: VoiceServices): readonly Strike[] {
  return [
    ...networkFaults(networks.ear),
    ...socketFaults(ear),
    () => ear.provoke({ kind: 'close', as: 'NET-0001' }),
    () => ear.provoke({ kind: 'lateFinalize', delayMs: 3_000 }),
  ];
}

function mouthFaults({ mouth, networks }: VoiceServices): readonly Strike[] {
  return [
    ...networkFaults(networks.mouth),
    ...socketFaults(mouth),
    () => mouth.provoke({ kind: 'close', as: 'NET-0003' }),
    () => mouth.provoke({ kind: 'close', as: 'DATA-0001' }),
  ];
}

function socketFaults(service: DeepgramSimulator): readonly Strike[] {
  const cut = (): number => service.provoke({ kind: 'cut' });
  return [
    cut,
    () => service.provoke({ kind: 'close', as: 'NET-0000' }),
    () => service.provoke({ kind: 'close', as: { code: 1000, reason: '' } }),
    () => {
      service.refuseNext(503, 2);
      cut();
    },
    () => {
      service.refuseNext(429, 2);
      cut();
    },
    () => service.provoke({ kind: 'say', frame: '{"type":' }),
  ];
}

function mindFaults({ mind, networks }: VoiceServices): readonly Strike[] {
  const { memory } = networks.mind;
  const next = (...answers: readonly HttpAnswer[]) => {
    return () => {
      memory.reset();
      mind.answerHttp(...answers);
    };
  };
  return [
    ...networkFaults(networks.mind),
    next(UNAVAILABLE, UNAVAILABLE),
    next(quotaExceeded('4s')),
    next(streamed(words('You ')), streamed(words(CUT_SHORT))),
    next(streamed(words(CUT_SHORT), { error: { code: 503, message: '', status: 'UNAVAILABLE' } })),
    next({ status: 500 }),
    () => memory.slow(8_000, 1_000),
    next(streamed(words(CUT_SHORT, 'MAX_TOKENS'))),
    next(streamed({ promptFeedback: { blockReason: 'SAFETY' } })),
  ];
}

function words(text: string, finishReason?: string): object {
  const content = { role: 'model', parts: [{ text }] };
  return { candidates: [{ content, ...(finishReason === undefined ? {} : { finishReason }) }] };
}

function streamed(...messages: readonly object[]): HttpAnswer {
  const body = messages.map((message) => `data: ${JSON.stringify(message)}\r\n\r\n`).join('');
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body };
}
