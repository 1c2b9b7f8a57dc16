/**
 * What is said in a session, both ways: the journal, what the application asks for, and the sound of answers.
 *
 * It belongs to the session, not to a socket: what is asked for while nobody serves is kept and given to whoever does.
 */
import type { SessionEmitter } from './emitter.ts';
import type { Conversation, SayOptions, SpokenAudio } from './conversation.ts';
import { Journal } from './journal.ts';
import { SpeechQueue } from './speech-queue.ts';
import { textGiven } from './door.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { Clock } from '../ports/clock.ts';
import type { ConversationItem, MessageItem } from '../ports/conversation.ts';
import type { Logger } from '../ports/logger.ts';
import type { Order, ProviderTraits, StreamMemory } from '../providers/contract.ts';
import type { ConversationEvent } from '../providers/events.ts';

/** The link that carries the conversation. */
export interface Speaker {
  readonly traits: ProviderTraits;
  /** False where the service has no such order. */
  ask(order: Order): boolean;
  /** Where a sample of this link lies in captured audio, in milliseconds. */
  msOf(sample: number): number;
}

export interface TalkOptions {
  readonly clock: Clock;
  readonly emitter: SessionEmitter;
  readonly logger: Logger;
}

export class Talk implements Conversation {
  readonly #options: TalkOptions;
  readonly journal = new Journal();
  readonly #speech: SpeechQueue;
  readonly #listeners = new Set<(audio: SpokenAudio) => void>();
  /** What each candidate offered last, to take its session up again. */
  readonly #handles = new Map<string, string>();
  #speaker: Speaker | null = null;
  /** The answer that sounds, in our words. */
  #speaking: string | null = null;
  #isReplying = false;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#speech = new SpeechQueue(options.clock, {
      ask: (order) => this.#speaker?.ask(order) ?? false,
      onSpoken: (id) => {
        options.emitter.emit({ type: 'spoken', id });
      },
    });
  }

  get items(): readonly ConversationItem[] {
    return this.journal.conversation.items;
  }

  send(text: string, { reply = true }: { readonly reply?: boolean } = {}): string {
    const item = this.journal.addMessage('user', textGiven(text));
    this.#options.emitter.emit({ type: 'item', item });
    this.#ask({ kind: 'message', item, replyFollows: reply });
    if (reply) this.#ask({ kind: 'reply' });
    return item.id;
  }

  answerTool(callId: string, output: string): boolean {
    const added = this.journal.addToolResult(callId, output);
    if (added === null) return false;
    this.#ask({ kind: 'toolResult', item: added.item, name: added.name });
    return true;
  }

  reply(): boolean {
    return this.#ask({ kind: 'reply' });
  }

  endTurn(): boolean {
    return this.#ask({ kind: 'endTurn' });
  }

  say(text: string, { interrupt = false }: SayOptions = {}): string {
    if (interrupt) this.interrupt();
    return this.#speech.say(textGiven(text));
  }

  interrupt(): void {
    this.#speech.clear();
    this.#tellHeard();
    this.#cutSpeech();
  }

  heard(id: string, ms: number): void {
    this.journal.heard(id, ms);
  }

  onAudio(listener: (audio: SpokenAudio) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a socket of this candidate is opened with. */
  memoryFor(candidateKey: string): StreamMemory {
    return {
      conversation: () => this.journal.conversation,
      handle: this.#handles.get(candidateKey) ?? null,
    };
  }

  offerHandle(candidateKey: string, handle: string | null): void {
    if (handle === null) this.#handles.delete(candidateKey);
    else this.#handles.set(candidateKey, handle);
  }

  /** From now on this link carries the conversation. */
  open(speaker: Speaker): void {
    this.#speaker = speaker;
    if (this.journal.conversation.owesReply) this.journal.askedAgain();
    const { speech = null } = speaker.traits;
    if (speech !== null) this.#speech.open(speech);
  }

  shut(): void {
    if (this.#speaker === null) return;
    this.#speaker = null;
    this.#speech.shut();
    for (const item of this.journal.linkLost()) this.#options.emitter.emit({ type: 'item', item });
    if (this.#isReplying) this.#endReply('interrupted');
    this.#speaking = null;
  }

  end(): void {
    this.#speaker = null;
    this.#speech.clear();
    this.#listeners.clear();
  }

  take(event: ConversationEvent): void {
    const { emitter } = this.#options;
    switch (event.kind) {
      case 'item':
        this.#noteItem(event);
        return;
      case 'replyStarted':
        this.#isReplying = true;
        emitter.emit({ type: 'reply.started' });
        return;
      case 'replyText': {
        const id = this.journal.addText(event.ref, event.delta);
        if (id !== null) emitter.emit({ type: 'reply.text', id, delta: event.delta });
        return;
      }
      case 'audio':
        this.#play(event);
        return;
      case 'replyEnded':
        if (event.status !== 'failed') this.journal.replied();
        this.#endReply(event.status);
        return;
      case 'interrupted':
        if (this.#heardMs !== null) this.#tellHeard(); // else it keeps what nobody heard
        this.#cutSpeech();
        return;
      case 'toolCall':
        if (this.journal.addToolCall(event) === null) return;
        emitter.emit({
          type: 'toolCall',
          callId: event.callId,
          name: event.name,
          arguments: event.arguments,
        });
        return;
      case 'toolCallsCancelled': {
        const callIds = this.journal.cancelToolCalls(event.callIds);
        if (callIds.length > 0) emitter.emit({ type: 'toolCall.cancelled', callIds });
        return;
      }
      case 'spoken':
        this.#speech.confirm(event.id);
    }
  }

  #noteItem(event: Extract<ConversationEvent, { kind: 'item' }>): void {
    const msOf = (sample: number | undefined): number | null =>
      sample === undefined ? null : (this.#speaker?.msOf(sample) ?? null);
    const item = this.journal.note(event, {
      fromMs: msOf(event.startSample),
      toMs: msOf(event.endSample),
    });
    if (item !== null) this.#options.emitter.emit({ type: 'item', item });
  }

  #play({ ref, bytes, sampleRateHz }: Extract<ConversationEvent, { kind: 'audio' }>): void {
    const durationMs = (bytes.length * 1_000) / (sampleRateHz * BYTES_PER_SAMPLE);
    const id = this.journal.addAudio(ref, durationMs) ?? ref;
    this.#speaking = id;
    for (const listener of this.#listeners) {
      try {
        listener({ id, bytes, sampleRateHz, durationMs });
      } catch (error) {
        this.#options.logger.error('a listener to audio threw', { error: String(error) });
      }
    }
  }

  /** Of the answer that sounds; null where nobody said what was played. */
  get #heardMs(): number | null {
    const item = this.items.find(({ id }) => id === this.#speaking);
    return item?.kind === 'message' ? item.heardMs : null;
  }

  /** Tells the service where its answer ends. */
  #tellHeard(): void {
    const ref = this.#speaking === null ? null : this.journal.refOf(this.#speaking);
    this.#ask({ kind: 'interrupt', ref, heardMs: this.#heardMs ?? 0 });
  }

  #cutSpeech(): void {
    const cut: MessageItem | null =
      this.#speaking === null ? null : this.journal.cut(this.#speaking);
    this.#options.emitter.emit({ type: 'interrupted', id: this.#speaking });
    if (cut !== null) this.#options.emitter.emit({ type: 'item', item: cut });
    this.#speaking = null;
  }

  #endReply(status: Extract<ConversationEvent, { kind: 'replyEnded' }>['status']): void {
    this.#isReplying = false;
    this.#options.emitter.emit({ type: 'reply.ended', status });
  }

  #ask(order: Order): boolean {
    return this.#speaker?.ask(order) ?? false;
  }
}
