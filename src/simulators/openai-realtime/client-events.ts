/** What clients may send, and which fields it may have: the service names whatever it does not know. */
import { asObject, stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import type { WireFormat } from './audio-format.ts';
import { complaint, missing } from './frames.ts';
import type { Complaint } from './frames.ts';

const FIELDS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    'session.update': ['session'],
    'session.close': [],
    'input_audio_buffer.append': ['audio'],
    'session.input_audio_buffer.append': ['audio'],
    'input_audio_buffer.commit': [],
    'input_audio_buffer.clear': [],
    'conversation.item.create': ['item', 'previous_item_id'],
    'conversation.item.truncate': ['item_id', 'content_index', 'audio_end_ms'],
    'conversation.item.delete': ['item_id'],
    'conversation.item.retrieve': ['item_id'],
    'response.create': ['response'],
    'response.cancel': ['response_id'],
  }),
);

/** What a session that only transcribes takes of them: it makes no items but what it hears, and no responses. */
const TRANSCRIPTION_TYPES: ReadonlySet<string> = new Set([
  'session.update',
  'session.close',
  'input_audio_buffer.append',
  'session.input_audio_buffer.append',
  'input_audio_buffer.commit',
  'input_audio_buffer.clear',
  'conversation.item.delete',
  'conversation.item.retrieve',
]);

/** 15 MiB of base64, by the types of the service's client. */
const MAX_AUDIO_CHARS = 15 * 1_024 * 1_024;

export type ReadEvent =
  | { readonly type: string; readonly event: JsonObject }
  | { readonly complaint: Complaint; readonly eventId: string | null };

/** @param transcribes the session has no conversation. */
export function readClientEvent(data: Buffer, isBinary: boolean, transcribes: boolean): ReadEvent {
  if (isBinary) {
    const message = 'Invalid event: binary messages are not supported.';
    return { complaint: complaint('invalid_event', message), eventId: null };
  }
  const event = parsed(data.toString());
  if (event === null) {
    const message = 'We could not parse the JSON body of your request.';
    return { complaint: complaint('invalid_json', message), eventId: null };
  }
  const eventId = stringAt(event, 'event_id');
  const problem = problemOf(event, transcribes);
  if (problem !== null) return { complaint: problem, eventId };
  return { type: stringAt(event, 'type') ?? '', event };
}

/** PCM at 24 kHz in an append, or what is wrong with it. */
export function audioOf(event: JsonObject, format: WireFormat): Int16Array | Complaint {
  const audio = stringAt(event, 'audio');
  if (audio === null) return missing('audio');
  if (audio.length > MAX_AUDIO_CHARS) {
    return complaint('string_above_max_length', "Invalid 'audio': string too long.", 'audio');
  }
  const isBase64 = /^[A-Za-z0-9+/]*={0,2}$/.test(audio);
  const samples = isBase64 ? format.decode(Buffer.from(audio, 'base64')) : null;
  if (samples !== null) return samples;
  const message = `Invalid 'audio'. Expected base64-encoded audio bytes (${format.name}) but got an invalid value.`;
  return complaint('invalid_value', message, 'audio');
}

function problemOf(event: JsonObject, transcribes: boolean): Complaint | null {
  const type = stringAt(event, 'type');
  if (type === null) return missing('type');
  const fields = FIELDS.get(type);
  if (fields === undefined || (transcribes && !TRANSCRIPTION_TYPES.has(type))) {
    const supported = [...FIELDS.keys()].filter(
      (name) => !transcribes || TRANSCRIPTION_TYPES.has(name),
    );
    const listed = supported.map((name) => `'${name}'`).join(', ');
    const message = `Invalid value: '${type}'. Supported values are: ${listed}.`;
    return complaint('invalid_value', message, 'type');
  }
  const unknown = Object.keys(event).find(
    (name) => name !== 'type' && name !== 'event_id' && !fields.includes(name),
  );
  if (unknown === undefined) return null;
  return complaint('unknown_parameter', `Unknown parameter: '${unknown}'.`, unknown);
}

function parsed(text: string): JsonObject | null {
  try {
    return asObject(JSON.parse(text));
  } catch {
    return null;
  }
}
