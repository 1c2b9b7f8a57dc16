/** The adapter behind each name that `--provider` takes. */
import type { ProviderName } from './providers.ts';
import type { Credential, Provider } from '../providers/contract.ts';
import { deepgramFlux } from '../providers/deepgram-flux/deepgram-flux.ts';
import { deepgramListen } from '../providers/deepgram-listen/deepgram-listen.ts';
import { geminiLive } from '../providers/gemini-live/gemini-live.ts';
import { openaiRealtime } from '../providers/openai-realtime/openai-realtime.ts';
import { whisper } from '../providers/whisper/whisper.ts';

export interface AdapterSettings {
  /** Whisper of one's own may need none; elsewhere a dial without one is refused. */
  readonly apiKey?: Credential;
  /** Default: the vendor's own address. */
  readonly baseUrl?: string;
  /** How long a request may take, of services that are asked by requests. Default: the adapter's. */
  readonly timeoutMs?: number;
}

const CPP_PATH = '/inference';
const OPENAI_PATH = /\/v1(\/audio\/transcriptions)?\/*$/;

/** @throws TenutoError OPTION_INVALID for an address that is none. */
export function adapterOf(name: ProviderName, settings: AdapterSettings): Provider {
  const { apiKey = '', baseUrl, timeoutMs } = settings;
  const at = baseUrl === undefined ? {} : { baseUrl };
  switch (name) {
    case 'local':
    case 'backup':
    case 'deepgram':
      return deepgramListen({ name, apiKey, ...at });
    case 'flux':
      return deepgramFlux({ name, apiKey, ...at });
    case 'openai':
      return openaiRealtime({ name, apiKey, ...at });
    case 'gemini':
      return geminiLive({ name, apiKey, ...at });
    case 'whisper':
      return whisper({
        name,
        ...(apiKey === '' ? {} : { apiKey }),
        ...(timeoutMs === undefined ? {} : { timeoutMs }),
        ...whisperAt(baseUrl),
      });
  }
}

/** Which of the two servers it is shows by the path: `…/inference` is whisper.cpp's; `…/v1` is as OpenAI's clients write it. */
function whisperAt(baseUrl: string | undefined) {
  if (baseUrl === undefined) return {};
  const bare = baseUrl.replace(/\/+$/, '');
  if (!bare.endsWith(CPP_PATH)) return { baseUrl: bare.replace(OPENAI_PATH, '') };
  return { baseUrl: bare.slice(0, -CPP_PATH.length), flavour: 'whisper.cpp' } as const;
}

/** A recording that goes out faster than it sounds takes its backlog along, and the patience with silent links. */
export function paced(provider: Provider, speedRatio: number): Provider {
  const { traits } = provider;
  const { suspectAtLeastMs, deadAtLeastMs, ...facts } = traits.liveness ?? {};
  const isAskedByRequests = provider.over !== undefined; // they take their time at any speed
  const liveness = isAskedByRequests
    ? traits.liveness
    : {
        ...facts,
        ...(suspectAtLeastMs === undefined
          ? {}
          : { suspectAtLeastMs: suspectAtLeastMs / speedRatio }),
        ...(deadAtLeastMs === undefined ? {} : { deadAtLeastMs: deadAtLeastMs / speedRatio }),
      };
  return {
    ...provider,
    traits: {
      ...traits,
      ...(liveness === undefined ? {} : { liveness }),
      replayRateRatio: traits.replayRateRatio * speedRatio,
    },
  };
}
