/**
 * Flux's turns as transcripts that tile the audio.
 *
 * A turn's text is restated as a whole until `EndOfTurn`, so nothing in a turn is final before that: a lost socket
 * replays the turn from where the last one ended. What lies between two turns belongs to the final of the second, or is
 * settled as silence while nobody speaks.
 */
import type { ProviderEvent, ProviderWord } from '../contract.ts';
import type { FluxWord, TurnInfo } from './wire.ts';

/** A word is recognised some time after it began: what was heard this recently may still turn out to be speech. */
const ONSET_MS = 1_000;

/** An Update comes every 0.25 s, and 80 ms is the chunk that is advised: so much may end without being reported. */
const UNREPORTED_TAIL_MS = 330;

export class FluxTurns {
  readonly #sampleRateHz: number;
  /** Told by finals up to here. */
  #settledThrough = 0;
  #turnIndex = 0;
  /** The last turn that ended; what is told of it later is stale. */
  #endedIndex = -1;
  #windowStart = 0;
  /** Heard by the service up to here. */
  #windowEnd = 0;
  /** Up to here the turn that runs held no word. */
  #silentThrough = 0;
  #isSpeaking = false;
  #text = '';
  #words: readonly FluxWord[] = [];

  constructor(sampleRateHz: number) {
    this.#sampleRateHz = sampleRateHz;
  }

  take(info: TurnInfo): readonly ProviderEvent[] {
    const index = info.turnIndex ?? Math.max(this.#turnIndex, this.#endedIndex + 1);
    if (index <= this.#endedIndex) return [{ kind: 'ignored', what: 'TurnInfo of an ended turn' }];

    const events: ProviderEvent[] = [];
    // The end of the turn before was never told: its text is not lost with it.
    if (index > this.#turnIndex && this.#text !== '') events.push(this.#endTurn());
    if (index > this.#turnIndex || this.#turnIndex <= this.#endedIndex) this.#begin(index, info);

    return [...events, ...this.#hear(info)];
  }

  /** Silence up to there is told as done, as far as no turn may still find a word in it. */
  settleSilence(throughSample: number): readonly ProviderEvent[] {
    const onset = this.#samplesOf(ONSET_MS / 1_000);
    const silentThrough = this.#isSpeaking ? 0 : this.#silentThrough - onset;
    const through = Math.min(throughSample, Math.max(this.#windowStart, silentThrough));
    if (through <= this.#settledThrough) return [];

    const final = this.#transcript('', [], through, { isFinal: true, endsUtterance: false });
    this.#settledThrough = through;
    return [final];
  }

  /**
   * The service has worked through everything and closed: the turn that ran ends there. What was sent and never
   * reported, beyond what the last report may leave out, is not claimed to have been heard.
   */
  finish(sentSamples: number): readonly ProviderEvent[] {
    const tail = this.#samplesOf(UNREPORTED_TAIL_MS / 1_000);
    const isAllHeard = sentSamples - this.#windowEnd <= tail;
    if (isAllHeard) this.#windowEnd = Math.max(this.#windowEnd, sentSamples);
    const heard = this.#windowEnd;
    const final =
      heard > this.#settledThrough || this.#text !== ''
        ? [this.#endTurn({ endsUtterance: this.#text !== '' })]
        : [];

    return [...final, { kind: 'finished', samples: heard }];
  }

  #begin(index: number, info: TurnInfo): void {
    this.#turnIndex = index;
    this.#isSpeaking = false;
    this.#text = '';
    this.#words = [];
    this.#windowStart = Math.max(this.#settledThrough, this.#samplesOf(info.windowStartS));
    this.#silentThrough = this.#windowStart;
  }

  #hear(info: TurnInfo): readonly ProviderEvent[] {
    const wasEmpty = this.#text === '';
    this.#windowEnd = Math.max(this.#windowEnd, this.#samplesOf(info.windowEndS));
    this.#text = info.text;
    this.#words = info.words;
    if (info.event === 'EndOfTurn') {
      const started = info.text === '' ? [] : this.#startSpeaking();
      return [...started, this.#endTurn()];
    }

    if (info.text === '' && info.event !== 'StartOfTurn') {
      if (!this.#isSpeaking) this.#silentThrough = this.#windowEnd;
      return wasEmpty ? [] : [this.#interim()];
    }
    const started = this.#startSpeaking();
    return info.text === '' ? started : [...started, this.#interim()];
  }

  /** Once a turn, at its `StartOfTurn` or, where that was lost, at its first words. */
  #startSpeaking(): readonly ProviderEvent[] {
    if (this.#isSpeaking) return [];
    this.#isSpeaking = true;
    return [{ kind: 'speechStarted', atSample: this.#speechStart() }];
  }

  #speechStart(): number {
    const told = this.#words[0]?.startS ?? null;
    const at = told === null ? this.#silentThrough : this.#samplesOf(told);
    return Math.min(Math.max(at, this.#settledThrough), this.#windowEnd);
  }

  #interim(): ProviderEvent {
    const flags = { isFinal: false, endsUtterance: false };
    return this.#transcript(this.#text, this.#words, this.#windowEnd, flags);
  }

  #endTurn({ endsUtterance = true } = {}): ProviderEvent {
    const end = Math.max(this.#windowEnd, this.#settledThrough);
    const flags = { isFinal: true, endsUtterance };
    const final = this.#transcript(this.#text, this.#words, end, flags);
    this.#settledThrough = end;
    this.#endedIndex = this.#turnIndex;
    this.#text = '';
    this.#words = [];
    this.#isSpeaking = false;
    this.#windowStart = end;
    this.#silentThrough = end;
    return final;
  }

  #transcript(
    text: string,
    words: readonly FluxWord[],
    endSample: number,
    flags: { readonly isFinal: boolean; readonly endsUtterance: boolean },
  ): ProviderEvent {
    return {
      kind: 'transcript',
      text,
      words: this.#placed(words, endSample),
      startSample: this.#settledThrough,
      endSample: Math.max(endSample, this.#settledThrough),
      ...flags,
      answersFlush: false,
    };
  }

  /** Words with times lie where they are told to; where one has none, all are spread evenly over the turn. */
  #placed(words: readonly FluxWord[], endSample: number): readonly ProviderWord[] {
    const from = Math.max(this.#settledThrough, this.#silentThrough);
    const each = Math.max(0, endSample - from) / Math.max(1, words.length);
    const areTimed = words.every(({ startS, endS }) => (startS ?? Infinity) <= (endS ?? -1));

    return words.map(({ text, confidence, startS, endS }, at) => ({
      text,
      confidence,
      startSample: areTimed ? this.#samplesOf(startS ?? 0) : Math.round(from + at * each),
      endSample: areTimed ? this.#samplesOf(endS ?? 0) : Math.round(from + (at + 1) * each),
    }));
  }

  #samplesOf(seconds: number): number {
    return Math.round(seconds * this.#sampleRateHz);
  }
}
