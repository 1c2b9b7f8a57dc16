/**
 * The conversation, kept for whoever carries it on: another socket, another region, another provider.
 *
 * Items have names of ours. A service's own names are only good for its socket: they are forgotten with it.
 */
import type {
  ConversationRecord,
  MessageItem,
  Role,
  ToolResultItem,
} from '../ports/conversation.ts';
import { Debt } from './debt.ts';
import { HeardText } from './heard-text.ts';
import { JournalItems } from './journal-items.ts';
import type { JournalLimits } from './journal-items.ts';
import { ServiceNames, ToldCalls } from './journal-names.ts';
import { merged } from './noted-item.ts';
import type { ItemEvent, Span } from './noted-item.ts';
import type { ProviderEvent } from '../providers/events.ts';

export type { JournalLimits } from './journal-items.ts';

type ToolCallEvent = Extract<ProviderEvent, { kind: 'toolCall' }>;
export type ReplyStatus = Extract<ProviderEvent, { kind: 'replyEnded' }>['status'];

/** Beyond either the oldest turns go first. */
const JOURNAL_LIMITS: JournalLimits = { items: 200, chars: 100_000 };

const NOWHERE: Span = { fromMs: null, toMs: null };

export class Journal {
  readonly #items: JournalItems;
  /** On the socket that carries the conversation. */
  readonly #names: ServiceNames;
  readonly #calls: ToldCalls;
  /** How much of each spoken answer was made, and of what text. */
  readonly #heard = new HeardText();
  readonly #debt = new Debt();
  #named = 0;

