/** What a session is asked for, and how it differs from what the service made of it. */
import type { Tool } from '../../ports/conversation.ts';
import { asObject, isObject, numberAt, objectAt } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';
import { SAMPLE_RATE_HZ } from './wire.ts';
import type { Modality, SessionConfig, WireTurnDetection } from './wire.ts';

/** How the service finds out that a turn is over. Times in milliseconds; what is left out is the service's choice. */
export type TurnDetection =
  | {
      readonly type: 'serverVad';
      /** 0 to 1; the service's default is 0.5. */
      readonly threshold?: number;
      readonly prefixPaddingMs?: number;
      readonly silenceDurationMs?: number;
      readonly idleTimeoutMs?: number;
      /** Answers when a turn is over. Default true. */
      readonly createsReply?: boolean;
      /** Stops answering when the user speaks. Default true. */
      readonly interruptsReply?: boolean;
    }
  | {
      readonly type: 'semanticVad';
      readonly eagerness?: 'low' | 'medium' | 'high' | 'auto';
      /** Default true. */
      readonly createsReply?: boolean;
      /** Default true. */
      readonly interruptsReply?: boolean;
    };

export interface Transcription {
  /** Default `gpt-realtime-whisper`. */
  readonly model?: string;
  /** ISO 639-1, such as `en`. */
  readonly language?: string;
  readonly prompt?: string;
}

export interface SessionWishes {
  readonly instructions?: string;
  readonly voice?: string;
  /** Default `serverVad`; null: turns end by `endTurn()` only. */
  readonly turnDetection?: TurnDetection | null;
  /** Of what the user says. Default on; null: user turns have no text, and cannot be given back to a new session. */
  readonly transcription?: Transcription | null;
  readonly tools?: readonly Tool[];
  /** Default `['audio']`. */
  readonly outputModalities?: readonly Modality[];
  /** Further fields of `session.update`, as the service names them; they win over what the other options make. */
  readonly session?: Readonly<Record<string, unknown>>;
}

const PCM = { type: 'audio/pcm', rate: SAMPLE_RATE_HZ } as const;
const DEFAULT_TRANSCRIBER = 'gpt-realtime-whisper';

export function sessionConfigOf(wishes: SessionWishes): SessionConfig {
  const { instructions, voice, transcription, tools, outputModalities = ['audio'] } = wishes;
  const config: SessionConfig = {
    type: 'realtime',
    ...(instructions === undefined ? {} : { instructions }),
    output_modalities: outputModalities,
    audio: {
      input: {
        format: PCM,
        turn_detection: turnDetectionOf(wishes.turnDetection),
        ...(transcription === null
          ? {}
          : { transcription: { model: DEFAULT_TRANSCRIBER, ...transcription } }),
      },
      output: { format: PCM, ...(voice === undefined ? {} : { voice }) },
    },
    ...(tools === undefined
      ? {}
      : { tools: tools.map((tool) => ({ type: 'function', ...tool }) as const) }),
  };
  return merged(config as unknown as JsonObject, wishes.session ?? {}) as unknown as SessionConfig;
}

function turnDetectionOf(wish: TurnDetection | null | undefined): WireTurnDetection | null {
  if (wish === null) return null;
  const { createsReply = true, interruptsReply = true } = wish ?? {};
  const replies = { create_response: createsReply, interrupt_response: interruptsReply };
  if (wish?.type === 'semanticVad') {
    const { eagerness } = wish;
    return { type: 'semantic_vad', ...(eagerness === undefined ? {} : { eagerness }), ...replies };
  }
  const { threshold, prefixPaddingMs, silenceDurationMs, idleTimeoutMs } = wish ?? {};
  return {
    type: 'server_vad',
    ...(threshold === undefined ? {} : { threshold }),
    ...(prefixPaddingMs === undefined ? {} : { prefix_padding_ms: prefixPaddingMs }),
    ...(silenceDurationMs === undefined ? {} : { silence_duration_ms: silenceDurationMs }),
    ...(idleTimeoutMs === undefined ? {} : { idle_timeout_ms: idleTimeoutMs }),
    ...replies,
  };
}

function merged(base: JsonObject, extra: JsonObject): JsonObject {
  const entries = new Map(Object.entries(base));
  for (const [name, value] of Object.entries(extra)) {
    const before = entries.get(name);
    entries.set(name, isObject(before) && isObject(value) ? merged(before, value) : value);
  }
  return Object.fromEntries(entries);
}

/** How the service treats turns, by the session that it told. */
export interface TurnRules {
  /** It finds out by itself when a turn is over. */
  readonly detects: boolean;
  readonly replies: boolean;
  readonly interrupts: boolean;
  readonly transcribes: boolean;
}

export function turnRulesOf(session: unknown): TurnRules {
  const input = objectAt(objectAt(session, 'audio'), 'input');
  const detection = objectAt(input, 'turn_detection');
  return {
    detects: detection !== null,
    replies: detection !== null && detection['create_response'] !== false,
    interrupts: detection !== null && detection['interrupt_response'] !== false,
    transcribes: objectAt(input, 'transcription') !== null,
  };
}

/** How long a pause ends a turn, where it was asked for. */
export function silenceDurationMsOf(session: unknown): number {
  const input = objectAt(objectAt(session, 'audio'), 'input');
  return numberAt(objectAt(input, 'turn_detection'), 'silence_duration_ms') ?? 0;
}

/** Nobody reads more of a warning than this, and a service could name as many fields as it likes. */
const MAX_DIFFERENCES = 8;
const MAX_DEPTH = 12;

/** The paths of what was asked for and is not so, such as `audio.output.voice`. What was not asked for may be anything. */
export function differencesOf(asked: SessionConfig, effective: unknown): readonly string[] {
  const differences: string[] = [];
  compare(asked, effective, '', differences);
  return differences;
}

function compare(asked: unknown, effective: unknown, path: string, found: string[]): void {
  if (found.length >= MAX_DIFFERENCES || path.split('.').length > MAX_DEPTH) return;
  if (Array.isArray(asked)) {
    const list: readonly unknown[] = Array.isArray(effective) ? effective : [];
    if (list.length !== asked.length) found.push(path);
    else asked.forEach((part, at) => compare(part, list[at], `${path}.${at}`, found));
    return;
  }
  const fields = asObject(asked);
  if (fields === null) {
    if ((asked ?? null) !== (effective ?? null)) found.push(path);
    return;
  }
  const others = asObject(effective);
  if (others === null) {
    found.push(path);
    return;
  }
  for (const [name, value] of Object.entries(fields)) {
    const other = Object.hasOwn(others, name) ? others[name] : undefined;
    compare(value, other, path === '' ? name : `${path}.${name}`, found);
  }
}
