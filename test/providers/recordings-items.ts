/** What the scripts of several services need. */
import type { RecordedStep } from './recordings-reader.ts';
import type { MessageItem, Role } from '../../src/ports/conversation.ts';
import { isObject } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export function textItem(id: string, role: Role, text: string): MessageItem {
  const times = { fromMs: null, toMs: null, heardMs: null };
  return { kind: 'message', id, role, text, status: 'completed', ...times };
}

/** Said at the beginning, unless the recording has it. */
export function unlessSaid(
  steps: readonly RecordedStep[],
  isIt: (message: JsonObject | null) => boolean,
  message: JsonObject,
): (after: JsonObject | null) => JsonObject | null {
  const isSaid = steps.some((step) => step.kind === 'received' && isIt(step.message));
  return (after) => (isSaid || after !== null ? null : message);
}

/** What of these fields is not in `known`. */
export function restOf(fields: JsonObject | null, known: unknown): JsonObject {
  const rest: [string, unknown][] = [];
  for (const [name, value] of Object.entries(fields ?? {})) {
    const other = isObject(known) ? known[name] : undefined;
    if (other === undefined) rest.push([name, value]);
    else if (isObject(value) && isObject(other)) {
      const more = restOf(value, other);
      if (Object.keys(more).length > 0) rest.push([name, more]);
    }
  }
  return Object.fromEntries(rest);
}
