/** The sound of answers: handed to who plays it, cut where the user breaks in, and told of to the service. */
import type { SpokenAudio } from './conversation.ts';
import type { Journal } from './journal.ts';
import { Playback } from './playback.ts';
import type { TalkOptions } from './talk.types.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import { checkFunction, listenerThrew } from '../ports/listening.ts';
import type { Order } from '../providers/contract.ts';
import type { ConversationEvent } from '../providers/events.ts';

type AudioEvent = Extract<ConversationEvent, { kind: 'audio' }>;

export class Sounding {
  readonly #options: TalkOptions;
  readonly #journal: Journal;
  readonly #ask: (order: Order) => void;
  readonly #listeners = new Set<(audio: SpokenAudio) => void>();
  readonly #playback = new Playback();
  /** The answer that sounds, in our words. */
  #id: string | null = null;

  constructor(options: TalkOptions, journal: Journal, ask: (order: Order) => void) {
    this.#options = options;
    this.#journal = journal;
    this.#ask = ask;
  }

  /** Until when an answer has the word, as far as that is known now. */
  get untilMs(): number {
    return this.#playback.untilMs;
  }

  onAudio(listener: (audio: SpokenAudio) => void): () => void {
    checkFunction(listener);
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  play({ ref, bytes, sampleRateHz }: AudioEvent): void {
    const durationMs = (bytes.length * 1_000) / (sampleRateHz * BYTES_PER_SAMPLE);
    const id = this.#journal.addAudio(ref, durationMs) ?? ref;
    this.#id = id;
    if (this.#listeners.size > 0) this.#playback.sounded(id, durationMs, this.#nowMs);
    for (const listener of this.#listeners) {
      try {
        listener({ id, bytes, sampleRateHz, durationMs });
      } catch (error) {
        listenerThrew('audio', error, this.#options.logger);
      }
    }
  }

  /** @param isMaking whether an answer is under way; something came of it just now. */
  making(isMaking: boolean): void {
    this.#playback.making(isMaking, this.#nowMs);
  }

  heard(id: string, ms: number): void {
    this.#playback.heard(id, ms, this.#nowMs);
  }

  /** The application stops it, and the service learns where. */
  interrupt(): void {
    this.#tellHeard();
    this.#cut();
  }

  /** The service stopped it. Where nobody said what was played, it keeps in mind what nobody heard. */
  interrupted(): void {
    if (this.#heardMs !== null) this.#tellHeard();
    this.#cut();
  }

  /** The link is gone, and no more of it comes. */
  lost(): void {
    this.#id = null;
  }

  end(): void {
    this.#listeners.clear();
  }

  /** Of the answer that sounds; null where nobody said what was played. */
  get #heardMs(): number | null {
    const item = this.#journal.conversation.items.find(({ id }) => id === this.#id);
    return item?.kind === 'message' ? item.heardMs : null;
  }

  #tellHeard(): void {
    const ref = this.#id === null ? null : this.#journal.refOf(this.#id);
    this.#ask({ kind: 'interrupt', ref, heardMs: this.#heardMs ?? 0 });
  }

  #cut(): void {
    const { emitter } = this.#options;
    const cut = this.#id === null ? null : this.#journal.cut(this.#id);
    emitter.emit({ type: 'interrupted', id: this.#id });
    if (cut !== null) emitter.emit({ type: 'item', item: cut });
    this.#id = null;
    this.#playback.cut();
  }

  get #nowMs(): number {
    return this.#options.clock.nowMs();
  }
}
