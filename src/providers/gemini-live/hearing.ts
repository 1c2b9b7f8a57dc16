/**
 * What the user says, on a service that tells no times.
 *
 * Pieces of transcription come when they come. What they belong to is known once the model begins to answer: everything
 * that it was sent by then, but for the last moment, has been heard. That is where a final ends, and where the next one
 * begins.
 */
import type { Heard, ProviderEvent } from '../contract.ts';

/** What was sent later than this before the model began cannot have made it begin. */
const MARGIN_MS = 300;

/** Who spoke into an answer is given this long to be understood. */
const INTERRUPTION_MS = 10_000;

/** Where nothing is written down, an utterance may be this long before its audio counts as silence. */
const UNWRITTEN_MS = 25_000;

/** No turn is longer, whatever the service sends. */
const MAX_TURN_CHARS = 20_000;

interface Turn {
  readonly ref: string;
  readonly text: string;
  readonly startSample: number;
}

export interface HearingOptions {
  readonly sampleRateHz: number;
  /** Whether the service writes down what it hears. */
  readonly isWritten: boolean;
}

export class Hearing {
  readonly #options: HearingOptions;
  #sentSamples = 0;
  #settledSamples = 0;
  #turns = 0;
  /** Somebody speaks, or spoke and is not answered yet. */
  #open: Turn | null = null;
  /** The turn that is being answered: pieces of it may still come. */
  #answered: Turn | null = null;
  #lateText = '';
  #isAnswering = false;
  /** The service has not said yet that the turn is done with. */
  #awaitsCompletion = false;
  #isSpeaking = false;
  #interruptedAtSample: number | null = null;
  /** When the service said what comes now; null: nothing is known of that. */
  heard: Heard | null = null;
  /** Words that wait for a final belong to what was sent until then; null: none do. */
  #lateThrough: number | null = null;
  /** Where the application ended the turn. */
  #endedAtSample: number | null = null;
  #flushedAtSample: number | null = null;

  constructor(options: HearingOptions) {
    this.#options = options;
  }

  get sentSamples(): number {
    return this.#sentSamples;
  }

  sent(samples: number): void {
    this.#sentSamples += samples;
  }

  flushAsked(): void {
    this.#flushedAtSample = this.#sentSamples;
  }

  turnEnded(): void {
    this.#endedAtSample = this.#sentSamples;
  }

