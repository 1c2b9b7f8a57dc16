/** A recorded socket of OpenAI Realtime, and of those that speak like it, in our adapter's hands. */
import type { Asked, Script } from './recordings-player.ts';
import type { Recording } from './recordings-reader.ts';
import { restOf, textItem } from './recordings-items.ts';
import type {
  ConversationRecord,
  ConversationItem,
  Role,
  Tool,
  ToolResultItem,
} from '../../src/ports/conversation.ts';
import type { Frame } from '../../src/ports/socket.ts';
import type { ProviderEvent } from '../../src/providers/contract.ts';
import { openaiRealtime } from '../../src/providers/openai-realtime/openai-realtime.ts';
import { sessionConfigOf } from '../../src/providers/openai-realtime/session-config.ts';
import type {
  SessionWishes,
  TurnDetection,
} from '../../src/providers/openai-realtime/session-config.ts';
import { toBase64 } from '../../src/providers/wire/base64.ts';
import {
  booleanAt,
  fieldOf,
  numberAt,
  objectAt,
  objectIn,
  objectsAt,
  stringAt,
} from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

const BYTES_PER_MS = 48;
const GREETINGS: readonly string[] = ['session.created', 'conversation.created'];

export function openaiScript({ steps }: Recording): Script {
  const sent = steps.flatMap((step) => (step.kind === 'sent' ? [step.message] : []));
  const session = objectAt(
    sent.find(({ type }) => type === 'session.update'),
    'session',
  );
  const wishes = wishesOf(session);
  const detects = sessionConfigOf(wishes).audio.input.turn_detection !== null;
  const history = historyIn(sent);
  const items = history.flatMap((message, at) => itemOf(objectAt(message, 'item'), at) ?? []);
  const truncations = new Map(
    sent.flatMap((message) =>
      message['type'] === 'conversation.item.truncate'
        ? [[stringAt(message, 'item_id') ?? '', numberAt(message, 'audio_end_ms') ?? 0] as const]
        : [],
    ),
  );
  const names = new Names(truncations);
  const conversation: ConversationRecord = { items: answered(items), owesReply: false };
  const isFirstUpdate = onlyOnce();
  const interrupted = new Set<string>();

  return {
    provider: openaiRealtime({ apiKey: 'sk-recorded', wallClock: () => 0, ...wishes }),
    sampleRateHz: 24_000,
    conversation,
    nameOf: (message) => stringAt(message, 'type') ?? 'without a type',
    renamed: (frame, ours) => names.renamed(frame, ours),
    leftOut: leftOutOf(steps),
    asked: (message, next, told) => {
      const type = stringAt(message, 'type') ?? '';
      if (history.includes(message)) return { ask: 'nothing' };
      if (type === 'session.update' && isFirstUpdate()) return { ask: 'nothing' };
      if (type === 'input_audio_buffer.commit' && next[0]?.['type'] !== 'response.create') {
        return { ask: 'flush' };
      }
      if (type === 'conversation.item.truncate' && interrupted.has(itemIdOf(message))) {
        return { ask: 'nothing' };
      }
      if (type === 'response.cancel' && isReplying(told)) {
        const [truncate] = next.filter((each) => each['type'] === 'conversation.item.truncate');
        const isNext = truncate !== undefined && truncate === next[0];
        if (isNext) interrupted.add(itemIdOf(truncate));
        return interruptOf(isNext ? truncate : null);
      }
      return type === 'input_audio_buffer.commit' && detects
        ? { ask: 'flush' }
        : askedBy(type, message);
    },
  };
}

/** Of a session that another client opened there is no greeting, and no answer to a configuration where it sent none. */
function leftOutOf(steps: Recording['steps']): NonNullable<Script['leftOut']> {
  const types = steps.map((step) => (step.kind === 'received' ? typeOf(step.message) : ''));
  let isGreeted = types.some((type) => GREETINGS.includes(type));
  let isUpdated = types.includes('session.updated');
  return (message, sent) => {
    const type = typeOf(message);
    if (message === null && !isGreeted) {
      isGreeted = true;
      return { type: 'session.created', session: {} };
    }
    if (!GREETINGS.includes(type) || isUpdated) return null;
    isUpdated = true;
    const asked = sent.find((each) => each['type'] === 'session.update');
    return { type: 'session.updated', session: objectAt(asked, 'session') ?? {} };
  };
}

