/** The services of a run: each a stand-in on a network of its own, so that each can fail alone. */
import { between } from './draws.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { createVoiceRecogniser, loudness } from './recogniser.ts';
import { TOOL, mind, talker } from './mind.ts';
import { secretsOf } from '../secrets.ts';
import { RATE_HZ } from './voice.ts';
import type { Clock, WallClock } from '../../ports/clock.ts';
import type { Http } from '../../ports/http.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Credential, Provider } from '../../providers/contract.ts';
import { deepgramFlux } from '../../providers/deepgram-flux/deepgram-flux.ts';
import { deepgramListen } from '../../providers/deepgram-listen/deepgram-listen.ts';
import { deepgramSpeak, deepgramSpeakHttp } from '../../providers/deepgram-speak/deepgram-speak.ts';
import { geminiLlm } from '../../providers/gemini-llm/gemini-llm.ts';
import type { LanguageModel } from '../../providers/gemini-llm/gemini-llm.ts';
import { geminiLive } from '../../providers/gemini-live/gemini-live.ts';
import { openaiRealtime } from '../../providers/openai-realtime/openai-realtime.ts';
import { whisper } from '../../providers/whisper/whisper.ts';
import type { FaultsCalledOff, FaultsOnDemand } from '../../simulators/control/on-demand.ts';
import { startDeepgramSimulator } from '../../simulators/deepgram/simulator.ts';
import { startGeminiSimulator } from '../../simulators/gemini/simulator.ts';
import { SimulatedNetwork } from '../../simulators/network/simulated-network.ts';
import { startOpenAiSimulator } from '../../simulators/openai-realtime/simulator.ts';
import { startWhisperSimulator } from '../../simulators/whisper/simulator.ts';

export const SERVICES = ['listen', 'flux', 'openai', 'gemini', 'whisper', 'whisper.cpp'] as const;
/** What a voice agent has besides one that hears. */
export const THINKING = 'llm';
export const SPEAKING = 'speak';
export type ServiceName = (typeof SERVICES)[number] | typeof THINKING | typeof SPEAKING;

/** As traces and messages speak of it. @param place from 0. */
export function nameOf(place: number): string {
  return `service ${place + 1}`;
}

/** What a client brings along to a service. */
export interface Caller {
  readonly apiKey: Credential;
  readonly wallClock: WallClock;
  readonly random: SeededRandom;
}

interface Running {
  readonly desk: FaultsOnDemand & FaultsCalledOff;
  /** In order of preference; none of what serves no session. */
  providers(caller: Caller): readonly Provider[];
  /** Of one that thinks. */
  model?(caller: Caller & { readonly http: Http }): LanguageModel;
  close(): Promise<void>;
}

export interface Place extends Running {
  readonly service: ServiceName;
  readonly network: SimulatedNetwork;
  /** So many faults have what it tells for good not come. */
  losingFinals: number;
}

export interface PlaceWorld {
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: SeededRandom;
}

type Start = (
  world: PlaceWorld & { readonly network: SimulatedNetwork; readonly secrets: Secrets },
) => Promise<Running>;

const recogniser = createVoiceRecogniser();
export const TOOLS = [{ name: TOOL, parameters: { type: 'object', properties: {} } }];
/** Instead of an hour, and of ten minutes, so that sessions come to their planned ends. */
const SESSION_MS = { least: 70_000, most: 200_000 } as const;
const NEVER_ENDS_RATIO = 0.4;
const INTERIMS_WAVER_RATIO = 0.1;
const ANSWER_TIMEOUT_MS = 15_000;
/** So many times as fast as it sounds. */
const SPEECH_PACE = { least: 1.5, most: 8 } as const;
const SPARE_VOICE_RATIO = 0.5;

