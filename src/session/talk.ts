/**
 * What is said in a session, both ways: the journal, what the application asks for, and the sound of answers.
 *
 * It belongs to the session, not to a socket: what is asked for while nobody serves is kept and given to whoever does.
 */
import type { Conversation, SayOptions, SpokenAudio } from './conversation.ts';
import { Handles } from './handles.ts';
import { Journal } from './journal.ts';
import { Playback } from './playback.ts';
import { ReplyRetry } from './reply-retry.ts';
import { SpeechQueue } from './speech-queue.ts';
import type { Speaker, TalkOptions } from './talk.types.ts';
import { textGiven } from './door.ts';
import type { Failure } from '../../machines/failure.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import type { ConversationItem, MessageItem } from '../ports/conversation.ts';
import type { Order, StreamMemory } from '../providers/contract.ts';
import type { ConversationEvent } from '../providers/events.ts';

export class Talk implements Conversation {
  readonly #options: TalkOptions;
  readonly journal = new Journal();
  readonly #speech: SpeechQueue;
  readonly #listeners = new Set<(audio: SpokenAudio) => void>();
  readonly #playback = new Playback();
  readonly #handles = new Handles();
  readonly #retry: ReplyRetry;
  #speaker: Speaker | null = null;
  /** The answer that sounds, in our words. */
  #speaking: string | null = null;
  #isReplying = false;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#retry = new ReplyRetry(options.clock, () => {
      this.#askAgain();
    });
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
    const item = this.journal.addMessage('user', textGiven(text), reply);
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
    const isAsked = this.#ask({ kind: 'reply' });
    if (isAsked) this.journal.replyAsked();
    return isAsked;
  }

  endTurn(): boolean {
    return this.#ask({ kind: 'endTurn' });
  }

  say(text: string, { interrupt = false }: SayOptions = {}): string {
    if (interrupt) this.interrupt();
    const id = this.#speech.say(textGiven(text));
    this.#noteWord();
    return id;
  }

  interrupt(): void {
    this.#speech.clear();
    this.journal.pardoned();
    this.#tellHeard();
    this.#cutSpeech();
    this.#noteWord();
  }

  heard(id: string, ms: number): void {
    this.journal.heard(id, ms);
    this.#playback.heard(id, ms, this.#options.clock.nowMs());
    this.#tellWord();
  }

  onAudio(listener: (audio: SpokenAudio) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** What a socket of this candidate is opened with. */
  memoryFor(candidateKey: string): StreamMemory {
    return {
      conversation: () => this.journal.conversation,
      handle: this.#handles.handleOf(candidateKey),
      news: () => this.#handles.newsFor(candidateKey, this.items),
    };
  }

  /** @param isCarrying whether it comes from whoever carries the conversation, and so knows all of it. */
  offerHandle(candidateKey: string, handle: string | null, isCarrying: boolean): void {
    this.#handles.offer(candidateKey, handle, isCarrying ? this.journal.knownIds : null);
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
    this.#retry.cancel();
    this.#speech.shut();
    this.#loseOpenItems();
    this.#endReply('interrupted');
    this.#speaking = null;
    this.#noteWord();
  }

  end(): void {
    this.#speaker = null;
    this.#retry.cancel();
    this.#speech.clear();
    this.#listeners.clear();
  }

  /** A request of this conversation's failed alone. */
  refused(failure: Failure): void {
    this.#retry.refused(failure);
  }

  take(event: ConversationEvent): void {
    this.#handle(event);
    this.#noteWord();
  }

  #handle(event: ConversationEvent): void {
    const { emitter } = this.#options;
    switch (event.kind) {
      case 'item':
        this.#noteItem(event);
        return;
      case 'replyStarted':
        this.#isReplying = true;
        this.#retry.cancel();
        this.journal.replyStarted();
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
        this.journal.replied(event.status);
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

  /** Unless somebody speaks, whose turn will be answered along with what is owed. */
  #askAgain(): void {
    const { owesReply, items } = this.journal.conversation;
    const isSpeaking = items.some(
      (item) => item.kind === 'message' && item.role === 'user' && item.status === 'inProgress',
    );
    if (!owesReply || isSpeaking) return;
    this.journal.askedAgain();
    this.#ask({ kind: 'reply' });
  }

  /** What is in the middle: answers are cut, and what the user was saying will be heard again, as another item. */
  #loseOpenItems(): void {
    const { emitter } = this.#options;
    const before = this.items;
    for (const item of this.journal.linkLost()) emitter.emit({ type: 'item', item });
    const left = new Set(this.items.map(({ id }) => id));
    for (const { id } of before) if (!left.has(id)) emitter.emit({ type: 'item.removed', id });
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
    if (this.#listeners.size > 0) {
      this.#playback.sounded(id, durationMs, this.#options.clock.nowMs());
    }
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
    this.#playback.cut();
  }

  /** Told once of each, though a service that takes a session up again tells of what was lost with its socket. */
  #endReply(status: Extract<ConversationEvent, { kind: 'replyEnded' }>['status']): void {
    if (!this.#isReplying) return;
    this.#isReplying = false;
    this.#options.emitter.emit({ type: 'reply.ended', status });
  }

  /** Something came of an answer, or it came to its end. */
  #noteWord(): void {
    const isMaking = this.#isReplying || this.#speech.isSaying;
    this.#playback.making(isMaking, this.#options.clock.nowMs());
    this.#tellWord();
  }

  #tellWord(): void {
    this.#options.onAnswering?.(this.#playback.untilMs);
  }

  #ask(order: Order): boolean {
    return this.#speaker?.ask(order) ?? false;
  }
}
