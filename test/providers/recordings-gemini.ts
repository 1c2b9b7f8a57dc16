/** A recorded socket of Gemini Live in our adapter's hands. */
import type { Asked, Script } from './recordings-player.ts';
import type { Recording } from './recordings-reader.ts';
import { textItem, unlessSaid } from './recordings-items.ts';
import { camelCased } from './recordings-shape.ts';
import type { Tool } from '../../src/ports/conversation.ts';
import { NO_CONVERSATION } from '../../src/ports/conversation.ts';
import type { Order, ProviderEvent } from '../../src/providers/contract.ts';
import { geminiLive } from '../../src/providers/gemini-live/gemini-live.ts';
import type { GeminiLiveOptions } from '../../src/providers/gemini-live/gemini-live.ts';
import { setupOf } from '../../src/providers/gemini-live/setup.ts';
import {
  booleanAt,
  fieldOf,
  objectAt,
  objectsAt,
  stringAt,
} from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export function geminiScript({ steps }: Recording): Script {
  const sent = steps
    .flatMap((step) => (step.kind === 'sent' ? [step.message] : []))
    .map((message) => camelCased(message) as JsonObject);
  const setup = objectAt(
    sent.find((message) => objectAt(message, 'setup') !== null),
    'setup',
  );
  const options = optionsOf(setup);
  const isManual = options.automaticActivityDetection === false;
  const history = historyIn(sent);
  const turns = objectsAt(objectAt(history, 'clientContent'), 'turns');
  const items = turns.map((turn, at) =>
    textItem(`ours_${at}`, stringAt(turn, 'role') === 'model' ? 'assistant' : 'user', textOf(turn)),
  );
  const owesReply = booleanAt(objectAt(history, 'clientContent'), 'turnComplete') === true;
  let at = 0;

  return {
    provider: geminiLive({ apiKey: 'AIza-recorded', ...options }),
    sampleRateHz: 16_000,
    conversation: history === null ? NO_CONVERSATION : { items, owesReply },
    handle: stringAt(objectAt(setup, 'sessionResumption'), 'handle'),
    nameOf,
    split,
    leftOut: unlessSaid(steps, (message) => objectAt(message, 'setupComplete') !== null, {
      setupComplete: {},
    }),
    asked: (_message, _next, told) => {
      const message = sent[at] ?? {};
      at += 1;
      return message === history ? { ask: 'nothing' } : askedBy(message, isManual, told);
    },
  };
}

function askedBy(message: JsonObject, isManual: boolean, told: readonly ProviderEvent[]): Asked {
  if (objectAt(message, 'setup') !== null) return { ask: 'nothing' };
  const content = objectAt(message, 'clientContent');
  if (content !== null) return written(content);
  const response = objectAt(message, 'toolResponse');
  if (response !== null) {
    const orders = objectsAt(response, 'functionResponses').map((each) => resultOf(each, told));
    return { ask: 'order', orders };
  }
  const input = objectAt(message, 'realtimeInput');
  const audio = objectAt(input, 'audio');
  if (audio !== null) {
    return { ask: 'audio', bytes: Buffer.from(stringAt(audio, 'data') ?? '', 'base64') };
  }
  if (isManual && objectAt(input, 'activityStart') !== null) return { ask: 'nothing' };
  if (isManual && objectAt(input, 'activityEnd') !== null) {
    return { ask: 'order', orders: [{ kind: 'endTurn' }] };
  }
  if (!isManual && booleanAt(input, 'audioStreamEnd') === true) return { ask: 'flush' };
  return { ask: 'unknown', what: nameOf(message) };
}

function written(content: JsonObject): Asked {
  const turns = objectsAt(content, 'turns');
  const isComplete = booleanAt(content, 'turnComplete') === true;
  const reply: readonly Order[] = isComplete ? [{ kind: 'reply' }] : [];
  if (turns.length === 0 && isComplete) return { ask: 'order', orders: reply };
  const [turn] = turns;
  const isPlain = turns.length === 1 && stringAt(turn, 'role') !== 'model' && isText(turn);
  if (turn === undefined || !isPlain) return { ask: 'unknown', what: 'clientContent of this kind' };
  const item = textItem('typed', 'user', textOf(turn));
  return {
    ask: 'order',
    orders: [{ kind: 'message', item, replyFollows: isComplete }, ...reply],
  };
}

/** What is written before anything else, of both sides or of several turns. */
function historyIn(sent: readonly JsonObject[]): JsonObject | null {
  const first = sent.find((message) => objectAt(message, 'setup') === null);
  const content = objectAt(first, 'clientContent');
  const turns = objectsAt(content, 'turns');
  const isOfBoth = turns.some((turn) => stringAt(turn, 'role') === 'model');
  const isSeveral = turns.length > 1 && booleanAt(content, 'turnComplete') !== true;
  return (isOfBoth || isSeveral) && turns.every(isText) ? (first ?? null) : null;
}

