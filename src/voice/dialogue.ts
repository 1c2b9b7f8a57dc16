/**
 * The conversation of a voice agent: what a turn of the user's leads to, what is said of an answer, and what stops it.
 *
 * The minutes hold all of it, whoever hears, thinks or speaks.
 */
import { Answer } from './answer.ts';
import type { FailureFacts } from './asking.ts';
import { AudioListeners } from './audio-listeners.ts';
import { Calls } from './calls.ts';
import type { DialogueOptions, ReplyStatus, RunningReply } from './dialogue.types.ts';
import { lastMessages } from './history.ts';
import { Minutes } from './minutes.ts';
import { isSpeakable } from './sentences.ts';
import type { UserTurn } from './turns.ts';
import { Utterances } from './utterances.ts';
import type { Failure } from '../../machines/failure.ts';
import type { ConversationItem } from '../ports/conversation.ts';
import type { LanguageModelCall, ReplyRequest } from '../providers/gemini-llm/language-model.ts';
import type { Conversation, SayOptions, SpokenAudio } from '../session/conversation.ts';
import { textGiven } from '../session/door.ts';
import { errorOf, requestErrorOf } from '../session/failure-error.ts';

export class Dialogue implements Conversation {
  readonly #options: DialogueOptions;
  readonly #minutes: Minutes;
  readonly #utterances: Utterances;
  readonly #listeners: AudioListeners;
  readonly #calls = new Calls();
  #running: RunningReply | null = null;
  /** An answer is due, and is asked for when the user has spoken, or when the one that runs has ended. */
  #isOwed = false;
  #isOver = false;

  constructor(options: DialogueOptions) {
    this.#options = options;
    this.#minutes = new Minutes(options.tell);
    this.#utterances = new Utterances(options.clock);
    this.#listeners = new AudioListeners(options.logger);
  }

  get items(): readonly ConversationItem[] {
    return this.#minutes.items;
  }

  send(text: string, { reply = true }: { readonly reply?: boolean } = {}): string {
    const id = this.#minutes.addTyped(text);
    if (reply) this.reply();
    return id;
  }

