/**
 * The user's turns, made of what is heard: all finals up to the one that ends an utterance. Where no end is told, as when
 * the connection broke between the last word and the end, so much time without a further word ends the turn.
 */
import type { Clock } from '../ports/clock.ts';
import type { TranscriptEvent } from '../session/events.ts';

/** Deepgram tells interims about once a second; a voice that told nothing for this long has paused. */
const PAUSE_MS = 3_000;

export interface UserTurn {
  readonly text: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface TurnsOptions {
  readonly clock: Clock;
  /** Somebody hears just now; else no pause can be told from a word that nobody heard. */
  readonly isHeard: () => boolean;
  /** The user begins to speak. */
  readonly onSpeech: () => void;
  readonly onTurn: (turn: UserTurn) => void;
  /** It seemed that the user spoke, and there was no word. */
  readonly onNothing: () => void;
}

export class Turns {
  readonly #options: TurnsOptions;
  #finals: TranscriptEvent[] = [];
  #isSpeaking = false;
  #timer: unknown = null;

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  get isSpeaking(): boolean {
    return this.#isSpeaking;
  }

  transcript(event: TranscriptEvent): void {
    const hasText = event.text.trim() !== '';
    if (hasText) this.speechStarted();
    if (!event.isFinal) return;
    if (hasText) this.#finals.push(event);
    if (event.endsUtterance) this.end();
  }

  speechStarted(): void {
    this.#wait();
    if (this.#isSpeaking) return;
    this.#isSpeaking = true;
    this.#options.onSpeech();
  }

  /** What ended before the turn began is told late, of the turn before. */
  utteranceEnded(atMs: number): void {
    const [first] = this.#finals;
    if (first !== undefined && atMs > first.startMs) this.end();
  }

  /** False where no word waits for its end. */
  end(): boolean {
    const wasSpeaking = this.#isSpeaking;
    const finals = this.#finals;
    const [first] = finals;
    const last = finals.at(-1);
    this.stop();
    if (first === undefined || last === undefined) {
      if (wasSpeaking) this.#options.onNothing();
      return false;
    }
    const text = finals.map((final) => final.text.trim()).join(' ');
    const fromMs = first.words[0]?.startMs ?? first.startMs;
    this.#options.onTurn({ text, fromMs, toMs: last.words.at(-1)?.endMs ?? last.endMs });
    return true;
  }

  stop(): void {
    this.#stopTimer();
    this.#isSpeaking = false;
    this.#finals = [];
  }

  #wait(): void {
    this.#stopTimer();
    this.#timer = this.#options.clock.setTimeout(() => {
      this.#timer = null;
      if (this.#options.isHeard()) this.end();
      else this.#wait();
    }, PAUSE_MS);
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#options.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