function resultOf(response: JsonObject, told: readonly ProviderEvent[]): Order {
  const name = stringAt(response, 'name') ?? '';
  const call = [...told]
    .reverse()
    .find((event) => event.kind === 'toolCall' && event.name === name);
  const known = call?.kind === 'toolCall' ? call.callId : '';
  const callId = stringAt(response, 'id') ?? known;
  const output = JSON.stringify(objectAt(response, 'response'));
  return { kind: 'toolResult', name, item: { kind: 'toolResult', id: 'result', callId, output } };
}

/** The options that lead to such a setup; what no option says goes along as it is. */
function optionsOf(setup: JsonObject | null): Omit<GeminiLiveOptions, 'apiKey'> {
  const generation = objectAt(setup, 'generationConfig');
  const voice = stringAt(
    objectAt(objectAt(objectAt(generation, 'speechConfig'), 'voiceConfig'), 'prebuiltVoiceConfig'),
    'voiceName',
  );
  const instructions = objectAt(setup, 'systemInstruction');
  const modalities = fieldOf(generation, 'responseModalities');
  const tools = objectsAt(setup, 'tools').flatMap((tool) =>
    objectsAt(tool, 'functionDeclarations'),
  );
  const detection = objectAt(objectAt(setup, 'realtimeInputConfig'), 'automaticActivityDetection');
  const compression = objectAt(setup, 'contextWindowCompression');
  const options: Omit<GeminiLiveOptions, 'apiKey'> = {
    model: stringAt(setup, 'model') ?? 'unknown',
    ...(instructions === null ? {} : { instructions: textOf(instructions) }),
    ...(voice === null ? {} : { voice }),
    ...(Array.isArray(modalities) ? { responseModalities: modalities as ['AUDIO'] } : {}),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolOf) }),
    ...(detection === null
      ? {}
      : {
          automaticActivityDetection: booleanAt(detection, 'disabled') === true ? false : detection,
        }),
    resumption: objectAt(setup, 'sessionResumption') !== null,
    contextCompression: compression === null ? false : compressionOf(compression),
    inputTranscription: objectAt(setup, 'inputAudioTranscription') !== null,
    outputTranscription: objectAt(setup, 'outputAudioTranscription') !== null,
  };
  return { ...options, setup: restOf(setup, setupOf({ apiKey: '', ...options }, null)) };
}

/** What our setup has not, or has less of. */
function restOf(setup: JsonObject | null, ours: object): JsonObject {
  const known = new Map(Object.entries(ours));
  const rest = Object.entries(setup ?? {}).filter(([name, value]) => {
    if (name === 'sessionResumption') return false;
    const mine = known.get(name) as unknown;
    const isWhole = typeof value !== 'object' || value === null || Array.isArray(value);
    return mine === undefined || (!isWhole && lacks(mine, value as JsonObject));
  });
  return Object.fromEntries(rest);
}

function lacks(mine: unknown, theirs: JsonObject): boolean {
  return Object.keys(theirs).some((key) => fieldOf(mine, key) === undefined);
}

function compressionOf(
  compression: JsonObject,
): NonNullable<GeminiLiveOptions['contextCompression']> {
  const triggerTokens = Number(fieldOf(compression, 'triggerTokens') ?? Number.NaN);
  const targetTokens = Number(
    fieldOf(objectAt(compression, 'slidingWindow'), 'targetTokens') ?? Number.NaN,
  );
  return {
    ...(Number.isNaN(triggerTokens) ? {} : { triggerTokens }),
    ...(Number.isNaN(targetTokens) ? {} : { targetTokens }),
  };
}

function toolOf(declaration: JsonObject): Tool {
  const { name, description, parameters } = declaration;
  return {
    name: String(name),
    ...(typeof description === 'string' ? { description } : {}),
    ...(typeof parameters === 'object'
      ? { parameters: parameters as Record<string, unknown> }
      : {}),
  };
}

/** `realtimeInput.audio`, `clientContent`: the parts of one message may as well come in two. */
function nameOf(message: JsonObject): string {
  const [member = 'nothing'] = Object.keys(camelCased(message) as JsonObject);
  const input = objectAt(camelCased(message), 'realtimeInput');
  return input === null ? member : `realtimeInput.${Object.keys(input).join('+')}`;
}

function split(message: JsonObject): readonly JsonObject[] {
  const camel = camelCased(message) as JsonObject;
  const input = objectAt(camel, 'realtimeInput');
  const responses = objectsAt(objectAt(camel, 'toolResponse'), 'functionResponses');
  if (input !== null) {
    return Object.entries(input).map(([name, value]) => ({ realtimeInput: { [name]: value } }));
  }
  if (responses.length < 2) return [camel];
  return responses.map((each) => ({ toolResponse: { functionResponses: [each] } }));
}

function isText(turn: JsonObject | undefined): boolean {
  const parts = objectsAt(turn, 'parts');
  return parts.length > 0 && parts.every((part) => stringAt(part, 'text') !== null);
}

function textOf(holder: JsonObject): string {
  const parts = objectsAt(holder, 'parts');
  return parts.map((part) => stringAt(part, 'text') ?? '').join('');
}
