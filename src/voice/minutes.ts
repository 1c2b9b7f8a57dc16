/** What was said, called and answered in a conversation, as one journal; each change is told. */
import type { ConversationItem } from '../ports/conversation.ts';
import type { LanguageModelCall } from '../providers/gemini-llm/language-model.ts';
import { textGiven } from '../session/door.ts';
import type { SessionEvent } from '../session/events.ts';
import { Journal } from '../session/journal.ts';

/** Calls that are remembered so as not to be told again: far more than a model is shown. */
const MAX_CALL_IDS = 1_000;

const UNTIMED = { fromMs: null, toMs: null } as const;

export class Minutes {
  readonly #tell: (event: SessionEvent) => void;
  readonly #journal = new Journal();
  /** Every call ever told: a tool is called once. */
  readonly #callIds = new Set<string>();
  #turns = 0;

  constructor(tell: (event: SessionEvent) => void) {
    this.#tell = tell;
  }

  get items(): readonly ConversationItem[] {
    return this.#journal.conversation.items;
  }

  get callIds(): readonly string[] {
    return [...this.#callIds];
  }

  /** What the user typed. @returns its id. @throws TenutoError OPTION_INVALID. */
  addTyped(text: string): string {
    const item = this.#journal.addMessage('user', textGiven(text));
    this.#tell({ type: 'item', item });
    return item.id;
  }

  /** What somebody says. @returns its id. */
  add(
    role: 'user' | 'assistant',
    text: string,
    status: 'inProgress' | 'completed',
    span: { readonly fromMs: number | null; readonly toMs: number | null } = UNTIMED,
  ): string {
    this.#turns += 1;
    const ref = `turn_${this.#turns}`;
    const item = this.#journal.note({ kind: 'item', ref, role, text, status }, span);
    if (item === null) return ref;
    this.#tell({ type: 'item', item });
    return item.id;
  }

  /** A further sentence of what the assistant says. */
  addText(id: string, text: string): void {
    this.#journal.addText(id, text);
    this.#tell({ type: 'reply.text', id, delta: text });
  }

  /** It was called before. */
  hasCall(callId: string): boolean {
    return this.#callIds.has(callId);
  }

  addCall(call: LanguageModelCall): void {
    const { callId, name } = call;
    this.#callIds.add(callId);
    if (this.#callIds.size > MAX_CALL_IDS) this.#callIds.delete([...this.#callIds][0] ?? '');
    if (this.#journal.addToolCall({ kind: 'toolCall', ...call }) === null) return;
    this.#tell({ type: 'toolCall', callId, name, arguments: call.arguments });
  }

  /** False where nobody waits for it. */
  addResult(callId: string, output: string): boolean {
    return this.#journal.addToolResult(callId, output) !== null;
  }

  /** How much the assistant said of it in the end. */
  settle(
    id: string,
    change: { readonly status: 'completed' | 'interrupted'; readonly text?: string },
  ): void {
    if (this.#journal.idOf(id) === null) return; // so old that it was let go
    const item = this.#journal.note(
      { kind: 'item', ref: id, role: 'assistant', ...change },
      UNTIMED,
    );
    if (item !== null) this.#tell({ type: 'item', item });
  }

  heard(id: string, ms: number): void {
    this.#journal.heard(id, ms);
  }
}
