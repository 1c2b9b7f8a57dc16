/**
 * The conversation, kept for whoever carries it on: another socket, another region, another provider.
 *
 * Items have names of ours. A service's own names are only good for its socket: they are forgotten with it.
 */
import type { ConversationItem, MessageItem, Role } from '../ports/conversation.ts';
import type { ConversationRecord } from '../ports/conversation.ts';
import { HeardText } from './heard-text.ts';
import type { ProviderEvent } from '../providers/events.ts';

type ItemEvent = Extract<ProviderEvent, { kind: 'item' }>;
type ToolCallEvent = Extract<ProviderEvent, { kind: 'toolCall' }>;

/** What is kept; beyond either limit the oldest turns go first, instructions excepted. */
export interface JournalLimits {
  readonly items: number;
  readonly chars: number;
}

const JOURNAL_LIMITS: JournalLimits = { items: 200, chars: 100_000 };

interface Span {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

export class Journal {
  readonly #limits: JournalLimits;
  #items: readonly ConversationItem[] = [];
  #chars = 0;
  #named = 0;
  /** The service's names of items, on the socket that carries the conversation. */
  readonly #idsByRef = new Map<string, string>();
  /** How much of each spoken answer was made, and of what text. */
  readonly #heard = new HeardText();
  /** The turn that waits for an answer, and the one that was asked again for. */
  #unanswered: string | null = null;
  #askedAgain: string | null = null;

  constructor(limits: JournalLimits = JOURNAL_LIMITS) {
    this.#limits = limits;
  }