function askedBy(type: string, message: JsonObject): Asked {
  switch (type) {
    case 'input_audio_buffer.append':
      return { ask: 'audio', bytes: Buffer.from(stringAt(message, 'audio') ?? '', 'base64') };
    case 'input_audio_buffer.commit':
      return { ask: 'order', orders: [{ kind: 'endTurn' }] };
    case 'conversation.item.create':
      return created(message);
    case 'conversation.item.truncate':
      return interruptOf(message);
    case 'response.create':
      return Object.keys(objectAt(message, 'response') ?? {}).length > 0
        ? { ask: 'unknown', what: 'response.create with settings of its own' }
        : { ask: 'order', orders: [{ kind: 'reply' }] };
    default:
      return { ask: 'unknown', what: type };
  }
}

function created(message: JsonObject): Asked {
  const item = itemOf(objectAt(message, 'item'), 0);
  const what = `conversation.item.create of ${stringAt(objectAt(message, 'item'), 'type') ?? ''}`;
  if (item === null || fieldOf(message, 'previous_item_id') != null) {
    return { ask: 'unknown', what };
  }
  if (item.kind === 'toolResult') {
    return { ask: 'order', orders: [{ kind: 'toolResult', item, name: '' }] };
  }
  if (item.kind === 'toolCall' || item.role === 'assistant') return { ask: 'unknown', what };
  return { ask: 'order', orders: [{ kind: 'message', item }] };
}

function interruptOf(truncate: JsonObject | null): Asked {
  const heardMs = numberAt(truncate, 'audio_end_ms') ?? 0;
  const ref = stringAt(truncate, 'item_id');
  return { ask: 'order', orders: [{ kind: 'interrupt', ref, heardMs }] };
}

/** Items that are created before anything is said, up to the last that only a conversation before can have led to. */
function historyIn(sent: readonly JsonObject[]): readonly JsonObject[] {
  const begin = sent.findIndex(({ type }) => type === 'session.update') + 1;
  const rest = sent.slice(begin);
  const end = rest.findIndex(({ type }) => type !== 'conversation.item.create');
  const run = end === -1 ? rest : rest.slice(0, end);
  const isOld = run.map((message) => {
    const item = objectAt(message, 'item');
    return stringAt(item, 'role') === 'assistant' || /^function_call/.test(typeOf(item));
  });
  return run.slice(0, isOld.lastIndexOf(true) + 1);
}

function itemOf(item: JsonObject | null, at: number): ConversationItem | null {
  const id = stringAt(item, 'id') ?? `ours_${at}`;
  const callId = stringAt(item, 'call_id') ?? '';
  switch (typeOf(item)) {
    case 'message': {
      const texts = objectsAt(item, 'content').map((part) =>
        /text$/.test(typeOf(part)) ? stringAt(part, 'text') : stringAt(part, 'transcript'),
      );
      if (texts.length === 0 || texts.includes(null)) return null;
      return textItem(id, (stringAt(item, 'role') ?? 'user') as Role, texts.join(''));
    }
    case 'function_call': {
      const name = stringAt(item, 'name') ?? '';
      const args = stringAt(item, 'arguments') ?? '';
      return { kind: 'toolCall', id, callId, name, arguments: args, status: 'pending' };
    }
    case 'function_call_output':
      return { kind: 'toolResult', id, callId, output: stringAt(item, 'output') ?? '' };
    default:
      return null;
  }
}

function answered(items: readonly ConversationItem[]): readonly ConversationItem[] {
  const results = items.filter((item): item is ToolResultItem => item.kind === 'toolResult');
  const calls = new Set(results.map(({ callId }) => callId));
  return items.map((item) =>
    item.kind === 'toolCall' && calls.has(item.callId) ? { ...item, status: 'answered' } : item,
  );
}

