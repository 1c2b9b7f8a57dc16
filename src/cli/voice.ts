/** `--provider voice`: an agent of three services, each at an address of its own, so that one can fail alone. */
import type { Environment } from './access.ts';
import { paced } from './adapters.ts';
import type { OpenStream } from './stream.ts';
import type { Services } from './services.ts';
import { startStandIn } from './stand-ins.ts';
import type { VoicePart } from './voice-parts.ts';
import { VOICE_PARTS } from './voice-parts.ts';
import { cloudPlaces, LOCAL_KEY, localPlaces } from './voice-places.ts';
import type { Place, Places } from './voice-places.ts';
import { createVoiceAgent } from '../node.ts';
import { invalid } from '../ports/option-errors.ts';
import type { Provider } from '../providers/contract.ts';
import { deepgramListen } from '../providers/deepgram-listen/deepgram-listen.ts';
import { deepgramSpeak } from '../providers/deepgram-speak/deepgram-speak.ts';
import { geminiLlm } from '../providers/gemini-llm/gemini-llm.ts';
import { planFor } from '../simulators/faults/plan.ts';
import type { FaultPlan } from '../simulators/faults/plan.ts';
import { FaultTimeline, startFaultProxy } from '../simulators/faults/proxy.ts';
import type { FaultProxy } from '../simulators/faults/proxy.ts';
import type { Carried } from '../simulators/faults/proxied-connection.ts';
import type { Recogniser } from '../simulators/recogniser/recogniser.ts';
import { createVoskRecogniser } from '../simulators/recogniser/vosk-recogniser.ts';

export interface VoiceServicesOptions {
  /** All three on this machine. */
  readonly simulated: boolean;
  /** A fault that names no part is put before the one that hears. */
  readonly plan: FaultPlan;
  readonly speedRatio: number;
  /** A configured socket is kept ready beside the one that hears. Default false. */
  readonly standby?: boolean;
  readonly apiKey?: string;
  readonly url?: string;
  /** Keys and addresses. Default: none. */
  readonly environment?: Environment;
  /** Port of the first local part; the others follow it. Default: free ones. */
  readonly port?: number;
  /** A recogniser of the caller's; it is not closed with the services. */
  readonly recogniser?: Recogniser;
}

const LAST_PORT = 65_535;
const ENDPOINTING_MS = 300;
const CARRIED: Readonly<Record<VoicePart, Carried>> = {
  stt: 'sockets',
  llm: 'requests',
  tts: 'texts',
};

/** @throws TenutoError where the options do not fit together, a key is missing, or a port is in use. */
export async function startVoice(options: VoiceServicesOptions): Promise<Services> {
  checkOptions(options);
  return options.simulated ? startLocalVoice(options) : cloudVoice(options);
}

function cloudVoice({
  plan,
  speedRatio,
  standby,
  environment = {},
}: VoiceServicesOptions): Services {
  if (plan.faults.length > 0) {
    throw invalid(
      'Faults can only be put before services on this machine.',
      'Add --simulated, or leave --faults out.',
    );
  }
  const places = cloudPlaces(environment);
  const hearing = hearingAt(places.stt);
  const { replayRateRatio } = hearing.traits;
  if (speedRatio > replayRateRatio) {
    throw invalid(
      `Deepgram does not take audio at ${speedRatio} times real time.`,
      `Take --speed ${replayRateRatio} at the most, or --simulated.`,
    );
  }
  return {
    candidates: [{ provider: hearing, standby: standby === true ? 1 : 0 }],
    openAgent: openerOf(places),
    faults: () => [],
    pendingFaults: () => 0,
    close: () => Promise.resolve(),
  };
}

async function startLocalVoice(options: VoiceServicesOptions): Promise<Services> {
  const { plan, speedRatio, port, standby } = options;
  const recogniser = options.recogniser ?? createVoskRecogniser();
  const closers: (() => Promise<void>)[] = [];
  if (options.recogniser === undefined) closers.push(() => recogniser.close());
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const common = { recogniser, apiKeys: [LOCAL_KEY], speedRatio };
    const deepgram = await startStandIn('deepgram', common);
    closers.push(() => deepgram.close());
    const gemini = await startStandIn('gemini', common);
    closers.push(() => gemini.close());
    const timeline = new FaultTimeline();
    const proxies: Partial<Record<VoicePart, FaultProxy>> = {};
    for (const [at, part] of VOICE_PARTS.entries()) {
      const proxy = await startFaultProxy({
        targetPort: part === 'llm' ? gemini.port : deepgram.port,
        plan: planFor(plan, part, at === 0),
        carries: CARRIED[part],
        timeScaleRatio: speedRatio,
        timeline,
        ...(port === undefined ? {} : { port: port === 0 ? 0 : port + at }),
      });
      closers.push(() => proxy.close());
      proxies[part] = proxy;
    }
    const places = localPlaces((part) => proxies[part]?.port ?? 0);
    const each = VOICE_PARTS.map((part) => ({ part, proxy: proxies[part] }));
    return {
      candidates: [
        { provider: paced(hearingAt(places.stt), speedRatio), standby: standby === true ? 1 : 0 },
      ],
      openAgent: openerOf(places),
      faults: () =>
        each
          .flatMap(({ part, proxy }) =>
            (proxy?.faults() ?? []).map((record) => {
              return { ...record, fault: { ...record.fault, target: part } };
            }),
          )
          .sort((one, other) => one.firedAtMs - other.firedAtMs),
      pendingFaults: () => each.reduce((sum, { proxy }) => sum + (proxy?.pending() ?? 0), 0),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What hears is given by the stream's candidates; what answers and what speaks stand here. */
function openerOf({ llm, tts }: Places): OpenStream {
  return ({ candidates, ...session }) => {
    const agent = createVoiceAgent({
      ...session,
      hearing: candidates,
      thinking: geminiLlm({ ...llm, name: 'gemini' }),
      // Audio is kept for who hears, as long as it takes; an answer that comes minutes late is none.
      speaking: [
        {
          provider: deepgramSpeak({ ...tts, name: 'deepgram-speak' }),
          reconnect: { persistMs: 0 },
        },
      ],
    });
    const soundedMs = new Map<string, number>();
    // Nobody plays it, and who was recorded does not listen: what comes counts as heard.
    agent.conversation.onAudio(({ id, durationMs }) => {
      const ms = (soundedMs.get(id) ?? 0) + durationMs;
      soundedMs.set(id, ms);
      agent.conversation.heard(id, ms);
    });
    return agent;
  };
}

function hearingAt(place: Place): Provider {
  return deepgramListen({
    ...place,
    name: 'deepgram',
    endpointingMs: ENDPOINTING_MS,
    vadEvents: true,
  });
}

function checkOptions({ apiKey, url, port, simulated }: VoiceServicesOptions): void {
  if (apiKey !== undefined) {
    throw invalid(
      '--api-key is one key, and a voice agent has two vendors.',
      'Set DEEPGRAM_API_KEY and GEMINI_API_KEY instead.',
    );
  }
  if (url !== undefined) {
    throw invalid(
      '--url is the address of one service, and a voice agent has three.',
      'Set DEEPGRAM_BASE_URL and GEMINI_BASE_URL instead.',
    );
  }
  if (port === undefined) return;
  if (!simulated) {
    throw invalid(
      '--port is for a service on this machine, and none is started.',
      'Leave --port out, or add --simulated.',
    );
  }
  if (port + VOICE_PARTS.length - 1 > LAST_PORT) {
    throw invalid(
      `From port ${port} on there are not ${VOICE_PARTS.length} ports.`,
      'Choose another port, or 0 for free ones.',
    );
  }
}
