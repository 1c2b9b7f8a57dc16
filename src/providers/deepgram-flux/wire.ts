/** Flux's messages as values. Field names are the service's own; none is believed. */
import { secondsIn } from '../wire/deepgram.ts';
import type { JsonObject } from '../wire/json.ts';
import { numberAt, objectsAt, stringAt } from '../wire/json.ts';

/** What is sent besides audio. */
export interface FluxCommand {
  readonly type: 'CloseStream' | 'ForceEndTurn';
}

const command = (said: FluxCommand): string => JSON.stringify(said);
export const CLOSE_STREAM = command({ type: 'CloseStream' });
export const FORCE_END_TURN = command({ type: 'ForceEndTurn' });

/** What is read; tests hold the names against the types of the service's own client. */
export type FluxType = 'Connected' | 'TurnInfo' | 'ConfigureSuccess' | 'ConfigureFailure' | 'Error';
export type FluxField =
  | 'sequence_id'
  | 'event'
  | 'turn_index'
  | 'audio_window_start'
  | 'audio_window_end'
  | 'transcript'
  | 'words'
  | 'trigger';
export type FluxWordField = 'word' | 'confidence' | 'start' | 'end';
/** `message` is what other services of Deepgram's call the description. */
export type FluxErrorField = 'code' | 'description' | 'message';

const textAt: (message: JsonObject, name: FluxField) => string | null = stringAt;
const listAt: (message: JsonObject, name: FluxField) => readonly JsonObject[] = objectsAt;
const wordTextAt: (word: JsonObject, name: FluxWordField) => string | null = stringAt;
const wordNumberAt: (word: JsonObject, name: FluxWordField) => number | null = numberAt;
export const errorTextAt: (message: JsonObject, name: FluxErrorField) => string | null = stringAt;

export interface FluxWord {
  readonly text: string;
  readonly confidence: number;
  /** Seconds; null where the service did not say. */
  readonly startS: number | null;
  readonly endS: number | null;
}

export interface TurnInfo {
  /** An open set: an event that is not known is read as an `Update`. */
  readonly event: string;
  /** Null where it is missing. */
  readonly turnIndex: number | null;
  /** Seconds since the first sample of this socket. */
  readonly windowStartS: number;
  readonly windowEndS: number;
  /** Of the whole turn so far. */
  readonly text: string;
  readonly words: readonly FluxWord[];
  /** Why the turn ended: `model`, `manual`, `timeout`, or what is added to them. */
  readonly trigger: string | null;
}

export function turnInfoOf(message: JsonObject): TurnInfo {
  const windowStartS = secondsAt(message, 'audio_window_start') ?? 0;
  return {
    event: textAt(message, 'event') ?? '',
    turnIndex: wholeAt(message, 'turn_index'),
    windowStartS,
    windowEndS: Math.max(windowStartS, secondsAt(message, 'audio_window_end') ?? 0),
    text: textAt(message, 'transcript') ?? '',
    words: listAt(message, 'words').flatMap(wordOf),
    trigger: textAt(message, 'trigger'),
  };
}

/** A number that counts, or null. */
export function wholeAt(message: JsonObject, name: FluxField): number | null {
  const value = numberAt(message, name);
  return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

function wordOf(word: JsonObject): readonly FluxWord[] {
  const text = wordTextAt(word, 'word');
  if (text === null) return [];
  return [
    {
      text,
      confidence: Math.min(1, Math.max(0, wordNumberAt(word, 'confidence') ?? 0)),
      startS: secondsAt(word, 'start'),
      endS: secondsAt(word, 'end'),
    },
  ];
}

function secondsAt(message: JsonObject, name: FluxField | FluxWordField): number | null {
  return secondsIn(numberAt(message, name));
}
