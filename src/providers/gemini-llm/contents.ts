/**
 * A conversation as `contents`. The service wants the calls of one turn together and their results right behind them,
 * alone in their content, a turn of the user's before the first call, and one of the user's, or results, at the end.
 *
 * Sources: ai.google.dev, "Function calling"; what the service answers otherwise: "Requests ending with a model turn are
 * not supported.", and 400 for text beside a `functionResponse` (envoyproxy/ai-gateway, pull request 2686, September 2026).
 */
import type { ReplyRequest } from './language-model.ts';
import type {
  ConversationItem,
  MessageItem,
  ToolCallItem,
  ToolResultItem,
} from '../../ports/conversation.ts';
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

export function contentsOf(conversation: ReplyRequest['conversation']): readonly Content[] {
  const items = withQuestionLast(conversation);
  const contents: Content[] = [];
  let at = 0;
  while (at < items.length) {
    const item = items[at];
    if (item?.kind !== 'toolCall') {
      if (item !== undefined && isSaid(item)) addMessage(contents, item);
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

/**
 * What is to be answered stands last: the newest result, where it came after the user's last words, such as one that came
 * late, or after the words that bridged the wait; else those words, without what was said since.
 */
function withQuestionLast(items: readonly ConversationItem[]): readonly ConversationItem[] {
  const asked = lastOf(items, (item) => isSaid(item) && item.role !== 'assistant');
  const answered = lastOf(items, ({ kind }) => kind === 'toolResult');
  const result = items[answered];
  if (answered <= asked || result?.kind !== 'toolResult') return items.slice(0, asked + 1);

  const isOne = (item: ConversationItem | undefined): boolean => item?.kind === 'toolCall';
  const at = items.findIndex((item) => item.kind === 'toolCall' && item.callId === result.callId);
  if (at < 0) return items;
  let from = at;
  let to = at + 1;
  while (isOne(items[from - 1])) from -= 1;
  while (isOne(items[to])) to += 1;
  return [...items.slice(0, from), ...items.slice(to), ...items.slice(from, to)];
}

/** There is nothing to show of a message without a word. */
function isSaid(item: ConversationItem): item is MessageItem {
  return item.kind === 'message' && item.text !== '';
}

function lastOf(
  items: readonly ConversationItem[],
  isIt: (item: ConversationItem) => boolean,
): number {
  let at = items.length - 1;
  for (let item = items[at]; item !== undefined && !isIt(item); item = items[at]) at -= 1;
  return at;
}

function addMessage(contents: Content[], { role, text }: MessageItem): void {
  add(contents, role === 'assistant' ? 'model' : 'user', [{ text }]);
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

/** Turns of one role in a row are one turn, but for results. */
function add(contents: Content[], role: Content['role'], parts: readonly Part[]): void {
  const last = contents.at(-1);
  const isOfResults = last?.parts.some((part) => 'functionResponse' in part) === true;
  if (last?.role !== role || isOfResults) contents.push({ role, parts });
  else contents[contents.length - 1] = { role, parts: [...last.parts, ...parts] };
}
