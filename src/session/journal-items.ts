/** The items of a conversation, in the order in which they came up, and never more than fit: what goes first, goes here. */
import type { ConversationItem, ToolCallItem } from '../ports/conversation.ts';

/** What is kept: 1 item and 2 characters at the least. */
export interface JournalLimits {
  readonly items: number;
  /** Of texts, arguments and results together. */
  readonly chars: number;
}

export class JournalItems {
  readonly #limits: JournalLimits;
  readonly #onForgotten: (id: string) => void;
  #items: readonly ConversationItem[] = [];
  #chars = 0;

  constructor(limits: JournalLimits, onForgotten: (id: string) => void) {
    this.#limits = limits;
    this.#onForgotten = onForgotten;
  }

  /** In order; another array after each change. */
  get all(): readonly ConversationItem[] {
    return this.#items;
  }

  find(id: string): ConversationItem | undefined {
    return this.#items.find((item) => item.id === id);
  }

  call(callId: string): ToolCallItem | undefined {
    return this.#items.find(
      (item): item is ToolCallItem => item.kind === 'toolCall' && item.callId === callId,
    );
  }

  /** At its place where it is known, else at the end. @returns the item as it is kept. */
  put<Item extends ConversationItem>(given: Item): Item {
    const item = fitted(given, this.#limits.chars);
    const before = this.find(item.id);
    this.#chars += charsOf(item) - (before === undefined ? 0 : charsOf(before));
    this.#items =
      before === undefined
        ? [...this.#items, item]
        : this.#items.map((other) => (other.id === item.id ? item : other));
    this.#bound(item.id);
    return item;
  }

  remove(id: string): void {
    const item = this.find(id);
    if (item === undefined) return;
    this.#chars -= charsOf(item);
    this.#items = this.#items.filter((other) => other !== item);
    this.#onForgotten(id);
  }

  #bound(newestId: string): void {
    while (this.#items.length > this.#limits.items || this.#chars > this.#limits.chars) {
      const first = firstToGo(this.#items.filter(({ id }) => id !== newestId));
      if (first === undefined) return;
      this.remove(first.id);
      if (first.kind === 'toolCall') this.#removeResultOf(first, newestId);
    }
  }

  /** Nobody can make anything of a result without its call. */
  #removeResultOf({ callId }: ToolCallItem, newestId: string): void {
    const result = this.#items.find(
      (item) => item.kind === 'toolResult' && item.callId === callId && item.id !== newestId,
    );
    if (result !== undefined) this.remove(result.id);
  }
}

/** The oldest turn; calls that wait for a result stay longer, and instructions the longest. */
function firstToGo(items: readonly ConversationItem[]): ConversationItem | undefined {
  const turns = items.filter((item) => !(item.kind === 'message' && item.role === 'system'));
  const done = turns.find((item) => !(item.kind === 'toolCall' && item.status === 'pending'));
  return done ?? turns[0] ?? items[0];
}

/** One item alone is no more than all may be: of a text the beginning is kept, of arguments nothing, since half of them is no JSON. */
function fitted<Item extends ConversationItem>(item: Item, maxChars: number): Item {
  if (charsOf(item) <= maxChars) return item;
  switch (item.kind) {
    case 'message':
      return { ...item, text: item.text.slice(0, maxChars) };
    case 'toolCall':
      return { ...item, name: item.name.slice(0, maxChars - NOTHING.length), arguments: NOTHING };
    case 'toolResult':
      return { ...item, output: item.output.slice(0, maxChars) };
  }
}

const NOTHING = '{}';

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
