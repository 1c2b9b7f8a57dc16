/** Deepgram's frames as provider events. Field names are the service's own. */
import { secondsIn } from '../wire/deepgram.ts';
import { detailOf } from '../wire/detail.ts';
import { isObject, objectIn, typeNameOf } from '../wire/json.ts';
import type { ProviderEvent, ProviderWord } from '../contract.ts';
import type { Frame } from '../../ports/socket.ts';

/** What is read; tests hold the names against the types of the service's own client. */
export interface ListenWord {
  readonly word?: unknown;
  readonly punctuated_word?: unknown;
  readonly start?: unknown;
  readonly end?: unknown;
  readonly confidence?: unknown;
}

export interface ListenMessage {
  readonly type?: unknown;
  readonly start?: unknown;
  readonly duration?: unknown;
  readonly is_final?: unknown;
  readonly speech_final?: unknown;
  readonly from_finalize?: unknown;
  readonly channel?: { readonly alternatives?: readonly ListenAlternative[] };
  readonly timestamp?: unknown;
  readonly last_word_end?: unknown;
  readonly description?: unknown;
  readonly message?: unknown;
}

export interface ListenAlternative {
  readonly transcript?: unknown;
  readonly words?: unknown;
}

export type ListenType = 'Results' | 'Metadata' | 'SpeechStarted' | 'UtteranceEnd' | 'Error';

/** @param secrets credentials that must not be repeated. */
export function decodeListenFrame(
  frame: Frame,
  sampleRateHz: number,
  secrets: () => readonly string[],
): readonly ProviderEvent[] {
  if (typeof frame !== 'string') return [{ kind: 'ignored', what: 'binary frame' }];
  const object = objectIn(frame);
  if (object === null) return [{ kind: 'ignored', what: typeNameOf(object) }];

  const message: ListenMessage = object;
  switch (message.type as ListenType) {
    case 'Results':
      return [resultsOf(message, sampleRateHz)];
    case 'Metadata':
      return [{ kind: 'finished', samples: sampleAt(seconds(message.duration), sampleRateHz) }];
    case 'SpeechStarted':
      return [
        { kind: 'speechStarted', atSample: sampleAt(seconds(message.timestamp), sampleRateHz) },
      ];
    case 'UtteranceEnd':
      return utteranceEnd(message.last_word_end, sampleRateHz);
    case 'Error':
      return [{ kind: 'failed', failure: errorOf(message, secrets()) }];
    default:
      return [{ kind: 'ignored', what: typeNameOf(object, secrets()) }];
  }
}

/**
 * The sample at a time told as a 32-bit float. Where such a float is coarser than a sample (beyond 1,024 s at 16 kHz)
 * the time is first rounded to the millisecond that was meant.
 */
export function sampleAt(timeS: number, sampleRateHz: number): number {
  const meantS = float32StepS(timeS) * sampleRateHz > 1 ? Math.round(timeS * 1_000) / 1_000 : timeS;

  return Math.round(meantS * sampleRateHz);
}

/**
 * Where a result ends. The next one begins there, at a time that is one 32-bit float; the sum of two is not. Where
 * floats are coarser than a millisecond (beyond 4.5 h) only the float itself leads both to the same sample.
 */
export function endSampleAt(startS: number, durationS: number, sampleRateHz: number): number {
  const endS = startS + durationS;
  return sampleAt(float32StepS(endS) > 0.001 ? Math.fround(endS) : endS, sampleRateHz);
}

function float32StepS(timeS: number): number {
  return 2 ** (Math.floor(Math.log2(Math.max(timeS, 2 ** -20))) - 23);
}

function resultsOf(message: ListenMessage, sampleRateHz: number): ProviderEvent {
  const startS = seconds(message.start);
  const startSample = sampleAt(startS, sampleRateHz);
  const endSample = endSampleAt(startS, seconds(message.duration), sampleRateHz);
  const alternative = message.channel?.alternatives?.[0];

  return {
    kind: 'transcript',
    text: typeof alternative?.transcript === 'string' ? alternative.transcript : '',
    words: wordsOf(alternative?.words, sampleRateHz),
    startSample,
    endSample: Math.max(startSample, endSample),
    isFinal: message.is_final === true,
    endsUtterance: message.speech_final === true,
    answersFlush: message.from_finalize === true,
  };
}

function wordsOf(words: unknown, sampleRateHz: number): readonly ProviderWord[] {
  if (!Array.isArray(words)) return [];
  return words.filter(isObject).map((word) => wordOf(word, sampleRateHz));
}

function wordOf(word: ListenWord, sampleRateHz: number): ProviderWord {
  const text = word.punctuated_word ?? word.word;
  const startSample = sampleAt(seconds(word.start), sampleRateHz);
  return {
    text: typeof text === 'string' ? text : '',
    startSample,
    endSample: Math.max(startSample, sampleAt(seconds(word.end), sampleRateHz)),
    confidence: Math.min(1, seconds(word.confidence)),
  };
}

/** −1 says that `speech_final` closed the utterance already. */
function utteranceEnd(lastWordEnd: unknown, sampleRateHz: number): readonly ProviderEvent[] {
  if (lastWordEnd === -1) return [{ kind: 'ignored', what: 'UtteranceEnd after speech_final' }];
  return [{ kind: 'utteranceEnded', atSample: sampleAt(seconds(lastWordEnd), sampleRateHz) }];
}

function errorOf(message: ListenMessage, secrets: readonly string[]) {
  const detail = message.description ?? message.message;
  return {
    kind: 'transient',
    code: 'error frame',
    detail: typeof detail === 'string' ? detailOf(detail, secrets) : '',
  } as const;
}

/** What cannot be a time of this socket is taken for its beginning: there nothing is settled by it. */
function seconds(value: unknown): number {
  return secondsIn(value) ?? 0;
}
