/**
 * What the service says to a clip: `verbose_json` as OpenAI and whisper.cpp write it, or `json`, which is the text alone.
 *
 * OpenAI lists words beside the segments (`word`, `start`, `end`), whisper.cpp inside them, with a `probability`. Times
 * are seconds from the clip's beginning.
 */
import { numberAt, objectIn, objectsAt, stringAt } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';

export interface AnswerWord {
  readonly text: string;
  readonly startS: number;
  readonly endS: number;
  /** 0 to 1; null where the service does not tell. */
  readonly probability: number | null;
}

export interface AnswerSegment {
  readonly text: string;
  readonly startS: number;
  /** Infinity: to the end of the clip. */
  readonly endS: number;
  readonly noSpeechProb: number | null;
  readonly avgLogprob: number | null;
  readonly compressionRatio: number | null;
  readonly words: readonly AnswerWord[];
}

/** What is read; tests hold the names against the types of OpenAI's own client. */
export type AnswerField = 'text' | 'segments' | 'words';
export type SegmentField =
  'text' | 'start' | 'end' | 'no_speech_prob' | 'avg_logprob' | 'compression_ratio';
export type WordField = 'word' | 'start' | 'end';
/** Of whisper.cpp alone. */
type CppField = 'words' | 'probability';

const answerTextAt: (answer: JsonObject | null, name: AnswerField) => string | null = stringAt;
const listAt: (of: JsonObject | null, name: AnswerField | CppField) => readonly JsonObject[] =
  objectsAt;
const textAt: (of: JsonObject, name: SegmentField | WordField) => string | null = stringAt;
const valueAt: (of: JsonObject, name: SegmentField | CppField) => number | null = numberAt;

/** A clip has 25 s: more is no answer to it. */
const MAX_SEGMENTS = 500;
const MAX_WORDS = 2_000;

/** Null where it is no answer: not JSON, or without a text. */
export function segmentsIn(body: string): readonly AnswerSegment[] | null {
  const answer = objectIn(body);
  const text = answerTextAt(answer, 'text');
  const listed = listAt(answer, 'segments').slice(0, MAX_SEGMENTS);
  if (text === null && listed.length === 0) return null;
  if (listed.length === 0) return [segmentOf({ text }, wordsAt(answer))];

  const loose = wordsAt(answer);
  return listed.map((segment, index) => {
    const inside = wordsAt(segment);
    const isLast = index === listed.length - 1;
    const from = index === 0 ? -Infinity : secondsAt(segment, 'start', 0);
    const to = isLast ? Infinity : secondsAt(listed[index + 1], 'start', Infinity);
    const own = loose.filter(({ startS, endS }) => isWithin((startS + endS) / 2, from, to));
    return segmentOf(segment, inside.length > 0 ? inside : own);
  });
}

/** What an older whisper.cpp says with status 200. */
export function errorIn(body: string): string | null {
  const answer = objectIn(body);
  return stringAt(answer, 'error');
}

function segmentOf(segment: JsonObject, words: readonly AnswerWord[]): AnswerSegment {
  const startS = secondsAt(segment, 'start', 0);
  return {
    text: (textAt(segment, 'text') ?? '').trim(),
    startS,
    endS: Math.max(startS, secondsAt(segment, 'end', Infinity)),
    noSpeechProb: valueAt(segment, 'no_speech_prob'),
    avgLogprob: valueAt(segment, 'avg_logprob'),
    compressionRatio: valueAt(segment, 'compression_ratio'),
    words,
  };
}

function wordsAt(value: JsonObject | null): readonly AnswerWord[] {
  return listAt(value, 'words')
    .slice(0, MAX_WORDS)
    .map((word) => {
      const startS = secondsAt(word, 'start', 0);
      return {
        text: (textAt(word, 'word') ?? '').trim(),
        startS,
        endS: Math.max(startS, secondsAt(word, 'end', startS)),
        probability: valueAt(word, 'probability'),
      };
    })
    .filter(({ text }) => text !== '');
}

function secondsAt(value: unknown, name: SegmentField & WordField, fallback: number): number {
  return Math.max(0, numberAt(value, name) ?? fallback);
}

function isWithin(at: number, from: number, to: number): boolean {
  return at >= from && at < to;
}