const STARTS: Readonly<Record<ServiceName, Start>> = {
  listen: async ({ random, ...common }) => {
    const fork = random.fork('interims');
    const waveringRatio = INTERIMS_WAVER_RATIO;
    const world = { ...common, recogniser, random: fork, waveringRatio };
    const desk = await startDeepgramSimulator({ ...world, oddities: { ratio: 0, random: fork } });
    const provider = ({ apiKey }: Caller): Provider =>
      deepgramListen({ apiKey, baseUrl: desk.url });
    return { desk, providers: (caller) => [provider(caller)], close: () => desk.close() };
  },
  flux: async ({ random, ...common }) => {
    const oddities = { ratio: 0, random: random.fork('oddities') };
    const desk = await startDeepgramSimulator({ ...common, recogniser, oddities });
    const eager = random.chance(0.5) ? { eagerEotThreshold: 0.4 } : {};
    const provider = ({ apiKey }: Caller): Provider =>
      deepgramFlux({ apiKey, baseUrl: desk.url, ...eager });
    return { desk, providers: (caller) => [provider(caller)], close: () => desk.close() };
  },
  openai: async ({ random, ...common }) => {
    const ends = random.chance(NEVER_ENDS_RATIO)
      ? {}
      : { sessionMs: between(random, SESSION_MS.least, SESSION_MS.most) };
    const world = { ...common, recogniser, mind, random: random.fork('oddities') };
    const desk = await startOpenAiSimulator({ ...world, ...ends });
    const provider = ({ apiKey, wallClock: own }: Caller): Provider =>
      openaiRealtime({ apiKey, baseUrl: desk.baseUrl, wallClock: own, tools: TOOLS });
    return { desk, providers: (caller) => [provider(caller)], close: () => desk.close() };
  },
  gemini: async ({ random, ...common }) => {
    const goAwayAfterMs = random.chance(NEVER_ENDS_RATIO)
      ? null
      : between(random, SESSION_MS.least, SESSION_MS.most);
    const faults = { goAwayAfterMs, random: random.fork('noise') };
    const desk = await startGeminiSimulator({ ...common, recogniser, mind, faults });
    const provider = ({ apiKey }: Caller): Provider =>
      geminiLive({ apiKey, baseUrl: desk.url, tools: TOOLS });
    return { desk, providers: (caller) => [provider(caller)], close: () => desk.close() };
  },
  whisper: (world) => startWhisper('openai', world),
  'whisper.cpp': (world) => startWhisper('whisper.cpp', world),
  llm: async ({ random: _, ...common }) => {
    const desk = await startGeminiSimulator({ ...common, mind: talker });
    return {
      desk,
      providers: () => [],
      model: ({ apiKey, http }) =>
        geminiLlm({ apiKey, http, baseUrl: desk.httpUrl, timeoutMs: ANSWER_TIMEOUT_MS }),
      close: () => desk.close(),
    };
  },
  speak: startSpeak,
};

async function startSpeak({ random, ...common }: Parameters<Start>[0]): Promise<Running> {
  const speak = { paceRatio: between(random, SPEECH_PACE.least, SPEECH_PACE.most) };
  const oddities = { ratio: 0, random: random.fork('oddities') };
  const desk = await startDeepgramSimulator({ ...common, recogniser, oddities, speak });
  const hasSpare = random.chance(SPARE_VOICE_RATIO);
  const providers = ({ apiKey }: Caller): readonly Provider[] => {
    const options = { apiKey, sampleRateHz: RATE_HZ };
    const spare = { ...options, baseUrl: desk.httpUrl };
    return [
      deepgramSpeak({ ...options, baseUrl: desk.url }),
      ...(hasSpare ? [deepgramSpeakHttp(spare)] : []),
    ];
  };
  return { desk, providers, close: () => desk.close() };
}

async function startWhisper(
  flavour: 'openai' | 'whisper.cpp',
  { random, ...common }: Parameters<Start>[0],
): Promise<Running> {
  const world = { ...common, recogniser, random: random.fork('oddities') };
  const desk = await startWhisperSimulator(world);
  const provider = (caller: Caller): Provider =>
    whisper({
      apiKey: caller.apiKey,
      baseUrl: desk.url,
      flavour,
      timeoutMs: 15_000,
      random: caller.random.fork('whisper'),
      vad: loudness,
    });
  return { desk, providers: (caller) => [provider(caller)], close: () => desk.close() };
}

/** What it answers a network with: some are far away. */
const LATENCY_MS = { least: 5, most: 120 } as const;

export async function openPlace(service: ServiceName, world: PlaceWorld): Promise<Place> {
  const { clock, random } = world;
  const network = new SimulatedNetwork({
    clock,
    latencyMs: between(random, LATENCY_MS.least, LATENCY_MS.most),
    jitterMs: between(random, 0, 30),
    random: random.fork('jitter'),
  });
  const running = await STARTS[service]({
    ...world,
    network,
    secrets: secretsOf(random.fork('secrets')),
  });
  return { ...running, service, network, losingFinals: 0 };
}
