/**
 * A conversation as turns of `clientContent`. Live takes text alone there: audio and function parts are refused, so what
 * tools were asked and what they answered is told in words.
 */
import type {
  ConversationRecord,
  ConversationItem,
  ToolCallItem,
} from '../../ports/conversation.ts';

export interface TextTurn {
  readonly role: 'user' | 'model';
  readonly parts: readonly { readonly text: string }[];
}

/** All of it, for a session that knows nothing. */
export function turnsOf({ items }: ConversationRecord): readonly TextTurn[] {
  return items.flatMap((item) => turnOf(item, items));
}

/** What the lost answer was to answer: everything between it and the answer before. */
export function owedTurnsOf({ items }: ConversationRecord): readonly TextTurn[] {
  let end = items.length;
  while (isAnswer(items[end - 1])) end -= 1;
  let start = end;
  while (start > 0 && !isAnswer(items[start - 1])) start -= 1;
  return items.slice(start, end).flatMap((item) => turnOf(item, items));
}

/** An answer was being given when the socket was lost. */
export function wasAnswering({ items, owesReply }: ConversationRecord): boolean {
  const last = items.at(-1);
  if (last?.kind !== 'message' || last.role !== 'assistant') return false;
  return last.status === 'inProgress' || (last.status === 'interrupted' && owesReply);
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
    case 'message': {
      // What the user is saying right now is heard again from the audio.
      const isUnderWay = item.role === 'user' && item.status === 'inProgress';
      if (item.text === '' || isUnderWay) return [];
      return [textTurn(item.role === 'assistant' ? 'model' : 'user', item.text)];
    }
    case 'toolCall':
      return item.status === 'cancelled' ? [] : [textTurn('user', callInWords(item))];
    case 'toolResult': {
      const call = all.find((other) => other.kind === 'toolCall' && other.callId === item.callId);
      const name = call?.kind === 'toolCall' ? call.name : 'that was called';
      return [textTurn('user', resultInWords(name, item.output))];
    }
  }
}

function callInWords({ name, arguments: args, status }: ToolCallItem): string {
  const outlook = status === 'pending' ? '; its answer will follow' : '';
  return `[The tool ${name} was called with ${args}${outlook}]`;
}

function textTurn(role: TextTurn['role'], text: string): TextTurn {
  return { role, parts: [{ text }] };
}
