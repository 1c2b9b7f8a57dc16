/** An item of the conversation, by all that a service has told of it so far. */
import type { MessageItem } from '../ports/conversation.ts';
import type { ProviderEvent } from '../providers/events.ts';

export type ItemEvent = Extract<ProviderEvent, { kind: 'item' }>;

/** Where in the audio it was said, in milliseconds of what was captured. */
export interface Span {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** What is known of an item, and what is told of it now; `before` itself where that is nothing new. */
export function merged(
  id: string,
  before: MessageItem | null,
  event: ItemEvent,
  span: Span,
): MessageItem {
  const item: MessageItem = {
    kind: 'message',
    id,
    role: before?.role ?? event.role,
    text: event.text ?? before?.text ?? '',
    // What is said and done is not under way again.
    status:
      before?.status === 'completed' && event.status === 'inProgress' ? 'completed' : event.status,
    fromMs: span.fromMs ?? before?.fromMs ?? null,
    toMs: span.toMs ?? before?.toMs ?? null,
    heardMs: before?.heardMs ?? null,
  };
  return before !== null && isSame(before, item) ? before : item;
}

function isSame(one: MessageItem, other: MessageItem): boolean {
  return (
    one.text === other.text &&
    one.status === other.status &&
    one.fromMs === other.fromMs &&
    one.toMs === other.toMs
  );
}
