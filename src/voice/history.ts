/** What of a conversation a model is shown. */
import type { ConversationItem } from '../ports/conversation.ts';

/**
 * The last so many messages, and the calls for tools and their results that lie between them: a result always comes with
 * its call.
 */
export function lastMessages(
  items: readonly ConversationItem[],
  messages: number,
): readonly ConversationItem[] {
  let left = messages;
  let from = items.length;
  for (let at = items.length - 1; at >= 0 && left > 0; at -= 1) {
    if (items[at]?.kind !== 'message') continue;
    left -= 1;
    from = at;
  }
  // Fewer messages than are wanted, or only calls: nothing lies before them that would not be wanted.
  const kept = left > 0 ? items : items.slice(from);
  const calls = new Set(kept.flatMap((item) => (item.kind === 'toolCall' ? [item.callId] : [])));
  return kept.filter((item) => item.kind !== 'toolResult' || calls.has(item.callId));
}
