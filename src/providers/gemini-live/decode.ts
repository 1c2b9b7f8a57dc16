/** What stands in a server's frame. Every field may be missing, of another type, or new. */
import { memberAt, partFlagAt, partObjectAt, partTextAt, transcribedAt } from './names.ts';
import type { Member, Transcribed } from './names.ts';
import { fromBase64 } from '../wire/base64.ts';
import { nameOf } from '../wire/detail.ts';
import { booleanAt, fieldOf, objectAt, objectsAt, stringAt } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';

export interface ContentPiece {
  readonly kind: 'text' | 'audio' | 'functionCall';
  readonly part: JsonObject;
}

export interface FunctionCall {
  /** Null where the service gave none. */
  readonly id: string | null;
  readonly name: string;
  /** JSON. */
  readonly arguments: string;
  readonly signature: string | null;
}

export interface Audio {
  readonly bytes: Uint8Array;
  readonly sampleRateHz: number;
}

/** What a server may send beside what is read here, and what says nothing to us. */
const SILENT_MEMBERS: readonly string[] = ['usageMetadata'];
const READ_MEMBERS: Readonly<Record<Member, true>> = {
  setupComplete: true,
  serverContent: true,
  toolCall: true,
  toolCallCancellation: true,
  goAway: true,
  sessionResumptionUpdate: true,
  voiceActivity: true,
  voiceActivityDetectionSignal: true,
  error: true,
};
const KNOWN_MEMBERS: readonly string[] = [...Object.keys(READ_MEMBERS), ...SILENT_MEMBERS];

/** Of one message: more of them say no more. */
const MAX_UNKNOWN = 8;

const DEFAULT_RATE_HZ = 24_000;
const PCM = /^audio\/(?:pcm|l16)\b/i;
const RATE = /\brate=(\d{4,6})\b/i;

/** The names of members that nothing is known of, as one text; null where there are none. */
export function unknownMembers(
  message: JsonObject,
  secrets: () => readonly string[],
): string | null {
  const names = Object.keys(message).filter((name) => !KNOWN_MEMBERS.includes(name));
  if (names.length === 0) return null;
  const shown = names.slice(0, MAX_UNKNOWN).map((name) => nameOf(name, secrets()));
  return [...new Set(shown)].join(', ');
}

/** Audio and text of a model's turn, without what it only thinks. */
export function piecesOf(content: JsonObject | null): readonly ContentPiece[] {
  return objectsAt(objectAt(content, 'modelTurn'), 'parts').flatMap((part): ContentPiece[] => {
    if (partFlagAt(part, 'thought') === true) return [];
    if (partObjectAt(part, 'functionCall') !== null) return [{ kind: 'functionCall', part }];
    if (partObjectAt(part, 'inlineData') !== null) return [{ kind: 'audio', part }];
    return partTextAt(part, 'text') === null ? [] : [{ kind: 'text', part }];
  });
}

/** Null for what is no PCM. */
export function audioIn(part: JsonObject): Audio | null {
  const data = partObjectAt(part, 'inlineData');
  const mimeType = stringAt(data, 'mimeType') ?? 'audio/pcm';
  const bytes = fromBase64(stringAt(data, 'data') ?? '');
  const sampleRateHz = Number(RATE.exec(mimeType)?.[1] ?? DEFAULT_RATE_HZ);
  if (!PCM.test(mimeType) || bytes === null || sampleRateHz < 8_000 || sampleRateHz > 192_000) {
    return null;
  }
  return { bytes: bytes.subarray(0, bytes.length - (bytes.length % 2)), sampleRateHz };
}

/** The call in an object that has `name` and `args`. Null where it has no name. */
export function callIn(call: JsonObject | null, holder: JsonObject | null): FunctionCall | null {
  const name = stringAt(call, 'name');
  if (name === null || name === '') return null;
  const id = stringAt(call, 'id');
  return {
    id: id === '' ? null : id,
    name,
    arguments: JSON.stringify(objectAt(call, 'args') ?? {}),
    signature: partTextAt(holder, 'thoughtSignature') ?? stringAt(call, 'thoughtSignature'),
  };
}

/** Null where it cannot be resumed from here: while an answer is made, or a tool is waited for. */
export function handleIn(update: JsonObject | null): string | null {
  const handle = stringAt(update, 'newHandle');
  return booleanAt(update, 'resumable') === true && handle !== '' ? handle : null;
}

/** Whether somebody began or stopped to speak; null where the signal says neither. */
export function activityIn(message: JsonObject): boolean | null {
  const type =
    stringAt(memberAt(message, 'voiceActivity'), 'voiceActivityType') ??
    stringAt(memberAt(message, 'voiceActivityDetectionSignal'), 'vadSignalType');
  if (type === 'ACTIVITY_START' || type === 'VAD_SIGNAL_TYPE_SOS') return true;
  return type === 'ACTIVITY_END' || type === 'VAD_SIGNAL_TYPE_EOS' ? false : null;
}

/** What was written down; with `finished` alone there is nothing. */
export function transcriptionIn(content: JsonObject | null, name: Transcribed): string {
  return stringAt(transcribedAt(content, name), 'text') ?? '';
}

export function idsIn(cancellation: JsonObject | null): readonly string[] {
  const ids = fieldOf(cancellation, 'ids');
  return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
}