  answerTool(callId: string, output: string): boolean {
    if (this.#isOver || !this.#minutes.addResult(callId, output)) return false;
    this.#calls.answered(callId, { isReplying: this.#running !== null });
    if (this.#calls.areOpen) return true;
    this.#isOwed = true;
    this.#payOwed();
    return true;
  }

  reply(): boolean {
    if (this.#isOver) return false;
    this.#stop();
    this.#ask();
    return true;
  }

  endTurn(): boolean {
    return !this.#isOver && this.#options.ear.endTurn();
  }

  say(text: string, { interrupt = false }: SayOptions = {}): string {
    const given = textGiven(text);
    if (interrupt) this.interrupt();
    const id = this.#minutes.add('assistant', given, 'completed');
    if (!this.#isOver) {
      this.#speak(id, given);
      this.#finishSpeech(id);
    }
    return id;
  }

  interrupt(): void {
    this.#stop();
    this.#isOwed = false;
  }

  heard(id: string, ms: number): void {
    this.#minutes.heard(id, ms);
    this.#utterances.heard(id, ms);
  }

  onAudio(listener: (audio: SpokenAudio) => void): () => void {
    return this.#listeners.add(listener);
  }

  /** The user speaks: whatever is said or thought is not wanted as it is. */
  userSpeaks(): void {
    const { answer } = this.#running ?? {};
    const wasOwed = this.#isOwed || (answer !== undefined && !answer.hasTold);
    this.#stop();
    this.#isOwed = wasOwed; // should the user have said nothing, it is asked for again
  }

  userTurn({ text, fromMs, toMs }: UserTurn): void {
    this.#stop();
    this.#minutes.add('user', text, 'completed', { fromMs, toMs });
    this.#ask();
  }

  /** There was no word in what sounded like speech. */
  userSaidNothing(): void {
    this.#payOwed();
  }

  sounded(sayId: string, audio: Omit<SpokenAudio, 'id'>): void {
    const id = this.#utterances.sounded(sayId, audio.durationMs);
    if (id !== null) this.#listeners.tell({ ...audio, id }); // else it was stopped meanwhile
  }

  spoken(sayId: string): void {
    const id = this.#utterances.spoken(sayId);
    if (id !== null) this.#options.tell({ type: 'spoken', id });
  }

  /** The voice is lost, and begins its last sentence anew when it is back. */
  voiceLost(): void {
    this.#utterances.beginAnew();
  }

  /** Nobody speaks any more: what was not said stays as text. */
  voiceGone(): void {
    this.#options.voice.stop();
    this.#utterances.forget();
  }

  end(): void {
    this.interrupt();
    this.#isOver = true;
    this.#listeners.clear();
  }

  #ask(): void {
    if (this.#isOver) return;
    const { thinker, tell } = this.#options;
    this.#isOwed = false;
    this.#calls.forgetOpen();
    const answer = new Answer(() => this.#requestOf(running), {
      onSentence: (text) => this.#takeSentence(running, text),
      onToolCall: (call) => this.#takeCall(call),
      onEnd: (status) => this.#endReply(running, status),
      onFailed: (failure, model, facts) => this.#fail(running, failure, model, facts),
    });
    const running: RunningReply = { answer, itemId: null };
    this.#running = running;
    tell({ type: 'reply.started' });
    if (this.#running === running) thinker.ask(answer);
  }

  /** Now, unless the user speaks, another answer is under way, or a result is waited for. */
  #payOwed(): void {
    const isFree = this.#running === null && !this.#calls.areOpen;
    if (this.#isOwed && isFree && !this.#options.ear.isSpeaking) this.#ask();
  }

  /**
   * What was said of this answer is told apart from the conversation, which ends with what is to be answered. An answer
   * that begins takes up what came since it was asked for; one that goes on does not, and is followed by another.
   */
  #requestOf({ itemId }: RunningReply): ReplyRequest {
    const { instructions, tools, historyMessages } = this.#options;
    if (itemId === null) {
      this.#isOwed = false;
      this.#calls.showAll();
    }
    const shown = this.items.filter((item) => item.id !== itemId && this.#calls.isShown(item));
    const conversation = lastMessages(shown, historyMessages);
    return { conversation, instructions, tools, takenCallIds: this.#minutes.callIds };
  }

  #takeSentence(running: RunningReply, text: string): void {
    running.itemId ??= this.#minutes.add('assistant', '', 'inProgress');
    const id = running.itemId;
    this.#minutes.addText(id, text);
    if (this.#running === running) this.#speak(id, text);
  }

  #takeCall(call: LanguageModelCall): void {
    if (this.#minutes.hasCall(call.callId)) return;
    this.#calls.made(call.callId); // its result may come while it is told
    this.#minutes.addCall(call);
  }

  #fail(running: RunningReply, failure: Failure, model: string, facts: FailureFacts): void {
    const error = facts.isGivenUp
      ? errorOf(failure, model, facts.attempts)
      : requestErrorOf(failure, model);
    this.#options.tell({ type: 'warning', error });
    this.#endReply(running, 'failed');
  }

  #endReply(running: RunningReply, status: ReplyStatus): void {
    if (this.#running !== running) return;
    const { itemId: id } = running;
    this.#running = null;
    if (id !== null) {
      this.#minutes.settle(id, { status: status === 'completed' ? 'completed' : 'interrupted' });
      this.#finishSpeech(id);
    }
    this.#options.tell({ type: 'reply.ended', status });
    this.#payOwed();
  }

  /** Stops what is thought and what is said. */
  #stop(): void {
    const running = this.#running;
    const { thinker, voice, tell } = this.#options;
    this.#running = null;
    if (running !== null) thinker.cancel();
    if (this.#utterances.isSpeaking) {
      const id = this.#utterances.soundingId;
      voice.stop();
      for (const { itemId, text } of this.#utterances.cut()) {
        this.#minutes.settle(itemId, { status: 'interrupted', text });
      }
      tell({ type: 'interrupted', id });
    }
    if (running === null) return;
    if (running.itemId !== null) this.#minutes.settle(running.itemId, { status: 'interrupted' });
    tell({ type: 'reply.ended', status: 'interrupted' });
  }

  #speak(id: string, text: string): void {
    if (!isSpeakable(text)) return;
    const sayId = this.#options.voice.say(text);
    if (sayId !== null) this.#utterances.add(id, text, sayId);
  }

  #finishSpeech(id: string): void {
    if (this.#utterances.finish(id)) this.#options.tell({ type: 'spoken', id });
  }
}
