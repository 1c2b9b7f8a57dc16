/** What a voice agent answers: one answer at a time, each of which ends, and nothing of one that was stopped. */
import type { Report } from './told-audio.ts';
import { LETTER_MS } from '../../simulators/persona/voice.ts';
import type { ConversationItem } from '../../ports/conversation.ts';
import type { SessionEvent } from '../../session/events.ts';

/** Where all is well, an answer is there by then. */
const ANSWERS_WITHIN_MS = 20_000;
const ROUNDING_MS = 50;
/** More sentences in a minute wait for their time to be said: Deepgram, "Text to Speech WebSocket: limits", flushes. */
const SENTENCES_A_MINUTE = 20;
const MINUTE_MS = 60_000;

export class Replies {
  readonly #report: Report;
  readonly #texts = new Map<string, string>();
  readonly #soundedMs = new Map<string, number>();
  readonly #spoken = new Set<string>();
  /** What was being said when it was interrupted, and what was said before. */
  readonly #silenced = new Set<string>();
  /** Of the answer that is under way. */
  readonly #sentences = new Set<string>();
  #sentencesAtMs: readonly number[] = [];
  #sinceMs: number | null = null;
  #endedAtMs = -Infinity;
  #interruptedAtMs = -Infinity;

  constructor(report: Report) {
    this.#report = report;
  }

  event(event: SessionEvent, atMs: number): void {
    switch (event.type) {
      case 'reply.started':
        if (this.#sinceMs !== null) this.#report('I5', 'an answer begins beside another');
        this.#sinceMs = atMs;
        this.#sentences.clear();
        return;
      case 'reply.ended':
        if (this.#sinceMs === null) this.#report('I5', 'an answer ends that was none');
        this.#sinceMs = null;
        this.#endedAtMs = atMs;
        return;
      case 'reply.text':
        this.#expectRunning(event.type);
        this.#heard(event.delta.trim());
        this.#sentencesAtMs = [
          ...this.#sentencesAtMs.filter((one) => atMs - one < MINUTE_MS),
          atMs,
        ];
        return;
      case 'toolCall':
        this.#expectRunning(event.type);
        return;
      case 'item':
        this.#note(event.item);
        return;
      case 'interrupted':
        this.#interruptedAtMs = atMs;
        for (const id of this.#texts.keys()) this.#silenced.add(id);
        return;
      case 'spoken':
        this.#said(event.id);
        return;
      default:
    }
  }

  sounded(id: string, ms: number): void {
    if (!this.#texts.has(id)) this.#report('I5', 'audio of nothing that is said');
    if (this.#silenced.has(id)) this.#report('I5', 'audio of what was interrupted');
    this.#soundedMs.set(id, (this.#soundedMs.get(id) ?? 0) + ms);
  }

  /**
   * All is well, and has been for a while.
   *
   * @param hasVoice somebody could speak when the last turn was said.
   */
  converged(items: readonly ConversationItem[], hasVoice: boolean, atMs: number): void {
    if (this.#sinceMs !== null) {
      if (atMs - this.#sinceMs < ANSWERS_WITHIN_MS) return;
      this.#report('I10', `an answer has been under way since ${Math.round(this.#sinceMs)} ms`);
    }
    if (atMs - this.#interruptedAtMs < ANSWERS_WITHIN_MS) return; // somebody speaks
    const isTurn = items.map((item) => item.kind === 'message' && item.role === 'user');
    const since = items.slice(isTurn.lastIndexOf(true) + 1);
    if (since.some(({ kind }) => kind === 'toolCall')) return;
    const answer = since.find((item) => item.kind === 'message' && item.status === 'completed');
    if (answer === undefined) this.#report('I10', 'the last turn was not answered');
    else if (
      hasVoice &&
      atMs - this.#endedAtMs > ANSWERS_WITHIN_MS &&
      this.#sentencesAtMs.length <= SENTENCES_A_MINUTE &&
      !this.#spoken.has(answer.id)
    ) {
      this.#report('I10', 'the last answer was not spoken');
    }
  }

  #expectRunning(what: string): void {
    if (this.#sinceMs === null) this.#report('I5', `${what} of an answer that is over`);
  }

  /** Whoever thinks says no sentence twice: it was cut off, and begins anew. */
  #heard(sentence: string): void {
    if (this.#sentences.has(sentence)) this.#report('I5', `"${sentence}" is said twice`);
    this.#sentences.add(sentence);
  }

  /** Those that are said. */
  #note(item: ConversationItem): void {
    if (item.kind === 'message' && item.role === 'assistant') this.#texts.set(item.id, item.text);
  }

  #said(id: string): void {
    if (this.#spoken.has(id)) this.#report('I5', 'an answer was spoken to its end twice');
    if (this.#silenced.has(id)) this.#report('I5', 'what was interrupted was spoken to its end');
    this.#spoken.add(id);
    const letters = this.#texts.get(id)?.replaceAll(/[^\p{L}\p{N}]/gu, '') ?? '';
    const soundedMs = this.#soundedMs.get(id) ?? 0;
    if (soundedMs < letters.length * LETTER_MS - ROUNDING_MS) {
      this.#report('I5', `of "${letters}" ${Math.round(soundedMs)} ms were spoken`);
    }
  }
}
