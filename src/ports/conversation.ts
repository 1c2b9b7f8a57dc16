/** A conversation as tenuto keeps it: what a new socket, another region or another provider needs to carry it on. */

export type Role = 'system' | 'user' | 'assistant';

export interface MessageItem {
  readonly kind: 'message';
  /** Ours: it stays the same over every socket and provider. */
  readonly id: string;
  readonly role: Role;
  /** Of a spoken answer, what was really heard. */
  readonly text: string;
  readonly status: 'inProgress' | 'completed' | 'interrupted';
  /** Where it was spoken, in milliseconds of captured audio; null for what was typed or answered. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** How much of a spoken answer was played; null where that was never reported. */
  readonly heardMs: number | null;
}

export interface ToolCallItem {
  readonly kind: 'toolCall';
  readonly id: string;
  /** The service's own; a result names it. */
  readonly callId: string;
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly arguments: string;
  readonly status: 'pending' | 'answered' | 'cancelled';
  /** What the service wants back with the call, such as Gemini's thought signature. */
  readonly signature?: string;
}

export interface ToolResultItem {
  readonly kind: 'toolResult';
  readonly id: string;
  readonly callId: string;
  readonly output: string;
}

export type ConversationItem = MessageItem | ToolCallItem | ToolResultItem;

/** In order; never changed in place: what changes is a new object. */
export interface ConversationRecord {
  readonly items: readonly ConversationItem[];
  /** The last turn was heard to its end and is not answered: a new session is asked for the answer, at most once. */
  readonly owesReply: boolean;
}

export const NO_CONVERSATION: ConversationRecord = { items: [], owesReply: false };

/** A function that the model may call. `parameters` is a JSON schema. */
export interface Tool {
  readonly name: string;
  readonly description?: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}
