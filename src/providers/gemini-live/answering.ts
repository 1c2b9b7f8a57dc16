/** What the model says: one reply at a time, ended once, whichever of its endings the service sends. */
import type { ProviderEvent } from '../contract.ts';

type ReplyStatus = Extract<ProviderEvent, { kind: 'replyEnded' }>['status'];

/** What it wrote down of a reply may come after the reply's end, by as much audio of the user's. */
const TAIL_MS = 3_000;

export class Answering {
  readonly #tailSamples: number;
  #items = 0;
  #isReplying = false;
  /** The item that is being said. */
  #ref: string | null = null;
  #tail: { readonly ref: string; readonly untilSample: number } | null = null;
  #isMuted = false;

  constructor(sampleRateHz: number) {
    this.#tailSamples = (TAIL_MS * sampleRateHz) / 1_000;
  }

  get isReplying(): boolean {
    return this.#isReplying;
  }

  /** Whether words that come now are still those of the reply that has ended. */
  isTail(sentSamples: number): boolean {
    return !this.#isReplying && this.#tail !== null && sentSamples < this.#tail.untilSample;
  }

  /** Somebody else has the word now. */
  endTail(): void {
    this.#tail = null;
  }

  begin(): readonly ProviderEvent[] {
    if (this.#isReplying) return [];
    this.#isReplying = true;
    this.#tail = null;
    return [{ kind: 'replyStarted' }];
  }

  text(delta: string): readonly ProviderEvent[] {
    if (delta === '' || this.#isMuted) return [];
    if (!this.#isReplying && this.#tail !== null) {
      return [{ kind: 'replyText', ref: this.#tail.ref, delta }];
    }
    const { ref, events } = this.#item();
    return [...events, { kind: 'replyText', ref, delta }];
  }

  audio(bytes: Uint8Array, sampleRateHz: number): readonly ProviderEvent[] {
    if (bytes.length === 0 || this.#isMuted) return [];
    const { ref, events } = this.#item();
    return [...events, { kind: 'audio', ref, bytes, sampleRateHz }];
  }

  /** A tool is called: what is said after its result is another item. */
  pause(): readonly ProviderEvent[] {
    return this.#closeItem('completed');
  }

  /** The application stops listening: what still comes of this reply is nobody's. */
  mute(): void {
    this.#isMuted = this.#isReplying;
  }

  /** @param sentSamples where words may still come. */
  end(status: ReplyStatus, sentSamples: number | null): readonly ProviderEvent[] {
    if (!this.#isReplying) {
      if (sentSamples === null) this.#tail = null;
      return [];
    }
    const told = this.#isMuted && status === 'completed' ? 'interrupted' : status;
    const ref = this.#ref;
    this.#isReplying = false;
    this.#tail =
      sentSamples === null || ref === null || this.#isMuted
        ? null
        : { ref, untilSample: sentSamples + this.#tailSamples };
    this.#isMuted = false;
    const items = this.#closeItem(told === 'completed' ? 'completed' : 'interrupted');
    return [...items, { kind: 'replyEnded', status: told }];
  }

  #item(): { readonly ref: string; readonly events: readonly ProviderEvent[] } {
    if (this.#ref !== null) return { ref: this.#ref, events: [] };
    this.#items += 1;
    const ref = `said_${this.#items}`;
    this.#ref = ref;
    return { ref, events: [{ kind: 'item', ref, role: 'assistant', status: 'inProgress' }] };
  }

  #closeItem(status: 'completed' | 'interrupted'): readonly ProviderEvent[] {
    const ref = this.#ref;
    this.#ref = null;
    return ref === null ? [] : [{ kind: 'item', ref, role: 'assistant', status }];
  }
}
