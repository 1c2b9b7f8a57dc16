/** A session as the service tells it, and what `session.update` may make of it. An update is taken whole or not at all. */
import { asObject, isObject, objectAt, stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import { complaint, ENDINGS, missing } from './frames.ts';

import type { Complaint, Ending } from './frames.ts';
import { sessionProblem } from './session-rules.ts';

const PCM = { type: 'audio/pcm', rate: 24_000 };
const SERVER_VAD = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 200,
  idle_timeout_ms: null,
  create_response: true,
  interrupt_response: true,
};
const SEMANTIC_VAD = {
  type: 'semantic_vad',
  eagerness: 'auto',
  create_response: true,
  interrupt_response: true,
};

export function newSession(id: string, model: string, expiresAtS: number): JsonObject {
  return {
    type: 'realtime',
    object: 'realtime.session',
    id,
    model,
    output_modalities: ['audio'],
    instructions: 'You are a helpful, witty, and friendly AI.',
    tools: [],
    tool_choice: 'auto',
    max_output_tokens: 'inf',
    tracing: null,
    truncation: 'auto',
    prompt: null,
    expires_at: expiresAtS,
    audio: {
      input: {
        format: PCM,
        transcription: null,
        noise_reduction: null,
        turn_detection: SERVER_VAD,
      },
      output: { format: PCM, voice: 'alloy', speed: 1 },
    },
    include: null,
  };
}

/** Pauses are longer here: the types of the service's client say 500 ms. */
const TRANSCRIPTION_VAD = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 500,
};

/** Of `intent=transcription`: it hears and writes down, and never answers. */
export function newTranscriptionSession(id: string, expiresAtS: number): JsonObject {
  return {
    type: 'transcription',
    object: 'realtime.transcription_session',
    id,
    expires_at: expiresAtS,
    audio: {
      input: {
        format: PCM,
        transcription: null,
        noise_reduction: null,
        turn_detection: TRANSCRIPTION_VAD,
      },
    },
    include: null,
  };
}

export function transcribesOnly(session: JsonObject): boolean {
  return session['type'] === 'transcription';
}

export interface Detection {
  readonly threshold: number;
  readonly prefixPaddingMs: number;
  readonly silenceMs: number;
  readonly creates: boolean;
  readonly interrupts: boolean;
}

/** How long a pause ends a turn where the meaning decides; a stand-in hears no meaning. */
const EAGERNESS_MS: Readonly<Record<string, number>> = { low: 1_200, high: 300 };

export function detectionOf(session: JsonObject): Detection | null {
  const detection = objectAt(objectAt(objectAt(session, 'audio'), 'input'), 'turn_detection');
  if (detection === null) return null;
  const number = (name: string, otherwise: number): number => Number(detection[name] ?? otherwise);
  return {
    threshold: number('threshold', SERVER_VAD.threshold),
    prefixPaddingMs: number('prefix_padding_ms', SERVER_VAD.prefix_padding_ms),
    silenceMs:
      detection['type'] === 'semantic_vad'
        ? (EAGERNESS_MS[String(detection['eagerness'])] ?? 600)
        : number('silence_duration_ms', SERVER_VAD.silence_duration_ms),
    creates: !transcribesOnly(session) && detection['create_response'] !== false,
    interrupts: detection['interrupt_response'] !== false,
  };
}

export type Updated =
  | { readonly session: JsonObject }
  | { readonly complaint: Complaint }
  | { readonly ending: Ending };

/** Names that only the beta had: with one of them the whole connection is refused. */
const BETA_FIELDS = [
  'modalities',
  'input_audio_format',
  'output_audio_format',
  'input_audio_transcription',
  'input_audio_noise_reduction',
  'turn_detection',
  'max_response_output_tokens',
];

export function updatedSession(before: JsonObject, asked: unknown, hasSpoken: boolean): Updated {
  const fields = asObject(asked);
  if (fields === null) return { complaint: missing('session') };
  if (BETA_FIELDS.some((name) => Object.hasOwn(fields, name))) return { ending: ENDINGS.betaShape };
  if (!Object.hasOwn(fields, 'type')) return { complaint: missing('session.type') };
  const problem = sessionProblem(fields, transcribesOnly(before) ? 'transcription' : 'realtime');
  if (problem !== null) return { complaint: problem };

  const { model, ...others } = fields;
  if (model !== undefined && model !== before['model']) {
    return {
      complaint: complaint(
        'invalid_value',
        'The model of a session cannot change.',
        'session.model',
      ),
    };
  }
  const session = merged(before, others, transcribesOnly(before) ? TRANSCRIPTION_VAD : SERVER_VAD);
  if (hearsByItself(session)) {
    // "For `gpt-realtime-whisper` transcription sessions, turn detection must be set to `null`": the client's types.
    const message = 'Turn detection is not supported with this transcription model.';
    return { complaint: complaint('invalid_value', message, 'session.audio.input.turn_detection') };
  }
  const voiceOf = (of: JsonObject): string | null =>
    stringAt(objectAt(objectAt(of, 'audio'), 'output'), 'voice');
  if (hasSpoken && voiceOf(session) !== voiceOf(before)) {
    const message = "Cannot update a conversation's voice if assistant audio is present.";
    return { complaint: complaint('cannot_update_voice', message, 'session.audio.output.voice') };
  }
  return { session };
}

function hearsByItself(session: JsonObject): boolean {
  const input = objectAt(objectAt(session, 'audio'), 'input');
  const model = stringAt(objectAt(input, 'transcription'), 'model');
  return (
    transcribesOnly(session) &&
    model?.startsWith('gpt-realtime-whisper') === true &&
    objectAt(input, 'turn_detection') !== null
  );
}

/** @param vad what a detection by the server has where it is not said. */
function merged(before: JsonObject, changes: JsonObject, vad: JsonObject): JsonObject {
  const after: Record<string, unknown> = { ...before };
  for (const [name, value] of Object.entries(changes)) {
    const old = after[name];
    if (name === 'turn_detection' && isObject(value))
      after[name] = { ...defaultsOf(value, vad), ...value };
    else if (name === 'format' && isObject(value)) {
      const isTelephone = value['type'] === 'audio/pcmu' || value['type'] === 'audio/pcma';
      after[name] = isTelephone ? value : PCM;
    } else if (name === 'transcription' && isObject(value)) {
      after[name] = { model: null, language: null, prompt: null, ...value };
    } else after[name] = isObject(old) && isObject(value) ? merged(old, value, vad) : value;
  }
  return after;
}

function defaultsOf(detection: JsonObject, vad: JsonObject): JsonObject {
  return detection['type'] === 'semantic_vad' ? SEMANTIC_VAD : vad;
}
