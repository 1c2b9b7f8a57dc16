/**
 * What the application `speech` tells its clients (PROTOCOL.md, P23): each as an event (DATA, codec 2, channel 0), as a hint
 * (HINT), or both. Places are samples of the session, as in P4.4.
 */
import { isMembers } from './json.ts';
import { MAX_POSITION } from './limits.ts';
import {
  fieldsOf,
  integer,
  items,
  members,
  number,
  oneOf,
  optional,
  orNull,
  text,
} from './schema.ts';
import type { Rules, Schema } from './schema.ts';

export interface SpeechWord {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** 0 to 1. */
  readonly confidence: number;
}

interface Heard {
  readonly from: number;
  readonly to: number;
  /** Empty: nobody said anything there. */
  readonly text: string;
  readonly words: readonly SpeechWord[];
  /** The speaker paused after it. */
  readonly endsUtterance: boolean;
  /** Who heard it; empty where nobody did. */
  readonly provider: string;
}

/** The last word on its samples. */
export interface SpeechFinal extends Heard {
  readonly type: 'final';
}

/** What it may become. */
export interface SpeechInterim extends Heard {
  readonly type: 'interim';
}

export type SpeechDropReason =
  'noSpeech' | 'lowConfidence' | 'compressible' | 'repetition' | 'knownPhrase' | 'tooQuiet';

/** A text that was most likely never spoken. */
export interface SpeechDropped {
  readonly type: 'dropped';
  readonly reason: SpeechDropReason;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export interface SpeechMoment {
  readonly type: 'speechStarted' | 'utteranceEnded';
  readonly at: number;
}

/** Who hears, and what is missing meanwhile. */
export interface SpeechServing {
  readonly type: 'serving';
  /** Null: nobody does, and the audio is kept. */
  readonly provider: string | null;
  /** Null: nothing is degraded. */
  readonly mode: 'recordOnly' | 'textOnly' | 'noSpeech' | null;
  readonly missing: readonly ('hearing' | 'speaking')[];
}

/** Something went wrong that did not end anything. */
export interface SpeechWarning {
  readonly type: 'warning';
  /** `gap`, or the code of an error (docs/errors.md). */
  readonly code: string;
  /** For people. */
  readonly detail: string;
  /** Of a gap: the samples that were not heard. */
  readonly from?: number;
  readonly to?: number;
}

export type SpeechEvent =
  SpeechFinal | SpeechInterim | SpeechDropped | SpeechMoment | SpeechServing | SpeechWarning;

/** Of one result, in UTF-16 units. Nobody says more between two pauses. */
export const MAX_SPEECH_TEXT_CHARS = 10_000;
/** Each has commas, of which a frame may have 4,096 (P9.3). */
export const MAX_SPEECH_WORDS = 800;
export const MAX_SPEECH_DETAIL_CHARS = 500;
export const MAX_SPEECH_PROVIDER_CHARS = 128;

const sample = integer(0, MAX_POSITION);
const said = text(new RegExp(`^[^]{0,${MAX_SPEECH_TEXT_CHARS}}$`));
const provider = text(new RegExp(`^[^]{0,${MAX_SPEECH_PROVIDER_CHARS}}$`));
const flag = oneOf(true, false);

const WORD: Schema<SpeechWord> = {
  text: said,
  from: sample,
  to: sample,
  confidence: number(0, 1),
};
const HEARD: Schema<Heard> = {
  from: sample,
  to: sample,
  text: optional(said),
  words: optional(items(members<SpeechWord>(WORD), MAX_SPEECH_WORDS)),
  endsUtterance: optional(flag),
  provider: optional(provider),
};
/** Of a result nothing but its samples has to be there (P4.6). */
const SILENCE = { text: '', words: [], endsUtterance: false, provider: '' };
const DROPPED: Schema<SpeechDropped> = {
  reason: oneOf(
    'noSpeech',
    'lowConfidence',
    'compressible',
    'repetition',
    'knownPhrase',
    'tooQuiet',
  ),
  text: said,
  from: sample,
  to: sample,
};
const MOMENT: Schema<SpeechMoment> = { at: sample };
const SERVING: Schema<SpeechServing> = {
  provider: orNull(provider),
  mode: orNull(oneOf('recordOnly', 'textOnly', 'noSpeech')),
  missing: items(oneOf('hearing', 'speaking'), 2),
};
const WARNING: Schema<SpeechWarning> = {
  code: text(/^[A-Za-z][A-Za-z0-9_]{0,63}$/),
  detail: text(new RegExp(`^[^]{0,${MAX_SPEECH_DETAIL_CHARS}}$`)),
  from: optional(sample),
  to: optional(sample),
};

/** In the log before it is sent, and sent until it is acknowledged; or for whoever is there now. */
export type SpeechCarrier = 'event' | 'hint';

export interface SpeechKind {
  readonly carriedBy: readonly SpeechCarrier[];
  readonly rules: Rules;
}

/** Each type that there is. */
export const SPEECH_EVENTS: Readonly<Record<SpeechEvent['type'], SpeechKind>> = {
  final: { carriedBy: ['event'], rules: HEARD },
  interim: { carriedBy: ['hint'], rules: HEARD },
  dropped: { carriedBy: ['event'], rules: DROPPED },
  speechStarted: { carriedBy: ['hint'], rules: MOMENT },
  utteranceEnded: { carriedBy: ['hint'], rules: MOMENT },
  serving: { carriedBy: ['event', 'hint'], rules: SERVING },
  warning: { carriedBy: ['event'], rules: WARNING },
};

/** Null for what a client passes over: another type, or one whose members are not what they may be (P23.2). Never throws. */
export function speechEventIn(value: unknown): SpeechEvent | null {
  if (!isMembers(value)) return null;
  const type = Object.hasOwn(value, 'type') ? value['type'] : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(SPEECH_EVENTS, type)) return null;
  const read = fieldsOf(SPEECH_EVENTS[type as SpeechEvent['type']].rules, value);
  if (read.bad !== null) return null;
  const { from = 0, to = from } = read.fields as { readonly from?: number; readonly to?: number };
  if (to < from) return null;
  const isResult = type === 'final' || type === 'interim';
  return { type, ...(isResult ? SILENCE : {}), ...read.fields } as SpeechEvent;
}
