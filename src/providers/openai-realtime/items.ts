/**
 * A conversation as items that the service takes from a client.
 *
 * It cannot be given spoken answers, so what was heard of them goes back as text; the sound of the user's turns is gone as
 * well.
 */
import type {
  ConversationRecord,
  ConversationItem,
  MessageItem,
} from '../../ports/conversation.ts';
import type { CreatedItem } from './wire.ts';

/** What stands for a turn that was heard, answered perhaps, and never written down. */
const UNWRITTEN = '(spoken, and not transcribed)';

const MAX_SUMMARY_CHARS = 12_000;
const MAX_LINE_CHARS = 2_000;

/** Those that wait for a result. */
export function pendingCallsOf({ items }: ConversationRecord): readonly string[] {
  return items.flatMap((item) =>
    item.kind === 'toolCall' && item.status === 'pending' ? [item.callId] : [],
  );
}

/** In order; what says nothing, and what the service would refuse, is left out. */
export function createdItemsOf({ items }: ConversationRecord): readonly CreatedItem[] {
  const calls = new Set<string>();
  const created: CreatedItem[] = [];
  for (const item of items) {
    if (item.kind === 'toolResult' && !calls.has(item.callId)) continue; // of a call that is forgotten
    if (item.kind === 'toolCall' && item.status !== 'cancelled') calls.add(item.callId);
    const wire = createdItemOf(item);
    if (wire !== null) created.push(wire);
  }
  return created;
}

/** Null for what there is nothing to say of. */
export function createdItemOf(item: ConversationItem): CreatedItem | null {
  const { id } = item;
  switch (item.kind) {
    case 'message':
      return messageOf(item);
    case 'toolCall': {
      const { callId, name, arguments: args } = item;
      if (item.status === 'cancelled') return null;
      return { id, type: 'function_call', call_id: callId, name, arguments: args };
    }
    case 'toolResult':
      return { id, type: 'function_call_output', call_id: item.callId, output: item.output };
  }
}

function messageOf({ id, role, text, status }: MessageItem): CreatedItem | null {
  if (role === 'assistant') {
    if (text === '') return null;
    return { id, type: 'message', role, content: [{ type: 'output_text', text }] };
  }
  if (status === 'inProgress') return null; // it is heard again
  const written = text === '' && role === 'user' ? UNWRITTEN : text;
  if (written === '') return null;
  return { id, type: 'message', role, content: [{ type: 'input_text', text: written }] };
}

/** The newest of it, as one message. */
export function summaryOf(items: readonly CreatedItem[]): CreatedItem {
  const lines: string[] = [];
  let chars = 0;
  for (const item of [...items].reverse()) {
    const line = lineOf(item).slice(0, MAX_LINE_CHARS);
    chars += line.length + 1;
    if (chars > MAX_SUMMARY_CHARS) break;
    lines.unshift(line);
  }
  const text = `The conversation so far, which you go on with:\n${lines.join('\n')}`;
  return {
    id: 'tenuto_summary',
    type: 'message',
    role: 'system',
    content: [{ type: 'input_text', text }],
  };
}

function lineOf(item: CreatedItem): string {
  switch (item.type) {
    case 'message':
      return `${item.role}: ${item.content.map(({ text }) => text).join('')}`;
    case 'function_call':
      return `assistant calls ${item.name} (${item.call_id}): ${item.arguments}`;
    case 'function_call_output':
      return `result of ${item.call_id}: ${item.output}`;
  }
}