/** The options that lead to such a session; what no option says goes along as it is. */
function wishesOf(session: JsonObject | null): SessionWishes {
  const input = objectAt(objectAt(session, 'audio'), 'input');
  const voice = stringAt(objectAt(objectAt(session, 'audio'), 'output'), 'voice');
  const instructions = stringAt(session, 'instructions');
  const transcription = objectAt(input, 'transcription');
  const modalities = fieldOf(session, 'output_modalities');
  const tools = objectsAt(session, 'tools');
  const areFunctions = tools.every((tool) => typeOf(tool) === 'function');
  const wishes: SessionWishes = {
    ...(instructions === null ? {} : { instructions }),
    ...(voice === null ? {} : { voice }),
    ...(Array.isArray(modalities) ? { outputModalities: modalities as ['audio' | 'text'] } : {}),
    ...(tools.length > 0 && areFunctions ? { tools: tools.map(toolOf) } : {}),
    turnDetection: detectionOf(fieldOf(input, 'turn_detection')),
    transcription:
      transcription === null
        ? null
        : Object.fromEntries(Object.entries(transcription).filter(([, value]) => value !== null)),
  };
  return { ...wishes, session: restOf(session, sessionConfigOf(wishes)) };
}

function detectionOf(detection: unknown): TurnDetection | null {
  if (detection === null) return null;
  const createsReply = booleanAt(detection, 'create_response') ?? true;
  const interruptsReply = booleanAt(detection, 'interrupt_response') ?? true;
  const replies = { createsReply, interruptsReply };
  if (stringAt(detection, 'type') === 'semantic_vad') return { type: 'semanticVad', ...replies };
  return { type: 'serverVad', ...replies };
}

function toolOf(tool: JsonObject): Tool {
  const fields = Object.entries(tool).filter(([name]) => name !== 'type');
  return Object.fromEntries(fields) as unknown as Tool;
}

function isReplying(told: readonly ProviderEvent[]): boolean {
  const turns = told.filter(({ kind }) => /^(reply(Started|Ended)|interrupted)$/.test(kind));
  return turns.at(-1)?.kind === 'replyStarted';
}

function typeOf(value: JsonObject | null): string {
  return stringAt(value, 'type') ?? '';
}

function itemIdOf(message: JsonObject): string {
  return stringAt(message, 'item_id') ?? '';
}

function onlyOnce(): () => boolean {
  let count = 0;
  return () => (count += 1) === 1;
}

/** The recorded client left it to the service to name items; ours names them, and the service would have kept to it. */
class Names {
  readonly #truncations: ReadonlyMap<string, number>;
  readonly #ours = new Map<string, string>();
  readonly #padded = new Set<string>();

  constructor(truncations: ReadonlyMap<string, number>) {
    this.#truncations = truncations;
  }

  renamed(frame: Frame, sent: readonly JsonObject[]): Frame {
    const message = objectIn(frame);
    if (message === null || typeof frame !== 'string') return frame;
    const type = typeOf(message);
    if (/^conversation\.item\.(added|created)$/.test(type)) {
      this.#match(objectAt(message, 'item'), sent);
    }
    let text = JSON.stringify(this.#asLongAsHeard(type, message));
    for (const [theirs, ours] of this.#ours) text = text.replaceAll(`"${theirs}"`, `"${ours}"`);
    return text;
  }

  #match(item: JsonObject | null, sent: readonly JsonObject[]): void {
    const id = stringAt(item, 'id') ?? '';
    if (id === '' || this.#ours.has(id)) return;
    const taken = new Set(this.#ours.values());
    const ours = sent
      .map((message) => objectAt(message, 'item'))
      .find(
        (each) => !taken.has(stringAt(each, 'id') ?? '') && signatureOf(each) === signatureOf(item),
      );
    const named = stringAt(ours, 'id');
    if (named !== null) this.#ours.set(id, named);
  }

  /** Recordings keep the first bytes of sound only; what was heard of it was there. */
  #asLongAsHeard(type: string, message: JsonObject): JsonObject {
    const heardMs = this.#truncations.get(itemIdOf(message));
    const isFirst = !this.#padded.has(itemIdOf(message));
    if (type !== 'response.output_audio.delta' || heardMs === undefined || !isFirst) return message;
    this.#padded.add(itemIdOf(message));
    return { ...message, delta: toBase64(new Uint8Array((heardMs + 1_000) * BYTES_PER_MS)) };
  }
}

function signatureOf(item: JsonObject | null): string {
  const texts = objectsAt(item, 'content').map((part) => stringAt(part, 'text'));
  return JSON.stringify([typeOf(item), stringAt(item, 'role'), stringAt(item, 'call_id'), texts]);
}
