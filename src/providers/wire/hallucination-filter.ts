/**
 * Which of a model's words were most likely never spoken.
 *
 * Whisper's own limits (github.com/openai/whisper, transcribe.py: `no_speech_threshold` 0.6 together with
 * `logprob_threshold` -1.0, `compression_ratio_threshold` 2.4) tell when *it* would try again or call it silence; they are
 * taken as they are. What is ours says so.
 */
import { phraseKindOf, plainOf } from './known-phrases.ts';
import { compressionRatioOf, isLooping } from './repetition.ts';
import type { DropReason } from '../events.ts';

/** Null: this is not looked at. */
export interface FilterOptions {
  /** At least this sure that nobody speaks, and no surer of the words than `noSpeechLogprob`. Default 0.6. */
  readonly maxNoSpeechProb?: number | null;
  /** Default -1. */
  readonly noSpeechLogprob?: number;
  /** Less sure of the words than this, on average. Ours: Whisper itself only tries again below -1. Default -1.5. */
  readonly minAvgLogprob?: number | null;
  /** Text that becomes so much smaller repeats itself. Default 2.4. */
  readonly maxCompressionRatio?: number | null;
  /** Whether words that come round and round are dropped. Ours. Default true. */
  readonly repetition?: boolean;
  /** Whether phrases known to be written on silence are dropped, and which more there are. Ours. Default true. */
  readonly knownPhrases?: boolean | readonly string[];
  /** Clips whose loudest 100 ms are below are not posted at all. Ours. Default -55 dB below full scale. */
  readonly minLevelDbfs?: number | null;
}

export interface FilterSettings {
  readonly maxNoSpeechProb: number | null;
  readonly noSpeechLogprob: number;
  readonly minAvgLogprob: number | null;
  readonly maxCompressionRatio: number | null;
  readonly repetition: boolean;
  /** Null: phrases are not looked at. Otherwise those of the application's own. */
  readonly phrases: ReadonlySet<string> | null;
  readonly minLevelDbfs: number | null;
}

/** What a server tells of a piece of text; null where it does not. */
export interface Heard {
  readonly text: string;
  readonly noSpeechProb: number | null;
  readonly avgLogprob: number | null;
  readonly compressionRatio: number | null;
  /** How much of the clip our own detector took for speech. */
  readonly voicedMs: number;
}

/** Signs of silence that make of a polite phrase a hallucination. Ours. */
const PARTING_NO_SPEECH_PROB = 0.4;
const PARTING_AVG_LOGPROB = -0.8;
const PARTING_VOICED_MS = 240;

export function filterSettingsOf(options: FilterOptions = {}): FilterSettings {
  const { knownPhrases = true } = options;
  return {
    maxNoSpeechProb: options.maxNoSpeechProb === undefined ? 0.6 : options.maxNoSpeechProb,
    noSpeechLogprob: options.noSpeechLogprob ?? -1,
    minAvgLogprob: options.minAvgLogprob === undefined ? -1.5 : options.minAvgLogprob,
    maxCompressionRatio:
      options.maxCompressionRatio === undefined ? 2.4 : options.maxCompressionRatio,
    repetition: options.repetition ?? true,
    phrases:
      knownPhrases === false
        ? null
        : new Set((knownPhrases === true ? [] : knownPhrases).map(plainOf)),
    minLevelDbfs: options.minLevelDbfs === undefined ? -55 : options.minLevelDbfs,
  };
}

/** Why this text is not to be believed; null where nothing speaks against it. */
export function dropReasonOf(heard: Heard, settings: FilterSettings): DropReason | null {
  const { text, noSpeechProb, avgLogprob } = heard;
  if (plainOf(text) === '') return null; // there is nothing to drop
  const { maxNoSpeechProb, noSpeechLogprob, minAvgLogprob } = settings;
  const isUnsure = (avgLogprob ?? -Infinity) < noSpeechLogprob;
  if (maxNoSpeechProb !== null && (noSpeechProb ?? 0) > maxNoSpeechProb && isUnsure) {
    return 'noSpeech';
  }
  if (isCompressible(heard, settings)) return 'compressible';
  if (settings.repetition && isLooping(text)) return 'repetition';
  if (minAvgLogprob !== null && (avgLogprob ?? 0) < minAvgLogprob) return 'lowConfidence';
  return isKnownPhrase(heard, settings) ? 'knownPhrase' : null;
}

function isCompressible(heard: Heard, { maxCompressionRatio }: FilterSettings): boolean {
  if (maxCompressionRatio === null) return false;
  return (heard.compressionRatio ?? compressionRatioOf(heard.text)) > maxCompressionRatio;
}

function isKnownPhrase(heard: Heard, { phrases }: FilterSettings): boolean {
  if (phrases === null) return false;
  const kind = phraseKindOf(heard.text, phrases);
  if (kind !== 'parting') return kind === 'credit';
  return (
    (heard.noSpeechProb ?? 0) > PARTING_NO_SPEECH_PROB ||
    (heard.avgLogprob ?? 0) < PARTING_AVG_LOGPROB ||
    heard.voicedMs < PARTING_VOICED_MS
  );
}
