/**
 * A conversation as `contents`. The service wants the calls of one turn together and their results right behind them, and
 * a turn of the user's before the first call.
 */
import type { ReplyRequest } from './language-model.ts';
import type { ConversationItem, ToolCallItem, ToolResultItem } from '../../ports/conversation.ts';
import { isObject } from '../wire/json.ts';

export interface Content {
  readonly role: 'user' | 'model';
  readonly parts: readonly Part[];
}

/** The narrow part of the service's `Part` that is sent from here. */
export type Part =
  | { readonly text: string }
  | {
      readonly functionCall: {
        readonly id?: string;
        readonly name: string;
        readonly args: Readonly<Record<string, unknown>>;
      };
      readonly thoughtSignature?: string;
    }
  | {
      readonly functionResponse: {
        readonly id?: string;
        readonly name: string;
        readonly response: { readonly output: string };
      };
    };

/** Ids that we made, where the service gave none. */
export const OWN_ID_PREFIX = 'call_of_ours_';

/**
 * Gemini 3 refuses a turn's first call without the signature of the thought behind it, and a call that another model made
 * has none. This says so, and is taken instead.
 *
 * Source: ai.google.dev, "Thought signatures", its questions on history that another model made.
 */
const NO_SIGNATURE = 'skip_thought_signature_validator';

export function contentsOf(items: ReplyRequest['conversation']): readonly Content[] {
  const contents: Content[] = [];
  let at = 0;
  while (at < items.length) {
    const item = items[at];
    if (item?.kind !== 'toolCall') {
      if (item?.kind === 'message') addMessage(contents, item);
      at += 1; // a result stands with its call
      continue;
    }
    const calls: ToolCallItem[] = [];
    for (let next: ConversationItem | undefined = item; next?.kind === 'toolCall';) {
      calls.push(next);
      at += 1;
      next = items[at];
    }
    addCalls(contents, calls, items);
  }
  return contents;
}

function addMessage(contents: Content[], item: Extract<ConversationItem, { kind: 'message' }>) {
  if (item.text !== '') {
    add(contents, item.role === 'assistant' ? 'model' : 'user', [{ text: item.text }]);
  }
}

/** A call without a result is refused, and so is one that answers nothing. */
function addCalls(
  contents: Content[],
  calls: readonly ToolCallItem[],
  items: readonly ConversationItem[],
): void {
  const answered = calls.flatMap((call) => {
    const result = items.find(
      (item): item is ToolResultItem => item.kind === 'toolResult' && item.callId === call.callId,
    );
    return result === undefined ? [] : [{ call, result }];
  });
  if (answered.length === 0 || !contents.some(({ role }) => role === 'user')) return;

  add(
    contents,
    'model',
    answered.map(({ call }, at) => callPart(call, at === 0)),
  );
  add(
    contents,
    'user',
    answered.map(({ call, result }) => ({
      functionResponse: { ...idOf(call), name: call.name, response: { output: result.output } },
    })),
  );
}

/** Of calls that were made together the first has the signature. */
function callPart(call: ToolCallItem, isFirst: boolean): Part {
  const functionCall = { ...idOf(call), name: call.name, args: argsOf(call.arguments) };
  const signature = call.signature ?? (isFirst ? NO_SIGNATURE : undefined);
  return signature === undefined ? { functionCall } : { functionCall, thoughtSignature: signature };
}

function idOf({ callId }: ToolCallItem): { readonly id?: string } {
  return callId.startsWith(OWN_ID_PREFIX) ? {} : { id: callId };
}

function argsOf(json: string): Readonly<Record<string, unknown>> {
  try {
    const args: unknown = JSON.parse(json);
    return isObject(args) ? args : {};
  } catch {
    return {};
  }
}

/** Turns of one role in a row are one turn. */
function add(contents: Content[], role: Content['role'], parts: readonly Part[]): void {
  const last = contents.at(-1);
  if (last?.role !== role) contents.push({ role, parts });
  else contents[contents.length - 1] = { role, parts: [...last.parts, ...parts] };
}
