/**
 * What is said in a session, both ways: the journal, what the application asks for, and the sound of answers.
 *
 * It belongs to the session, not to a socket: what is asked for while nobody serves is kept and given to whoever does.
 */
import { mustAnswer, mustSpeak } from './abilities.ts';
import type { Conversation, SayOptions, SpokenAudio } from './conversation.ts';
import { Handles } from './handles.ts';
import { Journal } from './journal.ts';
import { ReplyRetry } from './reply-retry.ts';
import { Sounding } from './sounding.ts';
import { SpeechQueue } from './speech-queue.ts';
import type { Speaker, TalkOptions } from './talk.types.ts';
import { textGiven } from './door.ts';
import type { Failure } from '../../machines/failure.ts';
import type { ReplyMoment } from '../../machines/reply.types.ts';
import type { ConversationItem } from '../ports/conversation.ts';
import type { Order, StreamMemory } from '../providers/contract.ts';
import type { ConversationEvent } from '../providers/events.ts';

export class Talk implements Conversation {
  readonly #options: TalkOptions;
  readonly journal = new Journal();
  readonly #speech: SpeechQueue;
  readonly #sounding: Sounding;
  readonly #handles = new Handles();
  readonly #retry: ReplyRetry;
  #speaker: Speaker | null = null;
  #isReplying = false;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.#sounding = new Sounding(options, this.journal, (order) => this.#ask(order));
    this.#retry = new ReplyRetry(options, {
      look: () => this.#moment,
      ask: () => {
        this.journal.askedAgain();
        this.#ask({ kind: 'reply' });
      },
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
    const given = textGiven(text);
    if (reply) mustAnswer(this.#options.candidates);
    const item = this.journal.addMessage('user', given, reply);
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
    const given = textGiven(text);
    mustSpeak(this.#options.candidates);
    if (interrupt) this.interrupt();
    const id = this.#speech.say(given);
    this.#noteWord();
    return id;
  }

  interrupt(): void {
    this.#speech.clear();
    this.journal.pardoned();
    this.#sounding.interrupt();
    this.#noteWord();
  }

  heard(id: string, ms: number): void {
    this.journal.heard(id, ms);
    this.#sounding.heard(id, ms);
    this.#tellWord();
  }

  onAudio(listener: (audio: SpokenAudio) => void): () => void {
    return this.#sounding.onAudio(listener);
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
    this.#retry.tell('link.lost');
    this.#speech.shut();
    this.#loseOpenItems();
    this.#endReply('interrupted');
    this.#sounding.lost();
    this.#noteWord();
  }

  end(): void {
    this.#speaker = null;
    this.#retry.stop();
    this.#speech.clear();
    this.#sounding.end();
  }

  /** An answer failed alone, or was refused. */
  replyFailed(failure: Failure): void {
    this.#retry.refused(failure, this.journal.wasAskedAgain);
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
        this.#retry.tell('reply.started');
        this.journal.replyStarted();
        emitter.emit({ type: 'reply.started' });
        return;
      case 'replyText': {
        const id = this.journal.addText(event.ref, event.delta);
        if (id !== null) emitter.emit({ type: 'reply.text', id, delta: event.delta });
        return;
      }
      case 'audio':
        this.#sounding.play(event);
        return;
      case 'replyEnded':
        this.journal.replied(event.status);
        this.#endReply(event.status);
        return;
      case 'interrupted':
        this.#sounding.interrupted();
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

  get #moment(): ReplyMoment {
    const { conversation, isUserSpeaking } = this.journal;
    return { isOwed: conversation.owesReply, isTaken: isUserSpeaking || this.#isReplying };
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

  /** Told once of each, though a service that takes a session up again tells of what was lost with its socket. */
  #endReply(status: Extract<ConversationEvent, { kind: 'replyEnded' }>['status']): void {
    if (!this.#isReplying) return;
    this.#isReplying = false;
    this.#options.emitter.emit({ type: 'reply.ended', status });
  }

  /** Something came of an answer, or it came to its end. */
  #noteWord(): void {
    const isMaking = this.#isReplying || this.#speech.isSaying;
    this.#sounding.making(isMaking);
    this.#tellWord();
  }

  #tellWord(): void {
    this.#options.onAnswering?.(this.#sounding.untilMs);
  }

  #ask(order: Order): boolean {
    return this.#speaker?.ask(order) ?? false;
  }
}
