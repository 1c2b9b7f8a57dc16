/** What a session tells besides the words of finals: answers, tool calls, texts that were dropped, words that come late. */
import type { MessageItem } from '../ports/conversation.ts';
import type { SessionEvent } from '../session/events.ts';

export interface TalkCounts {
  readonly answers: number;
  readonly toolCalls: number;
  /** Texts that were most likely never spoken. */
  readonly dropped: number;
}

/** Words of the user's, with their place in the recording. */
export interface SaidText {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** What is worth a line of its own. */
export type TalkLine =
  | { readonly kind: 'late'; readonly said: SaidText }
  | { readonly kind: 'answer'; readonly text: string; readonly isWhole: boolean }
  | { readonly kind: 'toolCall'; readonly name: string; readonly arguments: string };

export class Talk {
  readonly #answers = new Set<string>();
  readonly #toolCalls = new Set<string>();
  readonly #late = new Map<string, SaidText>();
  readonly #told: SaidText[] = [];
  #settledThroughMs = 0;
  #dropped = 0;

  note(event: SessionEvent): readonly TalkLine[] {
    switch (event.type) {
      case 'transcript':
        if (!event.isFinal) return [];
        this.#settledThroughMs = Math.max(this.#settledThroughMs, event.endMs);
        if (event.text !== '') this.#told.push(event);
        return [];
      case 'transcript.dropped':
        this.#dropped += 1;
        return [];
      case 'toolCall': {
        const { callId, name, arguments: args } = event;
        this.#toolCalls.add(callId);
        return [{ kind: 'toolCall', name, arguments: args }];
      }
      case 'item':
        return event.item.kind === 'message' ? this.#noteMessage(event.item) : [];
      default:
        return [];
    }
  }

  get counts(): TalkCounts {
    return {
      answers: this.#answers.size,
      toolCalls: this.#toolCalls.size,
      dropped: this.#dropped,
    };
  }

  /** All that the user said, in the order of the recording. */
  get transcript(): string {
    return [...this.#told, ...this.#late.values()]
      .sort((one, other) => one.startMs - other.startMs)
      .map(({ text }) => text)
      .join(' ');
  }

  #noteMessage({ id, role, text, status, fromMs, toMs }: MessageItem): readonly TalkLine[] {
    if (status === 'inProgress' || text === '') return [];
    if (role === 'assistant') {
      if (this.#answers.has(id)) return [];
      this.#answers.add(id);
      return [{ kind: 'answer', text, isWhole: status === 'completed' }];
    }
    if (role !== 'user' || fromMs === null || toMs === null || this.#late.has(id)) return [];
    const said = { startMs: fromMs, endMs: toMs, text };
    if (!this.#isLate(said)) return [];
    this.#late.set(id, said);
    return [{ kind: 'late', said }];
  }

  /** A service that answers may write down what it heard when its audio has long been done with. */
  #isLate({ startMs, endMs }: SaidText): boolean {
    const isTold = this.#told.some((told) => told.startMs < endMs && told.endMs > startMs);
    return this.#settledThroughMs >= endMs && !isTold;
  }
}