  constructor(limits: JournalLimits = JOURNAL_LIMITS) {
    this.#names = new ServiceNames(limits.items, (id) => this.#items.find(id) !== undefined);
    this.#calls = new ToldCalls(limits.items);
    this.#items = new JournalItems(limits, (id) => {
      this.#heard.forget(id);
      this.#debt.forget(id);
    });
  }

  get conversation(): ConversationRecord {
    return { items: this.#items.all, owesReply: this.#debt.isOwed(this.#items.all) };
  }

  /** Whoever was told the conversation until now knows these: what is under way, or not answered yet, is told again. */
  get knownIds(): ReadonlySet<string> {
    const known = this.#items.all.filter(
      (item) => !(item.kind === 'message' && item.status === 'inProgress'),
    );
    return new Set(known.map(({ id }) => id).filter((id) => id !== this.#debt.ofId));
  }

  get pendingToolCalls(): number {
    return this.#items.all.filter((item) => item.kind === 'toolCall' && item.status === 'pending')
      .length;
  }

  idOf(ref: string): string | null {
    return this.#names.idOf(ref) ?? (this.#items.find(ref) === undefined ? null : ref);
  }

  /** The service's name of an item of ours, on the socket that stands. */
  refOf(id: string): string {
    return this.#names.refOf(id) ?? id;
  }

  /** An item of the service's, new or changed. Null where nothing changed: also of one that is forgotten, or was cut off. */
  note(event: ItemEvent, span: Span): MessageItem | null {
    const known = this.idOf(event.ref);
    const found = known === null ? undefined : this.#items.find(known);
    if (known !== null && found?.kind !== 'message') return null;
    const before = found?.kind === 'message' ? found : null;
    if (before?.status === 'interrupted') return null;
    const id = known ?? this.#newId();
    this.#names.keep(event.ref, id);
    const item = merged(id, before, event, span);
    if (item === before) return null;
    const isNews = before?.status !== 'completed'; // not a transcription that came after the answer
    if (isNews && item.status === 'completed' && item.role === 'user') this.#debt.owe(id);
    return this.#items.put(item);
  }

  /** A message of the application's. @param isQuestion an answer to it is wanted. */
  addMessage(role: Role, text: string, isQuestion = role === 'user'): MessageItem {
    const id = this.#newId();
    if (isQuestion) this.#debt.owe(id);
    return this.#items.put({
      kind: 'message',
      id,
      role,
      text,
      status: 'completed',
      ...NOWHERE,
      heardMs: null,
    });
  }

  /** More of what an answer says. Null where no such item is known, or nothing more of it is to be heard. */
  addText(ref: string, delta: string): string | null {
    const id = this.idOf(ref);
    const item = id === null ? undefined : this.#items.find(id);
    if (id === null || item?.kind !== 'message' || item.status === 'interrupted') return null;
    const { text } = this.#items.put({ ...item, text: item.text + delta });
    this.#heard.said(id, text.length);
    return id;
  }

  addAudio(ref: string, ms: number): string | null {
    const id = this.idOf(ref);
    const item = id === null ? undefined : this.#items.find(id);
    if (item?.kind === 'message' && item.status !== 'interrupted') this.#heard.made(item.id, ms);
    return id;
  }

  /** Null where the call is known already: a service may tell it twice, and a tool is called once. */
  addToolCall({ callId, name, arguments: args, signature }: ToolCallEvent) {
    if (this.#items.call(callId) !== undefined || !this.#calls.isNew(callId)) return null;
    this.#debt.settle(); // the answer begins with the call; what follows waits for its result
    return this.#items.put({
      kind: 'toolCall',
      id: this.#newId(),
      callId,
      name,
      arguments: args,
      status: 'pending',
      ...(signature === undefined ? {} : { signature }),
    });
  }

  /** Null where no such call waits for a result. */
  addToolResult(callId: string, output: string): { item: ToolResultItem; name: string } | null {
    const call = this.#items.call(callId);
    if (call?.status !== 'pending') return null;
    this.#items.put({ ...call, status: 'answered' });
    const id = this.#newId();
    this.#debt.owe(id);
    const item = this.#items.put({ kind: 'toolResult', id, callId, output });
    return { item, name: call.name };
  }

  /** Those that still waited. */
  cancelToolCalls(callIds: readonly string[]): readonly string[] {
    return callIds.filter((callId) => {
      const call = this.#items.call(callId);
      if (call?.status !== 'pending') return false;
      this.#items.put({ ...call, status: 'cancelled' });
      return true;
    });
  }

  /** The application asked for an answer, to whatever there is. */
  replyAsked(): void {
    const last = this.#items.all.at(-1);
    if (last !== undefined) this.#debt.owe(last.id);
  }

  replyStarted(): void {
    this.#debt.answering(this.#items.all);
  }

  /** An answer came to its end, one way or the other. What failed is owed on. */
  replied(status: ReplyStatus = 'completed'): void {
    if (status !== 'failed') this.#debt.answered(this.#items.all);
  }

  /** The application wants no answer any more. */
  pardoned(): void {
    this.#debt.settle();
  }

  /** Whether the user is in the middle of a turn, by the service's account. */
  get isUserSpeaking(): boolean {
    return this.#items.all.some(
      (item) => item.kind === 'message' && item.role === 'user' && item.status === 'inProgress',
    );
  }

  /** Whether the answer that is owed was asked for a second time. */
  get wasAskedAgain(): boolean {
    return this.#debt.wasAskedAgain;
  }

  /** The new session was asked for the answer that the old one owed: it is not asked for again. */
  askedAgain(): void {
    this.#debt.askedAgain();
  }

  /** How much of a spoken answer was played so far. */
  heard(id: string, ms: number): void {
    const item = this.#items.find(id);
    if (item?.kind !== 'message' || item.role !== 'assistant') return;
    this.#items.put({ ...item, heardMs: Math.max(item.heardMs ?? 0, ms) });
  }

  /** An answer that was cut off: of its text only what was heard is kept. Null where nothing was to be cut. */
  cut(id: string): MessageItem | null {
    const item = this.#items.find(id);
    if (item?.kind !== 'message') return null;
    this.#heard.said(id, item.text.length);
    const text = this.#heard.heardOf(id, item.text, item.heardMs);
    return this.#items.put({ ...item, text, status: 'interrupted' });
  }

  /**
   * The socket is gone. Turns that were not heard to their end will be heard again; answers in the middle are cut. Tells
   * which items changed.
   */
  linkLost(): readonly MessageItem[] {
    this.#names.forgetAll();
    this.#debt.linkLost();
    const open = this.#items.all.filter(
      (item): item is MessageItem => item.kind === 'message' && item.status === 'inProgress',
    );
    const told: MessageItem[] = [];
    for (const item of open) {
      if (item.role === 'assistant') {
        const cut = this.cut(item.id);
        if (cut !== null) told.push(cut);
      } else this.#items.remove(item.id);
    }
    return told;
  }

  #newId(): string {
    this.#named += 1;
    return `item_${this.#named}`;
  }
}
