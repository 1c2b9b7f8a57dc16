/** What the made socket says, as a provider's events. */
import { segmentsIn } from './answer.ts';
import type { AnswerSegment } from './answer.ts';
import { classifyWhisperEnd } from './failures.ts';
import { FLUSH, GOODBYE } from './messages.ts';
import { dropReasonOf } from '../wire/hallucination-filter.ts';
import type { FilterSettings } from '../wire/hallucination-filter.ts';
import { booleanAt, numberAt, objectIn, stringAt, typeNameOf } from '../wire/json.ts';
import type { JsonObject } from '../wire/json.ts';
import type { ProviderEvent, ProviderStream, ProviderWord } from '../contract.ts';
import type { Frame } from '../../ports/socket.ts';

export interface WhisperStreamOptions {
  readonly sampleRateHz: number;
  readonly filter: FilterSettings;
  /** Credentials that must not be repeated. */
  readonly secrets: readonly string[];
}

interface Range {
  readonly lead: number;
  readonly from: number;
  readonly to: number;
  readonly flush: boolean;
}

export class WhisperStream implements ProviderStream {
  readonly #options: WhisperStreamOptions;

  constructor(options: WhisperStreamOptions) {
    this.#options = options;
  }

  encodeAudio(bytes: Uint8Array): Frame {
    return bytes;
  }

  encodeKeepAlive(): null {
    return null;
  }

  encodeFlush(): Frame {
    return FLUSH;
  }

  encodeGoodbye(): Frame {
    return GOODBYE;
  }

  decode(frame: Frame): readonly ProviderEvent[] {
    const message = objectIn(frame);
    switch (stringAt(message, 'type')) {
      case 'speech':
        return [{ kind: 'speechStarted', atSample: sampleAt(message, 'at') }];
      case 'listening':
        return [{ ...textless(rangeOf(message)), isFinal: false }];
      case 'silence':
        return [textless(rangeOf(message))];
      case 'answer':
        return this.#answer(message, rangeOf(message));
      case 'tooQuiet':
        return tooQuiet(rangeOf(message), booleanAt(message, 'pause') === true);
      case 'refused':
        return this.#refused(message, rangeOf(message));
      case 'flushed': {
        const at = sampleAt(message, 'at');
        return [textless({ lead: at, from: at, to: at, flush: true })];
      }
      case 'finished':
        return [{ kind: 'finished', samples: sampleAt(message, 'samples') }];
      default:
        return [{ kind: 'ignored', what: typeNameOf(message) }];
    }
  }

  #answer(message: JsonObject | null, range: Range): readonly ProviderEvent[] {
    const segments = segmentsIn(stringAt(message, 'body') ?? '');
    if (segments === null) return this.#refused(message, range);
    const { sampleRateHz, filter } = this.#options;
    const voicedMs = numberAt(message, 'voicedMs') ?? Infinity;
    const place = (seconds: number): number =>
      Math.min(range.to, range.from + Math.round(seconds * sampleRateHz));
    const kept: AnswerSegment[] = [];
    const dropped: ProviderEvent[] = [];
    for (const segment of segments) {
      const reason = dropReasonOf({ ...segment, voicedMs }, filter);
      const { text, startS, endS } = segment;
      if (reason === null) kept.push(segment);
      else {
        const [startSample, endSample] = [place(startS), place(endS)];
        dropped.push({ kind: 'dropped', reason, text, startSample, endSample });
      }
    }
    const text = textOf(kept);
    const isPause = booleanAt(message, 'pause') === true;
    return [
      ...leadOf(range),
      ...dropped,
      {
        ...textless(range),
        text,
        words: kept.flatMap((segment) => wordsOf(segment, place)),
        endsUtterance: isPause && text !== '',
      },
      ...pauseAt(range.to, isPause),
    ];
  }

  /** The next final begins after it: of this audio nothing is told but that it failed. */
  #refused(message: JsonObject | null, range: Range): readonly ProviderEvent[] {
    const status = numberAt(message, 'status') ?? 200;
    const body = stringAt(message, 'body') ?? '';
    const end = { kind: 'closed', code: 1_006, reason: '', status, body } as const;
    const failure = classifyWhisperEnd(end, this.#options.secrets);
    const at = { ...range, lead: range.to, from: range.to };
    return [
      ...leadOf(range),
      { kind: 'failed', failure: { ...failure, kind: 'perRequest' } },
      ...(range.flush ? [textless(at)] : []),
    ];
  }
}

function tooQuiet(range: Range, isPause: boolean): readonly ProviderEvent[] {
  const { from: startSample, to: endSample } = range;
  return [
    ...leadOf(range),
    { kind: 'dropped', reason: 'tooQuiet', text: '', startSample, endSample },
    textless(range),
    ...pauseAt(endSample, isPause),
  ];
}

function leadOf({ lead, from }: Range): readonly ProviderEvent[] {
  return lead < from ? [textless({ lead, from: lead, to: from, flush: false })] : [];
}

function pauseAt(atSample: number, isPause: boolean): readonly ProviderEvent[] {
  return isPause ? [{ kind: 'utteranceEnded', atSample }] : [];
}

function textless({ from, to, flush }: Range): Extract<ProviderEvent, { kind: 'transcript' }> {
  return {
    kind: 'transcript',
    text: '',
    words: [],
    startSample: from,
    endSample: to,
    isFinal: true,
    endsUtterance: false,
    answersFlush: flush,
  };
}

function textOf(segments: readonly AnswerSegment[]): string {
  return segments
    .map(({ text }) => text)
    .filter((text) => text !== '')
    .join(' ');
}

function wordsOf(
  { words, avgLogprob }: AnswerSegment,
  place: (seconds: number) => number,
): readonly ProviderWord[] {
  const ofSegment = avgLogprob === null ? 1 : Math.exp(Math.min(0, avgLogprob));
  return words.map(({ text, startS, endS, probability }) => ({
    text,
    startSample: place(startS),
    endSample: place(endS),
    confidence: Math.min(1, Math.max(0, probability ?? ofSegment)),
  }));
}

/** In order, whatever was said. */
function rangeOf(message: JsonObject | null): Range {
  const from = sampleAt(message, 'from');
  const lead = Math.min(from, sampleAt(message, 'lead', from));
  const to = Math.max(from, sampleAt(message, 'to', from));
  return { lead, from, to, flush: booleanAt(message, 'flush') === true };
}

function sampleAt(message: JsonObject | null, name: string, fallback = 0): number {
  const sample = numberAt(message, name) ?? fallback;
  return Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.round(sample)));
}
