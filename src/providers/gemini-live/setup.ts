/** The first frame: everything that the session is to be. Field names are the service's own. */
import type { ActivityDetection, GeminiLiveOptions } from './options.ts';
import type { Tool } from '../../ports/conversation.ts';
import { booleanAt, numberAt, objectAt } from '../wire/json.ts';

const DEFAULT_MODEL = 'gemini-2.5-flash-native-audio-preview-09-2025';

/** The narrow part of `LiveClientSetup` that is sent from here. */
export interface Setup {
  readonly model: string;
  readonly generationConfig: GenerationConfig;
  readonly systemInstruction?: {
    readonly parts: readonly { readonly text: string }[];
    readonly role: 'user';
  };
  readonly tools?: readonly { readonly functionDeclarations: readonly FunctionDeclaration[] }[];
  readonly realtimeInputConfig?: {
    readonly automaticActivityDetection: ActivityDetection | { readonly disabled: true };
  };
  readonly sessionResumption?: { readonly handle?: string };
  readonly contextWindowCompression?: CompressionConfig;
  readonly inputAudioTranscription?: object;
  readonly outputAudioTranscription?: object;
}

/** What is made of options; those who give further fields name them as the service does. */
interface GenerationConfig {
  readonly responseModalities: NonNullable<GeminiLiveOptions['responseModalities']>;
  readonly speechConfig?: {
    readonly voiceConfig: { readonly prebuiltVoiceConfig: { readonly voiceName: string } };
  };
}

interface FunctionDeclaration {
  readonly name: string;
  readonly description?: string;
  readonly parametersJsonSchema?: unknown;
}

/** Counts are int64, which is a string in the JSON of protocol buffers. */
interface CompressionConfig {
  readonly triggerTokens?: string;
  readonly slidingWindow: { readonly targetTokens?: string };
}

/** @param handle takes a session up again; null asks for a fresh one. */
export function setupOf(options: GeminiLiveOptions, handle: string | null): Setup {
  const { instructions, tools = [], setup = {} } = options;
  const detection = options.automaticActivityDetection;
  const compression = compressionOf(options.contextCompression ?? true);

  return {
    model: modelName(options.model ?? DEFAULT_MODEL),
    ...(instructions === undefined
      ? {}
      : { systemInstruction: { parts: [{ text: instructions }], role: 'user' } }),
    ...(tools.length === 0 ? {} : { tools: [{ functionDeclarations: tools.map(declarationOf) }] }),
    ...(detection === undefined
      ? {}
      : {
          realtimeInputConfig: {
            automaticActivityDetection: detection === false ? { disabled: true } : detection,
          },
        }),
    ...(options.resumption === false
      ? {}
      : { sessionResumption: handle === null ? {} : { handle } }), // empty: handles are wanted
    ...(compression === null ? {} : { contextWindowCompression: compression }),
    ...(options.inputTranscription === false ? {} : { inputAudioTranscription: {} }),
    ...(options.outputTranscription === false ? {} : { outputAudioTranscription: {} }),
    ...setup,
    generationConfig: { ...generationConfigOf(options), ...objectAt(setup, 'generationConfig') },
  };
}

/** How turns are found, as the service is told it: an option of ours, or a further field in its place. */
export interface Detection {
  /** It is switched off: the application ends the turns. */
  readonly isManual: boolean;
  /** Silence that ends a turn, as far as it was set. Default 0. */
  readonly silenceDurationMs: number;
}

export function detectionOf(options: GeminiLiveOptions): Detection {
  const config = objectAt(setupOf(options, null), 'realtimeInputConfig');
  const detection = objectAt(config, 'automaticActivityDetection');
  return {
    isManual: booleanAt(detection, 'disabled') === true,
    silenceDurationMs: numberAt(detection, 'silenceDurationMs') ?? 0,
  };
}

function generationConfigOf({ responseModalities, voice }: GeminiLiveOptions): GenerationConfig {
  return {
    responseModalities: responseModalities ?? ['AUDIO'],
    ...(voice === undefined
      ? {}
      : { speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } } }),
  };
}

function compressionOf(
  compression: NonNullable<GeminiLiveOptions['contextCompression']>,
): CompressionConfig | null {
  if (compression === false) return null;
  const { triggerTokens, targetTokens } = compression === true ? {} : compression;
  return {
    ...(triggerTokens === undefined ? {} : { triggerTokens: String(triggerTokens) }),
    slidingWindow: targetTokens === undefined ? {} : { targetTokens: String(targetTokens) },
  };
}

function declarationOf({ name, description, parameters }: Tool): FunctionDeclaration {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parametersJsonSchema: parameters }),
  };
}

function modelName(model: string): string {
  return model.includes('/') ? model : `models/${model}`;
}
