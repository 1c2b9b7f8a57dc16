/** Deepgram's frames as provider events. Field names are the service's own. */
import type { ProviderEvent, ProviderWord } from '../contract.ts';
import type { Frame } from '../../ports/socket.ts';

interface ListenWord {
  readonly word?: unknown;
  readonly punctuated_word?: unknown;
  readonly start?: unknown;
  readonly end?: unknown;
  readonly confidence?: unknown;
}

interface ListenMessage {
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

interface ListenAlternative {
  readonly transcript?: unknown;
  readonly words?: readonly ListenWord[];
}

export function decodeListenFrame(frame: Frame, sampleRateHz: number): readonly ProviderEvent[] {
  if (typeof frame !== 'string') return [{ kind: 'ignored', what: 'binary frame' }];
  const message = parse(frame);
  if (message === null) return [{ kind: 'ignored', what: 'text that is not a JSON object' }];

  switch (message.type) {
    case 'Results':
      return [resultsOf(message, sampleRateHz)];
    case 'Metadata':
      return [{ kind: 'finished', samples: sampleAt(seconds(message.duration), sampleRateHz) }];
    case 'SpeechStarted':
      return [
        { kind: 'speechStarted', atSample: sampleAt(seconds(message.timestamp), sampleRateHz) },
      ];
    case 'UtteranceEnd':
      return utteranceEnd(seconds(message.last_word_end), sampleRateHz);
    case 'Error':
      return [{ kind: 'failed', failure: errorOf(message) }];
    default:
      return [{ kind: 'ignored', what: String(message.type) }];
  }
}

/**
 * The sample at a time told as a 32-bit float. Beyond 1,024 s such a float is coarser than a sample at 16 kHz, so the
 * time is first rounded to the millisecond that was meant.
 */
export function sampleAt(timeS: number, sampleRateHz: number): number {
  const stepS = 2 ** (Math.floor(Math.log2(Math.max(timeS, 2 ** -20))) - 23);
  const meantS = stepS * sampleRateHz > 0.5 ? Math.round(timeS * 1_000) / 1_000 : timeS;

  return Math.round(meantS * sampleRateHz);
}

function resultsOf(message: ListenMessage, sampleRateHz: number): ProviderEvent {
  const startS = seconds(message.start);
  const alternative = message.channel?.alternatives?.[0];
  const words = Array.isArray(alternative?.words) ? (alternative.words as ListenWord[]) : [];

  return {
    kind: 'transcript',
    text: typeof alternative?.transcript === 'string' ? alternative.transcript : '',
    words: words.map((word) => wordOf(word, sampleRateHz)),
    startSample: sampleAt(startS, sampleRateHz),
    endSample: sampleAt(startS + seconds(message.duration), sampleRateHz),
    isFinal: message.is_final === true,
    endsUtterance: message.speech_final === true,
    answersFlush: message.from_finalize === true,
  };
}

function wordOf(word: ListenWord, sampleRateHz: number): ProviderWord {
  const text = word.punctuated_word ?? word.word;
  return {
    text: typeof text === 'string' ? text : '',
    startSample: sampleAt(seconds(word.start), sampleRateHz),
    endSample: sampleAt(seconds(word.end), sampleRateHz),
    confidence: seconds(word.confidence),
  };
}

/** −1 says that `speech_final` closed the utterance already. */
function utteranceEnd(lastWordEndS: number, sampleRateHz: number): readonly ProviderEvent[] {
  if (lastWordEndS < 0) return [{ kind: 'ignored', what: 'UtteranceEnd after speech_final' }];
  return [{ kind: 'utteranceEnded', atSample: sampleAt(lastWordEndS, sampleRateHz) }];
}

function errorOf(message: ListenMessage) {
  const detail = message.description ?? message.message;
  return {
    kind: 'transient',
    code: 'error frame',
    detail: typeof detail === 'string' ? detail.slice(0, 200) : '',
  } as const;
}

function seconds(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0;
}

function parse(text: string): ListenMessage | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}
