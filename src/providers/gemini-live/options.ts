/** What a Gemini Live session is asked for. */
import type { Credential } from '../contract.ts';
import type { Tool } from '../../ports/conversation.ts';

export interface GeminiLiveOptions {
  /**
   * An API key, or an ephemeral token (`auth_tokens/…`), or a function that is asked on every dial. It travels in the
   * query of the address, which is the only place that the service reads; no address is ever logged or told.
   */
  readonly apiKey: Credential;
  /** Default `wss://generativelanguage.googleapis.com`; `https:` is read as `wss:`, `http:` as `ws:`. */
  readonly baseUrl?: string;
  /** Default `v1beta`; ephemeral tokens are only known to `v1alpha`, which is their default. */
  readonly apiVersion?: 'v1' | 'v1beta' | 'v1alpha';
  /** With or without `models/`. Default `gemini-2.5-flash-native-audio-preview-09-2025`. */
  readonly model?: string;
  /** What the model is told to be. */
  readonly instructions?: string;
  /** A prebuilt voice, such as `Kore`. Default: the service's. */
  readonly voice?: string;
  readonly tools?: readonly Tool[];
  /** Default `['AUDIO']`. Text parts count as speech only where `TEXT` is asked for. */
  readonly responseModalities?: readonly ('AUDIO' | 'TEXT')[];
  /**
   * How the service finds out when somebody speaks. It listens to what is sent: where capture stops, silence is sent.
   * False switches it off: then a turn begins with the first audio after the last one's end, and the application ends it
   * (`endTurn`). Default: the service's own settings.
   */
  readonly automaticActivityDetection?: false | ActivityDetection;
  /** Whether a lost session is taken up again by its handle. Default true. */
  readonly resumption?: boolean;
  /**
   * Sliding-window compression, without which an audio session ends after 15 minutes. Default true: with the service's
   * own numbers.
   */
  readonly contextCompression?: boolean | ContextCompression;
  /** Whether what the user says is written down. Default true. */
  readonly inputTranscription?: boolean;
  /** Whether what the model says is written down. Default true. */
  readonly outputTranscription?: boolean;
  /**
   * Further fields of `setup`, as the service names them. Those of `generationConfig` are added to ours; any other takes the
   * place of ours, and how turns are found (`realtimeInputConfig`) is read from it then.
   */
  readonly setup?: Readonly<Record<string, unknown>>;
  /** The name under which results and logs speak of it. Default `gemini-live`. */
  readonly name?: string;
  /** How long a dial may take. Default 10 s. */
  readonly dialTimeoutMs?: number;
}

export interface ActivityDetection {
  readonly startOfSpeechSensitivity?: 'START_SENSITIVITY_HIGH' | 'START_SENSITIVITY_LOW';
  readonly endOfSpeechSensitivity?: 'END_SENSITIVITY_HIGH' | 'END_SENSITIVITY_LOW';
  readonly prefixPaddingMs?: number;
  readonly silenceDurationMs?: number;
}

export interface ContextCompression {
  readonly triggerTokens?: number;
  readonly targetTokens?: number;
}

/** Every option, so that one that is misspelt is told from one that is not. */
export const OPTION_NAMES: Readonly<Record<keyof GeminiLiveOptions, true>> = {
  apiKey: true,
  baseUrl: true,
  apiVersion: true,
  model: true,
  instructions: true,
  voice: true,
  tools: true,
  responseModalities: true,
  automaticActivityDetection: true,
  resumption: true,
  contextCompression: true,
  inputTranscription: true,
  outputTranscription: true,
  setup: true,
  name: true,
  dialTimeoutMs: true,
};
