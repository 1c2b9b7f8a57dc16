/**
 * What is being spoken, and how much of it was heard: as far as the application reported it, else as if all sound were
 * played from the moment it came, one piece after the other.
 */
import type { Clock } from '../ports/clock.ts';

/** How long a letter takes, for a sentence of which not all sound is there: some 15 letters in a second. */
const MS_PER_CHAR = 65;

/** Reported positions are rounded: so close to its end an item was heard to its end. */
const TOLERANCE_MS = 50;

/** Beyond it the oldest are taken as heard. */
const MAX_UTTERANCES = 32;

export interface Cut {
  readonly itemId: string;
  /** What was heard of it. */
  readonly text: string;
}

interface Sentence {
  readonly text: string;
  /** The voice's name of it. */
  readonly sayId: string;
  /** Sound in milliseconds, anew for each time that it was begun. */
  takes: number[];
  isSpoken: boolean;
}

interface Utterance {
  readonly itemId: string;
  readonly sentences: Sentence[];
  /** No more sentences come. */
  isWhole: boolean;
  /** When all of its sound was played, by the estimate. */
  endsAtMs: number;
  heardMs: number | null;
}

export class Utterances {
  readonly #clock: Clock;
  #utterances: Utterance[] = [];
  #playsUntilMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Something waits to be spoken, or still sounds. */
  get isSpeaking(): boolean {
    return this.#utterances.some((utterance) => !this.#isOver(utterance));
  }

  /** The item that sounds now; null where none does. */
  get soundingId(): string | null {
    const sounding = this.#utterances.find(
      (utterance) => madeMs(utterance) > 0 && this.#unheardMs(utterance) > 0,
    );
    return sounding?.itemId ?? null;
  }

  add(itemId: string, text: string, sayId: string): void {
    const sentence = { text, sayId, takes: [0], isSpoken: false };
    const known = this.#of(itemId);
    if (known !== undefined) {
      known.sentences.push(sentence);
      return;
    }
    this.#utterances = this.#utterances
      .filter((utterance) => !this.#isOver(utterance))
      .slice(1 - MAX_UTTERANCES);
    this.#utterances.push({
      itemId,
      sentences: [sentence],
      isWhole: false,
      endsAtMs: 0,
      heardMs: null,
    });
  }

  /** No more of it comes. True where all of it has been spoken already. */
  finish(itemId: string): boolean {
    const utterance = this.#of(itemId);
    if (utterance === undefined) return false;
    utterance.isWhole = true;
    return utterance.sentences.every(({ isSpoken }) => isSpoken);
  }

  /** Sound came. @returns the item that it belongs to; null where nobody waits for it any more. */
  sounded(sayId: string, ms: number): string | null {
    for (const utterance of this.#utterances) {
      const sentence = utterance.sentences.find((one) => one.sayId === sayId);
      if (sentence === undefined) continue;
      sentence.takes = [...sentence.takes.slice(0, -1), (sentence.takes.at(-1) ?? 0) + ms];
      this.#playsUntilMs = Math.max(this.#playsUntilMs, this.#clock.nowMs()) + ms;
      utterance.endsAtMs = this.#playsUntilMs;
      return utterance.itemId;
    }
    return null;
  }

  /** All of a sentence was spoken. @returns the item that was spoken to its end with it; else null. */
  spoken(sayId: string): string | null {
    for (const { itemId, sentences, isWhole } of this.#utterances) {
      const sentence = sentences.find((one) => one.sayId === sayId);
      if (sentence === undefined) continue;
      sentence.isSpoken = true;
      return isWhole && sentences.every(({ isSpoken }) => isSpoken) ? itemId : null;
    }
    return null;
  }

  /** The voice was lost: what it did not finish, it begins anew. */
  beginAnew(): void {
    for (const { sentences } of this.#utterances) {
      for (const sentence of sentences) {
        if (!sentence.isSpoken && sentence.takes.at(-1) !== 0) sentence.takes.push(0);
      }
    }
  }

  heard(itemId: string, ms: number): void {
    const utterance = this.#of(itemId);
    if (utterance !== undefined) utterance.heardMs = Math.max(utterance.heardMs ?? 0, ms);
  }

  /** Nothing more is spoken: tells of what was not heard to its end how much was. */
  cut(): readonly Cut[] {
    const cut = this.#utterances
      .filter((utterance) => !this.#isOver(utterance))
      .map((utterance) => ({ itemId: utterance.itemId, text: this.#heardOf(utterance).trimEnd() }));
    this.forget();
    return cut;
  }

  forget(): void {
    this.#utterances = [];
    this.#playsUntilMs = 0;
  }

  #of(itemId: string): Utterance | undefined {
    return this.#utterances.find((utterance) => utterance.itemId === itemId);
  }

  #isOver(utterance: Utterance): boolean {
    const isSpoken = utterance.isWhole && utterance.sentences.every((one) => one.isSpoken);
    return isSpoken && this.#unheardMs(utterance) <= 0;
  }

  #unheardMs(utterance: Utterance): number {
    const { heardMs, endsAtMs } = utterance;
    const made = madeMs(utterance);
    return heardMs === null
      ? Math.min(made, endsAtMs - this.#clock.nowMs())
      : made - heardMs - TOLERANCE_MS;
  }

  #heardOf(utterance: Utterance): string {
    const estimateMs = madeMs(utterance) - Math.max(0, this.#unheardMs(utterance));
    let leftMs = utterance.heardMs ?? estimateMs;
    let text = '';
    for (const sentence of utterance.sentences) {
      const wholeMs = lengthOf(sentence);
      let reachedMs = 0;
      for (const take of sentence.takes) {
        reachedMs = Math.max(reachedMs, Math.min(take, leftMs));
        leftMs = Math.max(0, leftMs - take);
      }
      if (reachedMs < wholeMs - TOLERANCE_MS)
        return text + wordsWithin(sentence.text, reachedMs / wholeMs);
      text += sentence.text;
    }
    return text;
  }
}

function madeMs({ sentences }: Utterance): number {
  return sentences.reduce((sum, { takes }) => sum + takes.reduce((all, ms) => all + ms, 0), 0);
}

function lengthOf({ text, takes, isSpoken }: Sentence): number {
  return isSpoken ? (takes.at(-1) ?? 0) : Math.max(...takes, text.length * MS_PER_CHAR);
}

/** The words that lie within this share of a sentence; one that was only begun does not count. */
function wordsWithin(text: string, share: number): string {
  const reached = Math.floor(text.length * share);
  if (/\s/.test(text.charAt(reached))) return text.slice(0, reached);
  const lastSpace = text.slice(0, reached).search(/\s\S*$/);
  return lastSpace < 0 ? '' : text.slice(0, lastSpace);
}
