/** The local stand-ins: which there are, and how each is started. */
import type { ProviderName } from './providers.ts';
import type { FaultListener, FaultsOnDemand } from '../simulators/control/on-demand.ts';
import type { FaultTable } from '../simulators/control/table.ts';
import { DEEPGRAM_FAULTS } from '../simulators/deepgram/fault-table.ts';
import { GEMINI_FAULTS } from '../simulators/gemini/fault-table.ts';
import { OPENAI_FAULTS } from '../simulators/openai-realtime/fault-table.ts';
import type { Recogniser } from '../simulators/recogniser/recogniser.ts';
import { WHISPER_FAULTS } from '../simulators/whisper/fault-table.ts';

export const STAND_INS = ['openai', 'gemini', 'deepgram', 'whisper'] as const;

export type StandInName = (typeof STAND_INS)[number];

/** What each can be asked for. */
export const STAND_IN_FAULTS: Readonly<Record<StandInName, FaultTable<never>>> = {
  openai: OPENAI_FAULTS,
  gemini: GEMINI_FAULTS,
  deepgram: DEEPGRAM_FAULTS,
  whisper: WHISPER_FAULTS,
};

export interface StandInOptions extends FaultListener {
  readonly recogniser: Recogniser;
  readonly apiKeys: readonly string[];
  /** How many times real time audio comes in and answers go out. */
  readonly speedRatio: number;
  /** Default: a free one. */
  readonly port?: number;
  /** Default false. */
  readonly tls?: boolean;
}

export interface StandIn extends FaultsOnDemand {
  readonly port: number;
  close(): Promise<void>;
}

/** Deepgram refuses audio that comes faster than this. */
const MAX_RATE_RATIO = 1.25;
/** Answers come faster than they sound. */
const OPENAI_REPLY_RATIO = 8;
const GEMINI_REPLY_RATIO = 4;
const SPEAK_RATIO = 8;

export function standInOf(provider: ProviderName): StandInName {
  const isDeepgram = provider === 'local' || provider === 'backup' || provider === 'flux';
  return isDeepgram ? 'deepgram' : provider;
}

/** Loads no other. Who made the recogniser closes it. @throws TenutoError PORT_IN_USE */
export async function startStandIn(name: StandInName, options: StandInOptions): Promise<StandIn> {
  const { speedRatio, ...common } = options;
  switch (name) {
    case 'openai': {
      const { startOpenAiSimulator } = await import('../simulators/openai-realtime/simulator.ts');
      return startOpenAiSimulator({ ...common, replySpeedRatio: OPENAI_REPLY_RATIO * speedRatio });
    }
    case 'gemini': {
      const { startGeminiSimulator } = await import('../simulators/gemini/simulator.ts');
      return startGeminiSimulator({ ...common, speaksAtRatio: GEMINI_REPLY_RATIO * speedRatio });
    }
    case 'deepgram': {
      const { startDeepgramSimulator } = await import('../simulators/deepgram/simulator.ts');
      return startDeepgramSimulator({
        ...common,
        maxRateRatio: MAX_RATE_RATIO * speedRatio,
        speak: { paceRatio: SPEAK_RATIO * speedRatio },
      });
    }
    case 'whisper': {
      const { startWhisperSimulator } = await import('../simulators/whisper/simulator.ts');
      return startWhisperSimulator(common);
    }
  }
}

/** What an adapter is told to reach it on this port. */
export function localBaseUrl(provider: ProviderName, port: number): string {
  const host = `127.0.0.1:${port}`;
  switch (standInOf(provider)) {
    case 'openai':
      return `ws://${host}/v1`;
    case 'whisper':
      return `http://${host}`;
    default:
      return `ws://${host}`;
  }
}
