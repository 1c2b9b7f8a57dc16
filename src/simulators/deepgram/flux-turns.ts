/**
 * A recogniser's results as Flux's turns.
 *
 * A turn holds everything from the end of the one before, and each message restates all of its text. It ends where the
 * recogniser hears a pause, where the silence after its words has lasted long enough, or where it is told to.
 */
import type { RecogniserResult } from '../recogniser/recogniser.ts';
import type { FluxThresholds } from './flux-query.ts';

type Event = 'Update' | 'StartOfTurn' | 'EagerEndOfTurn' | 'TurnResumed' | 'EndOfTurn';
export type Trigger = 'model' | 'manual' | 'timeout';

/** An early end is announced as soon as a turn has so many words, so that clients meet a turn that is resumed. */
const EAGER_AFTER_WORDS = 3;
/** The documentation names none. */
const DEFAULT_EOT_TIMEOUT_MS = 5_000;
const DEFAULT_EOT_THRESHOLD = 0.7;

interface Word {
  readonly word: string;
  readonly confidence: number;
  /** Seconds; only of words whose place is certain. */
  readonly start?: number;
  readonly end?: number;
}

export class FluxTurnTeller {
  readonly #sampleRateHz: number;
  readonly #tell: (message: object) => void;
  thresholds: FluxThresholds;
  #index = 0;
  #windowStart = 0;
  #windowEnd = 0;
  /** Of the turn's segments that are done. */
  #words: Word[] = [];
  #lastWordEnd = 0;
  #isStarted = false;
  /** What the turn said when its end was announced early; null while none is. */
  #eagerText: string | null = null;

  constructor(sampleRateHz: number, thresholds: FluxThresholds, tell: (message: object) => void) {
    this.#sampleRateHz = sampleRateHz;
    this.thresholds = thresholds;
    this.#tell = tell;
  }

  /** @param ends whether the turn ends with this result: as it was heard, since it was asked for, or in no case. */
  take(result: RecogniserResult, ends: 'asHeard' | 'manual' | 'never' = 'asHeard'): void {
    if (result.coversAudio) this.#windowEnd = result.endSample;
    const isFinal = result.kind === 'final';
    if (isFinal) this.#words.push(...result.words.map((word) => this.#wordOf(word)));
    this.#lastWordEnd = result.words.at(-1)?.endSample ?? this.#lastWordEnd;
    const spoken = isFinal ? [] : result.text.split(' ').filter((word) => word !== '');
    const words = [...this.#words, ...spoken.map((word) => ({ word, confidence: 0.5 }))];

    const heard = result.endsUtterance ? 'model' : spoken.length > 0 ? null : this.#timeout();
    const ending = ends === 'asHeard' ? heard : ends === 'manual' ? ends : null;
    if (ending !== null && words.length > 0) this.#end(ending);
    else if (result.coversAudio) this.#progress(words);
  }

  #timeout(): 'timeout' | null {
    const { eot_timeout_ms: timeoutMs = DEFAULT_EOT_TIMEOUT_MS } = this.thresholds;
    const silentMs = ((this.#windowEnd - this.#lastWordEnd) * 1_000) / this.#sampleRateHz;
    return silentMs >= timeoutMs ? 'timeout' : null;
  }

  #progress(words: readonly Word[]): void {
    const text = textOf(words);
    if (text !== '' && !this.#isStarted) {
      this.#isStarted = true;
      this.#say('StartOfTurn', words, 0.01);
    } else if (this.#eagerText !== null && text !== this.#eagerText) {
      this.#eagerText = null;
      this.#say('TurnResumed', words, 0.01);
    } else if (this.#mayEndEarly(words, text)) {
      this.#eagerText = text;
      this.#say('EagerEndOfTurn', words, this.thresholds.eager_eot_threshold ?? 0);
    } else this.#say('Update', words, 0.01);
  }

  #mayEndEarly(words: readonly Word[], text: string): boolean {
    const isAsked = this.thresholds.eager_eot_threshold !== undefined;
    return isAsked && words.length === EAGER_AFTER_WORDS && text !== this.#eagerText;
  }

  /** Where early ends are asked for, the end has the very text of the last one that was announced. */
  #end(trigger: Trigger): void {
    const words = this.#words;
    const text = textOf(words);
    if (!this.#isStarted) this.#say('StartOfTurn', words, 0.01);
    if (this.thresholds.eager_eot_threshold !== undefined && this.#eagerText !== text) {
      if (this.#eagerText !== null) this.#say('TurnResumed', words, 0.01);
      this.#say('EagerEndOfTurn', words, this.thresholds.eager_eot_threshold);
    }
    const confidence =
      trigger === 'model' ? (this.thresholds.eot_threshold ?? DEFAULT_EOT_THRESHOLD) : 0.2;
    this.#say('EndOfTurn', words, confidence, trigger);
    this.#index += 1;
    this.#windowStart = this.#windowEnd;
    this.#words = [];
    this.#isStarted = false;
    this.#eagerText = null;
  }

  #say(event: Event, words: readonly Word[], confidence: number, trigger?: Trigger): void {
    this.#tell({
      type: 'TurnInfo',
      event,
      turn_index: this.#index,
      audio_window_start: this.#seconds(this.#windowStart),
      audio_window_end: this.#seconds(this.#windowEnd),
      transcript: textOf(words),
      words,
      end_of_turn_confidence: confidence,
      ...(trigger === undefined ? {} : { trigger }),
    });
  }

  #wordOf({ text, confidence, startSample, endSample }: RecogniserResult['words'][number]): Word {
    const [start, end] = [this.#seconds(startSample), this.#seconds(endSample)];
    return { word: text, confidence, start, end };
  }

  #seconds(samples: number): number {
    return Math.round((samples / this.#sampleRateHz) * 10_000) / 10_000;
  }
}

function textOf(words: readonly Word[]): string {
  return words.map(({ word }) => word).join(' ');
}