  /** The service found that somebody speaks, or stopped. */
  activity(isSpeaking: boolean): readonly ProviderEvent[] {
    const changes = this.#isSpeaking !== isSpeaking;
    this.#isSpeaking = isSpeaking;
    if (!changes) return [];
    const kind = isSpeaking ? 'speechStarted' : 'utteranceEnded';
    return [{ kind, atSample: this.#sentSamples }];
  }

  /** @param isInterim `text` restates what follows the pieces so far, and may change. */
  piece(text: string, isInterim: boolean): readonly ProviderEvent[] {
    if (text === '') return [];
    if (isInterim) return [this.#interimOf((this.#open?.text ?? '') + text)];
    if (this.#isAnswering && this.#answered !== null) return this.#late(this.#answered, text);

    const before = this.#open ?? this.#newTurn();
    const turn = { ...before, text: joined(before.text, text) };
    this.#open = turn;
    return [...itemOf(turn, null), this.#interimOf(turn.text)];
  }

  /** @param isAsked by something that was written: no speech has led to this. */
  answerBegan(isAsked: boolean): readonly ProviderEvent[] {
    this.#isAnswering = true;
    this.#awaitsCompletion = true;
    this.#interruptedAtSample = null;
    if (isAsked && this.#open === null) {
      this.#answered = null;
      return [];
    }
    const text = joined(this.#lateText, this.#open?.text ?? '');
    const endSample = this.#endOf(text);
    const turn = this.#open ?? (this.#hasNews(endSample) ? this.#newTurn() : null);
    this.#open = null;
    this.#answered = turn;
    return [...itemOf(turn, endSample), ...this.#settle(text, endSample)];
  }

  /** What is said from now on is another turn. */
  answerEnded(): void {
    this.#isAnswering = false;
    this.#answered = null;
  }

  /** The user spoke into the answer. */
  interrupted(): void {
    this.answerEnded();
    this.#interruptedAtSample = this.#sentSamples;
  }

  /** The model is done with the turn. What is being said now belongs to the next one. */
  turnCompleted(): readonly ProviderEvent[] {
    const wasAnswered = this.#awaitsCompletion;
    this.#awaitsCompletion = false;
    this.answerEnded();
    if (this.#interruptedAtSample !== null || (wasAnswered && this.#open !== null)) return [];

    const turn = this.#open;
    this.#open = null;
    const text = joined(this.#lateText, turn?.text ?? '');
    const endSample = this.#endOf(text);
    return [...itemOf(turn, endSample), ...this.#settle(text, endSample)];
  }

  /** Asked only where nothing is late any more. */
  settleSilence(throughSample: number): readonly ProviderEvent[] {
    this.heard = null;
    if (this.#open !== null || this.#isSpeaking || this.#isInterrupting()) return [];
    const unwritten = this.#options.isWritten ? 0 : this.#samplesIn(UNWRITTEN_MS);
    const endSample = Math.min(throughSample - unwritten, this.#sentSamples);
    if (endSample <= this.#settledSamples || endSample < (this.#lateThrough ?? 0)) return [];
    return this.#settle(this.#lateThrough === null ? '' : this.#lateText, endSample);
  }

  #isInterrupting(): boolean {
    if (this.#interruptedAtSample === null) return false;
    const limit = this.#interruptedAtSample + this.#samplesIn(INTERRUPTION_MS);
    return this.#sentSamples < limit;
  }

  /** Its audio has been told as a final already: these words are told when the model is done. */
  #late(answered: Turn, text: string): readonly ProviderEvent[] {
    const turn = { ...answered, text: joined(answered.text, text) };
    this.#answered = turn;
    this.#lateText = joined(this.#lateText, text);
    return [
      { kind: 'item', ref: turn.ref, role: 'user', text: turn.text.trim(), status: 'completed' },
    ];
  }

  #newTurn(): Turn {
    this.#turns += 1;
    return { ref: `heard_${this.#turns}`, text: '', startSample: this.#settledSamples };
  }

  /** Speech without a word yet: its words come later, and its place in the conversation is here. */
  #hasNews(endSample: number): boolean {
    return this.#options.isWritten && endSample > this.#settledSamples;
  }

  #endOf(text: string): number {
    const heard = this.#endedAtSample ?? this.#sentSamples - this.#samplesIn(MARGIN_MS);
    this.#endedAtSample = null;
    const end = Math.max(heard, this.#flushedAtSample ?? 0, this.#settledSamples);
    // Words have to stand somewhere: better a moment too late than nowhere.
    const wanted = end === this.#settledSamples && text !== '' ? this.#sentSamples : end;
    return Math.max(this.#settledSamples, Math.min(wanted, this.heard?.atMostSample ?? Infinity));
  }

  #settle(text: string, endSample: number): readonly ProviderEvent[] {
    const startSample = this.#settledSamples;
    const answersFlush = this.#flushedAtSample !== null && endSample >= this.#flushedAtSample;
    const isLate = this.heard?.isLate === true;
    if (isLate || (endSample <= startSample && !answersFlush)) {
      this.#lateText = text; // several turns came at once: the next final tells it
      this.#lateThrough = isLate ? this.#sentSamples : startSample;
      return [];
    }
    this.#settledSamples = endSample;
    this.#lateThrough = null;
    if (text !== '') this.#lateText = '';
    if (answersFlush) this.#flushedAtSample = null;
    return [
      {
        kind: 'transcript',
        text: text.trim(),
        words: [],
        startSample,
        endSample,
        isFinal: true,
        endsUtterance: text !== '',
        answersFlush,
      },
    ];
  }

  #interimOf(text: string): ProviderEvent {
    return {
      kind: 'transcript',
      text: text.trim(),
      words: [],
      startSample: this.#settledSamples,
      endSample: this.#sentSamples,
      isFinal: false,
      endsUtterance: false,
      answersFlush: false,
    };
  }

  #samplesIn(ms: number): number {
    return Math.round((ms * this.#options.sampleRateHz) / 1_000);
  }
}

/** @param endSample null while more of it may come. */
function itemOf(turn: Turn | null, endSample: number | null): readonly ProviderEvent[] {
  if (turn === null) return [];
  const { ref, text, startSample } = turn;
  return [
    {
      kind: 'item',
      ref,
      role: 'user',
      text: text.trim(),
      status: endSample === null ? 'inProgress' : 'completed',
      startSample,
      ...(endSample === null ? {} : { endSample }),
    },
  ];
}

function joined(text: string, piece: string): string {
  return (text + piece).slice(0, MAX_TURN_CHARS);
}
