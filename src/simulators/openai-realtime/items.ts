/** The conversation that a stand-in holds: items in order, created, cut, deleted and told by a client. */
import { asObject, fieldOf, numberAt, objectsAt, stringAt } from '../../providers/wire/json.ts';
import type { JsonObject } from '../../providers/wire/json.ts';
import { complaint, missing } from './frames.ts';
import type { Complaint, NewId } from './frames.ts';
import type { Turn } from '../persona/mind.ts';

export interface Item {
  readonly id: string;
  readonly type: string;
  readonly status?: string;
  readonly role?: string;
  readonly content?: readonly JsonObject[];
  readonly [name: string]: unknown;
}

/** Where it stands, for `previous_item_id`. */
export interface Placed {
  readonly item: Item;
  readonly previousId: string | null;
}

/** Content types by role. A spoken answer cannot be put into a conversation, only made in it. */
const CONTENT: Readonly<Record<string, readonly string[]>> = {
  system: ['input_text'],
  user: ['input_text', 'input_audio', 'input_image'],
  assistant: ['output_text'],
};

export class Items {
  readonly #newId: NewId;
  #items: Item[] = [];
  /** Of answers that were spoken here. */
  readonly #spokenMs = new Map<string, number>();

  constructor(newId: NewId) {
    this.#newId = newId;
  }

  get all(): readonly Item[] {
    return this.#items;
  }

  /** What the newest tool told since the user spoke last; null where none did. */
  get outputSinceUser(): string | null {
    let output: string | null = null;
    for (const item of this.#items) {
      if (item.type === 'message' && item['role'] === 'user') output = null;
      else if (item.type === 'function_call_output') output = String(item['output']);
    }
    return output;
  }

  get lastId(): string | null {
    return this.#items.at(-1)?.id ?? null;
  }

  find(id: string | null): Item | undefined {
    return this.#items.find((item) => item.id === id);
  }

  append(item: Item): Placed {
    const previousId = this.lastId;
    this.#items.push(item);
    return { item, previousId };
  }

  replace(item: Item): Placed {
    const at = this.#items.findIndex(({ id }) => id === item.id);
    if (at >= 0) this.#items[at] = item;
    return { item, previousId: this.#items[at - 1]?.id ?? null };
  }

  spoke(id: string, ms: number): void {
    this.#spokenMs.set(id, ms);
  }

  create(asked: unknown, previous: unknown): Placed | Complaint {
    const fields = asObject(asked);
    if (fields === null) return missing('item');
    const problem = this.#problemOf(fields);
    if (problem !== null) return problem;
    const item: Item = {
      ...fields,
      id: stringAt(fields, 'id') ?? this.#newId('item'),
      type: stringAt(fields, 'type') ?? '',
      ...(fields['type'] === 'function_call_output' ? {} : { status: 'completed' }),
      ...(fields['type'] === 'function_call' && fields['call_id'] === undefined
        ? { call_id: this.#newId('call', 16) }
        : {}),
    };
    return this.#insert(item, previous);
  }

  delete(id: string | null): Complaint | null {
    const before = this.#items.length;
    this.#items = this.#items.filter((item) => item.id !== id);
    return this.#items.length < before ? null : unknownItem('delete', id);
  }

  /** Of a spoken answer only what was heard is kept, and none of its text: nobody knows which words were. */
  truncate(event: JsonObject): Complaint | null {
    const id = stringAt(event, 'item_id');
    const spokenMs = this.#spokenMs.get(id ?? '');
    const item = this.find(id);
    if (item === undefined || spokenMs === undefined) return unknownItem('truncate', id);
    const endMs = numberAt(event, 'audio_end_ms');
    if (endMs === null || endMs < 0) return missing('audio_end_ms');
    if (endMs > spokenMs) {
      const message = `Audio content of ${spokenMs}ms is already shorter than ${endMs}ms`;
      return complaint('invalid_value', message, 'audio_end_ms');
    }
    this.#spokenMs.set(id ?? '', endMs);
    this.replace({ ...item, content: [{ type: 'output_audio' }] });
    return null;
  }

  /** What was said, for who thinks about an answer. */
  turns(textOf: (item: Item) => string): readonly Turn[] {
    return this.#items.flatMap((item) =>
      item.role === 'user' || item.role === 'assistant'
        ? [{ role: item.role, text: textOf(item) } as const]
        : [],
    );
  }

  #insert(item: Item, previous: unknown): Placed | Complaint {
    if (previous === undefined || previous === null) return this.append(item);
    const at = previous === 'root' ? -1 : this.#items.findIndex(({ id }) => id === previous);
    if (at < 0 && previous !== 'root') {
      const message = `Error creating item: the previous item '${typeof previous === 'string' ? previous : ''}' does not exist.`;
      return complaint('item_create_invalid_previous_item_id', message, 'previous_item_id');
    }
    this.#items.splice(at + 1, 0, item);
    return { item, previousId: this.#items[at]?.id ?? null };
  }

  #problemOf(item: JsonObject): Complaint | null {
    const id = stringAt(item, 'id');
    if (this.find(id) !== undefined) {
      const message = `Error adding item: an item with the id '${id ?? ''}' already exists.`;
      return complaint('item_create_duplicate_item_id', message, 'item.id');
    }
    switch (fieldOf(item, 'type')) {
      case 'message':
        return messageProblem(item);
      case 'function_call':
        if (stringAt(item, 'name') === null) return missing('item.name');
        return stringAt(item, 'arguments') === null ? missing('item.arguments') : null;
      case 'function_call_output':
        return this.#outputProblem(item);
      default:
        return complaint(
          'invalid_value',
          `Invalid value: '${String(fieldOf(item, 'type'))}'. Supported values are: 'message', 'function_call', 'function_call_output'.`,
          'item.type',
        );
    }
  }

  #outputProblem(item: JsonObject): Complaint | null {
    const callId = stringAt(item, 'call_id');
    if (callId === null) return missing('item.call_id');
    if (stringAt(item, 'output') === null) return missing('item.output');
    const isKnown = this.#items.some(
      (one) => one.type === 'function_call' && one['call_id'] === callId,
    );
    if (isKnown) return null;
    const message = `Tool call ID '${callId}' not found in conversation.`;
    return complaint('invalid_tool_call_id', message, 'item.call_id');
  }
}

export function isPlaced(result: Placed | Complaint): result is Placed {
  return 'item' in result;
}

export function unknownItem(
  verb: 'delete' | 'truncate' | 'retrieve',
  id: string | null,
): Complaint {
  const message = `Error: the item '${id ?? ''}' does not exist, or there is nothing of it to ${verb}.`;
  return complaint(`item_${verb}_invalid_item_id`, message, 'item_id');
}

function messageProblem(item: JsonObject): Complaint | null {
  const allowed = CONTENT[stringAt(item, 'role') ?? ''];
  if (allowed === undefined) return missing('item.role');
  const parts = objectsAt(item, 'content');
  const at = parts.findIndex((part) => !allowed.includes(stringAt(part, 'type') ?? ''));
  if (parts.length > 0 && at < 0) return null;
  if (parts.length === 0) return missing('item.content');
  const supported = allowed.map((name) => `'${name}'`).join(', ');
  return complaint(
    'invalid_value',
    `Invalid value: '${stringAt(parts[at], 'type') ?? ''}'. Supported values are: ${supported}.`,
    `item.content[${at}].type`,
  );
}