  get conversation(): ConversationRecord {
    const owesReply = this.#unanswered !== null && this.#unanswered !== this.#askedAgain;
    return { items: this.#items, owesReply };
  }

  get pendingToolCalls(): number {
    return this.#items.filter((item) => item.kind === 'toolCall' && item.status === 'pending')
      .length;
  }

  idOf(ref: string): string | null {
    return this.#idsByRef.get(ref) ?? (this.#find(ref) === undefined ? null : ref);
  }

  /** The service's name of an item of ours, on the socket that stands. */
  refOf(id: string): string {
    for (const [ref, ours] of this.#idsByRef) if (ours === id) return ref;
    return id;
  }

  /** An item of the service's, new or changed. Null where nothing changed. */
  note(event: ItemEvent, span: Span): MessageItem | null {
    const known = this.idOf(event.ref);
    const before = known === null ? undefined : this.#find(known);
    if (before !== undefined && before.kind !== 'message') return null;
    const id = known ?? this.#newId();
    this.#idsByRef.set(event.ref, id);
    const text = event.text ?? before?.text ?? '';
    const item: MessageItem = {
      kind: 'message',
      id,
      role: event.role,
      text,
      status: event.status,
      fromMs: span.fromMs ?? before?.fromMs ?? null,
      toMs: span.toMs ?? before?.toMs ?? null,
      heardMs: before?.heardMs ?? null,
    };
    if (before !== undefined && isSame(before, item)) return null;
    this.#put(item);
    const isNews = before?.status !== 'completed'; // not a transcription that came after the answer
    if (isNews && item.status === 'completed' && item.role === 'user') this.#unanswered = id;
    return item;
  }

  /** A message of the application's. */
  addMessage(role: Role, text: string): MessageItem {
    const item: MessageItem = {
      kind: 'message',
      id: this.#newId(),
      role,
      text,
      status: 'completed',
      fromMs: null,
      toMs: null,
      heardMs: null,
    };
    this.#put(item);
    if (role === 'user') this.#unanswered = item.id;
    return item;
  }

  /** More of what an answer says. Null where no such item is known. */
  addText(ref: string, delta: string): string | null {
    const id = this.idOf(ref);
    const item = id === null ? undefined : this.#find(id);
    if (id === null || item?.kind !== 'message') return null;
    this.#heard.said(id, item.text.length + delta.length);
    this.#put({ ...item, text: item.text + delta });
    return id;
  }

  addAudio(ref: string, ms: number): string | null {
    const id = this.idOf(ref);
    if (id !== null) this.#heard.made(id, ms);
    return id;
  }

  /** Null where the call is known already: a service may tell it twice, and a tool is called once. */
  addToolCall({
    callId,
    name,
    arguments: args,
    signature,
  }: ToolCallEvent): ConversationItem | null {
    if (this.#call(callId) !== undefined) return null;
    const item: ConversationItem = {
      kind: 'toolCall',
      id: this.#newId(),
      callId,
      name,
      arguments: args,
      status: 'pending',
      ...(signature === undefined ? {} : { signature }),
    };
    this.#put(item);
    this.#unanswered = null; // the answer begins with the call; what follows waits for its result
    return item;
  }

  /** Null where no such call waits for a result. */
  addToolResult(callId: string, output: string) {
    const call = this.#call(callId);
    if (call?.status !== 'pending') return null;
    this.#put({ ...call, status: 'answered' });
    const item = { kind: 'toolResult', id: this.#newId(), callId, output } as const;
    this.#put(item);
    this.#unanswered = item.id;
    return { item, name: call.name };
  }

  /** Those that still waited. */
  cancelToolCalls(callIds: readonly string[]): readonly string[] {
    return callIds.filter((callId) => {
      const call = this.#call(callId);
      if (call?.status !== 'pending') return false;
      this.#put({ ...call, status: 'cancelled' });
      return true;
    });
  }

  /** An answer came to its end, one way or the other. */
  replied(): void {
    this.#unanswered = null;
  }

  /** The new session was asked for the answer that the old one owed: it is not asked for again. */
  askedAgain(): void {
    this.#askedAgain = this.#unanswered;
  }

  /** How much of a spoken answer was played so far. */
  heard(id: string, ms: number): void {
    const item = this.#find(id);
    if (item?.kind !== 'message' || item.role !== 'assistant') return;
    this.#put({ ...item, heardMs: Math.max(item.heardMs ?? 0, ms) });
  }

  /** An answer that was cut off: of its text only what was heard is kept. Null where nothing was to be cut. */
  cut(id: string): MessageItem | null {
    const item = this.#find(id);
    if (item?.kind !== 'message') return null;
    const text = this.#heard.heardOf(id, item.text, item.heardMs);
    const cut: MessageItem = { ...item, text, status: 'interrupted' };
    this.#put(cut);
    return cut;
  }

  /**
   * The socket is gone. Turns that were not heard to their end will be heard again; answers in the middle are cut. Tells
   * which items changed.
   */
  linkLost(): readonly MessageItem[] {
    this.#idsByRef.clear();
    const open = this.#items.filter(
      (item): item is MessageItem => item.kind === 'message' && item.status === 'inProgress',
    );
    const told: MessageItem[] = [];
    for (const item of open) {
      if (item.role === 'assistant') {
        const cut = this.cut(item.id);
        if (cut !== null) told.push(cut);
      } else this.#remove(item);
    }
    return told;
  }

  #newId(): string {
    this.#named += 1;
    return `item_${this.#named}`;
  }

  #find(id: string): ConversationItem | undefined {
    return this.#items.find((item) => item.id === id);
  }

  #call(callId: string) {
    return this.#items.find(
      (item): item is Extract<ConversationItem, { kind: 'toolCall' }> =>
        item.kind === 'toolCall' && item.callId === callId,
    );
  }

  #put(item: ConversationItem): void {
    const at = this.#items.findIndex(({ id }) => id === item.id);
    const before = this.#items[at];
    this.#chars += charsOf(item) - (before === undefined ? 0 : charsOf(before));
    this.#items =
      before === undefined
        ? [...this.#items, item]
        : this.#items.map((other) => (other.id === item.id ? item : other));
    this.#bound();
  }

  #remove(item: ConversationItem): void {
    this.#chars -= charsOf(item);
    this.#heard.forget(item.id);
    for (const [ref, id] of this.#idsByRef) if (id === item.id) this.#idsByRef.delete(ref);
    this.#items = this.#items.filter(({ id }) => id !== item.id);
  }

  #bound(): void {
    while (this.#items.length > this.#limits.items || this.#chars > this.#limits.chars) {
      const oldest = this.#items.find(
        (item) => !(item.kind === 'message' && item.role === 'system'),
      );
      if (oldest === undefined || this.#items.length === 1) return;
      this.#remove(oldest);
    }
  }
}

function charsOf(item: ConversationItem): number {
  switch (item.kind) {
    case 'message':
      return item.text.length;
    case 'toolCall':
      return item.arguments.length + item.name.length;
    case 'toolResult':
      return item.output.length;
  }
}

function isSame(one: MessageItem, other: MessageItem): boolean {
  return (
    one.text === other.text &&
    one.status === other.status &&
    one.fromMs === other.fromMs &&
    one.toMs === other.toMs
  );
}
