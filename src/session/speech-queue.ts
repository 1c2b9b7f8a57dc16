/**
 * Texts on their way to being spoken, sentence by sentence, within what the service takes in a minute.
 *
 * A sentence is done when the service has confirmed it. What a lost link left unconfirmed is said again from the
 * sentence's beginning.
 */
import type { Clock } from '../ports/clock.ts';
import type { Order, SpeechLimits } from '../providers/contract.ts';

const WINDOW_MS = 60_000;

export interface SpeechHandlers {
  /** Hands an order to the service; false where nobody is there to take it. */
  readonly ask: (order: Order) => boolean;
  /** All of a text was spoken. */
  readonly onSpoken: (id: string) => void;
}

interface Sentence {
  /** `say_3.2`: the second sentence of the third text. */
  readonly id: string;
  readonly textId: string;
  readonly text: string;
}

interface Spent {
  readonly atMs: number;
  readonly chars: number;
}

export class SpeechQueue {
  readonly #clock: Clock;
  readonly #handlers: SpeechHandlers;
  #limits: SpeechLimits | null = null;
  #waiting: Sentence[] = [];
  #sent: Sentence[] = [];
  #spent: Spent[] = [];
  #timer: unknown = null;
  #texts = 0;

  constructor(clock: Clock, handlers: SpeechHandlers) {
    this.#clock = clock;
    this.#handlers = handlers;
  }

  /** The service has texts that it has not confirmed. */
  get isSaying(): boolean {
    return this.#sent.length > 0;
  }

  /** What is not confirmed yet. */
  get pendingTexts(): readonly string[] {
    return [...this.#sent, ...this.#waiting].map(({ text }) => text);
  }

  /** @returns the text's name, which `onSpoken` tells when all of it was spoken. */
  say(text: string): string {
    this.#texts += 1;
    const textId = `say_${this.#texts}`;
    const sentences = sentencesOf(text, this.#limits?.maxCharsPerMessage ?? Infinity);
    sentences.forEach((sentence, at) => {
      this.#waiting.push({ id: `${textId}.${at + 1}`, textId, text: sentence });
    });
    this.#send();
    return textId;
  }

  /** A link serves that speaks within these limits. */
  open(limits: SpeechLimits): void {
    this.#limits = limits;
    this.#spent = []; // the limits are those of one socket
    this.#waiting = this.#waiting.flatMap((sentence) => fitting(sentence, limits));
    this.#send();
  }

  /** The link is gone: what it did not confirm is said again. */
  shut(): void {
    this.#waiting = [...this.#sent, ...this.#waiting];
    this.#sent = [];
    this.#stopTimer();
    this.#limits = null;
  }

  confirm(id: string): void {
    const at = this.#sent.findIndex((sentence) => sentence.id === id);
    const [sentence] = at < 0 ? [] : this.#sent.splice(at, 1);
    if (sentence === undefined) return;
    const isWhole = ![...this.#sent, ...this.#waiting].some(
      ({ textId }) => textId === sentence.textId,
    );
    if (isWhole) this.#handlers.onSpoken(sentence.textId);
    this.#send();
  }

  /** Nothing of what waits is to be said any more. */
  clear(): void {
    this.#waiting = [];
    this.#sent = [];
    this.#stopTimer();
  }

  #send(): void {
    this.#stopTimer();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const waitMs = this.#waitMsFor(next.text.length);
      if (waitMs === null) return;
      if (waitMs > 0) {
        this.#timer = this.#clock.setTimeout(() => {
          this.#send();
        }, waitMs);
        return;
      }
      if (!this.#handlers.ask({ kind: 'say', id: next.id, text: next.text })) return;
      this.#waiting.shift();
      this.#sent.push(next);
      this.#spent.push({ atMs: this.#clock.nowMs(), chars: next.text.length });
    }
  }

  /** Until the last minute has room for it; null where nobody speaks. */
  #waitMsFor(chars: number): number | null {
    if (this.#limits === null) return null;
    const nowMs = this.#clock.nowMs();
    const { maxCharsPerMinute, maxFlushesPerMinute } = this.#limits;
    this.#spent = this.#spent.filter(({ atMs }) => nowMs - atMs < WINDOW_MS);
    let spentChars = this.#spent.reduce((sum, spent) => sum + spent.chars, 0);
    let flushes = this.#spent.length;
    for (const { atMs, chars: freed } of this.#spent) {
      if (flushes < maxFlushesPerMinute && spentChars + chars <= maxCharsPerMinute) return 0;
      spentChars -= freed;
      flushes -= 1;
      if (flushes < maxFlushesPerMinute && spentChars + chars <= maxCharsPerMinute) {
        return atMs + WINDOW_MS - nowMs;
      }
    }
    return 0;
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

function fitting(sentence: Sentence, limits: SpeechLimits): readonly Sentence[] {
  const longest = Math.min(limits.maxCharsPerMessage, limits.maxCharsPerMinute);
  if (sentence.text.length <= longest) return [sentence];
  return pieces(sentence.text, longest).map((text, at) => {
    return { ...sentence, id: `${sentence.id}.${at + 1}`, text };
  });
}

/** A sentence ends with its punctuation and the space behind it; what is too long is cut between words. */
export function sentencesOf(text: string, maxChars: number): readonly string[] {
  const sentences = text.match(/[^.!?…。！？\n]+(?:[.!?…。！？]+["'”’)]*|\n|$)\s*/gu) ?? [];
  return sentences
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== '')
    .flatMap((sentence) => pieces(sentence, maxChars));
}

function pieces(text: string, maxChars: number): readonly string[] {
  const found: string[] = [];
  let rest = text;
  while (rest.length > maxChars) {
    const space = rest.lastIndexOf(' ', maxChars);
    const end = space > 0 ? space : maxChars;
    found.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return rest === '' ? found : [...found, rest];
}
