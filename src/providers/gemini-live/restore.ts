/**
 * A conversation as turns of `clientContent`. Live takes text alone there: audio and function parts are refused, so what
 * tools were asked and what they answered is told in words.
 */
import type {
  ConversationItem,
  ConversationRecord,
  MessageItem,
  ToolCallItem,
} from '../../ports/conversation.ts';

export interface TextTurn {
  readonly role: 'user' | 'model';
  readonly parts: readonly { readonly text: string }[];
}

/** What stands for a turn that was heard, answered perhaps, and never written down. */
const UNWRITTEN = '(spoken, and not transcribed)';

/** What is known of the session that is to be told. */
export interface Listener {
  /** It knows nothing. */
  readonly isFresh: boolean;
  /** What it was never told; null where that is not known. */
  readonly news: readonly ConversationItem[] | null;
}

/** What the session has to be told to know the conversation, in the order in which it was said. */
export function turnsFor(
  { items, owesReply }: ConversationRecord,
  { isFresh, news }: Listener,
): readonly TextTurn[] {
  const untold = isFresh ? items : (news ?? (owesReply ? owedOf(items) : []));
  return untold.flatMap((item) => turnOf(item, items));
}

/** What a lost answer was to answer: everything between it and the answer before. */
function owedOf(items: readonly ConversationItem[]): readonly ConversationItem[] {
  let end = items.length;
  while (isAnswer(items[end - 1])) end -= 1;
  let start = end;
  while (start > 0 && !isAnswer(items[start - 1])) start -= 1;
  return items.slice(start, end);
}

/** An answer was being given when the socket was lost. */
export function wasAnswering({ items, owesReply }: ConversationRecord): boolean {
  const last = items.at(-1);
  if (last?.kind !== 'message' || last.role !== 'assistant') return false;
  return last.status === 'inProgress' || (last.status === 'interrupted' && owesReply);
}

export function callIdsOf({ items }: ConversationRecord): readonly string[] {
  return items.flatMap((item) => (item.kind === 'toolCall' ? [item.callId] : []));
}

export function pendingCallsOf({ items }: ConversationRecord): number {
  return items.filter((item) => item.kind === 'toolCall' && item.status === 'pending').length;
}

/** A result of a call that this socket never saw. */
export function resultInWords(name: string, output: string): string {
  return `[The tool ${name} answered: ${output}]`;
}

function isAnswer(item: ConversationItem | undefined): boolean {
  return item?.kind === 'message' && item.role === 'assistant';
}

function turnOf(item: ConversationItem, all: readonly ConversationItem[]): readonly TextTurn[] {
  switch (item.kind) {
    case 'message':
      return messageTurn(item);
    case 'toolCall':
      return item.status === 'cancelled' ? [] : [textTurn('user', callInWords(item))];
    case 'toolResult': {
      const call = all.find((other) => other.kind === 'toolCall' && other.callId === item.callId);
      const name = call?.kind === 'toolCall' ? call.name : 'that was called';
      return [textTurn('user', resultInWords(name, item.output))];
    }
  }
}

function messageTurn({ role, text, status }: MessageItem): readonly TextTurn[] {
  if (role === 'assistant') return text === '' ? [] : [textTurn('model', text)];
  if (role === 'user' && status === 'inProgress') return []; // it is heard again from the audio
  const written = text === '' && role === 'user' ? UNWRITTEN : text;
  return written === '' ? [] : [textTurn('user', written)];
}

function callInWords({ name, arguments: args, status }: ToolCallItem): string {
  const outlook = status === 'pending' ? '; its answer will follow' : '';
  return `[The tool ${name} was called with ${args}${outlook}]`;
}

export function textTurn(role: TextTurn['role'], text: string): TextTurn {
  return { role, parts: [{ text }] };
}
