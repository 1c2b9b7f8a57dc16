/** What a client asks for in `setup`, and what of it is refused. */
import { flagIn, textIn } from './json.ts';
import { isObject, objectAt, objectsAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import { LIVE_CLOSES, closeNoSuchModel, closeUnknownName } from './wire.ts';
import type { LiveClose } from './wire.ts';

export interface LiveSetup {
  readonly model: string;
  readonly tools: readonly string[];
  readonly speaksText: boolean;
  readonly writesInput: boolean;
  readonly writesOutput: boolean;
  readonly findsTurns: boolean;
  readonly silenceDurationMs: number;
  /** Handles are wanted. */
  readonly resumption: boolean;
  /** The session is to be taken up again. */
  readonly handle: string | null;
}

/** The service's own default is not published; this much ends a turn without cutting sentences in two. */
const SILENCE_DURATION_MS = 500;

const SETUP_FIELDS: readonly string[] = [
  'model',
  'generationConfig',
  'systemInstruction',
  'tools',
  'realtimeInputConfig',
  'sessionResumption',
  'contextWindowCompression',
  'inputAudioTranscription',
  'outputAudioTranscription',
  'proactivity',
  'historyConfig',
  'explicitVadSignal',
  'avatarConfig',
  'safetySettings',
];

const GENERATION_FIELDS: readonly string[] = [
  'responseModalities',
  'speechConfig',
  'temperature',
  'topP',
  'topK',
  'maxOutputTokens',
  'candidateCount',
  'presencePenalty',
  'frequencyPenalty',
  'mediaResolution',
  'seed',
  'thinkingConfig',
  'enableAffectiveDialog',
  'translationConfig',
  'responseMimeType',
  'responseSchema',
];

export function readSetup(setup: JsonObject, version: string): LiveSetup | LiveClose {
  const unknown = unknownIn(setup, SETUP_FIELDS);
  if (unknown !== undefined) return closeUnknownName(unknown, " at 'setup'");
  const generation = objectAt(setup, 'generationConfig') ?? {};
  const stray = unknownIn(generation, GENERATION_FIELDS);
  if (stray !== undefined) return closeUnknownName(stray, " at 'setup.generation_config'");

  const model = textIn(setup, 'model');
  if (!/^models\/.*gemini/i.test(model)) return closeNoSuchModel(model, version);
  const resumption = objectAt(setup, 'sessionResumption');
  if (flagIn(resumption, 'transparent')) return LIVE_CLOSES.invalidArgument;

  const modalities: unknown = generation['responseModalities'];
  const detection = objectAt(objectAt(setup, 'realtimeInputConfig'), 'automaticActivityDetection');
  const silence = detection?.['silenceDurationMs'];
  return {
    model,
    tools: toolNames(setup),
    speaksText: Array.isArray(modalities) && modalities.includes('TEXT'),
    writesInput: isObject(setup['inputAudioTranscription']),
    writesOutput: isObject(setup['outputAudioTranscription']),
    findsTurns: !flagIn(detection, 'disabled'),
    silenceDurationMs: typeof silence === 'number' ? silence : SILENCE_DURATION_MS,
    resumption: resumption !== null,
    handle: textIn(resumption, 'handle') || null,
  };
}

/** Names of functions that may be called, of a setup or of a request over HTTP. */
export function toolNames(request: JsonObject): readonly string[] {
  return objectsAt(request, 'tools')
    .flatMap((tool) => objectsAt(tool, 'functionDeclarations'))
    .map((declaration) => textIn(declaration, 'name'));
}

/** Null where there is something that is no text, which is refused. */
export function textOf(content: JsonObject): string | null {
  const parts = objectsAt(content, 'parts');
  const isText = parts.every((part) => typeof part['text'] === 'string');
  return isText ? parts.map((part) => textIn(part, 'text')).join('') : null;
}

function unknownIn(value: JsonObject, known: readonly string[]): string | undefined {
  return Object.keys(value).find((name) => !known.includes(name));
}
