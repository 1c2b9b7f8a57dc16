/** What the frames of Gemini Live say by themselves. */
import type { Played } from './recordings-player.ts';
import type { Recording } from './recordings-reader.ts';
import { camelCased } from './recordings-shape.ts';
import { fieldOf, objectAt, objectsAt, stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';
import { differences, eventsOf, receivedIn } from './recordings-told.ts';

const PCM = /^audio\/(pcm|l16)\b/i;

export function geminiProblems(recording: Recording, played: Played): readonly string[] {
  const messages = receivedIn(recording);
  const contents = membersOf(messages, 'serverContent');
  const setup = setupIn(recording);
  const having = (name: string): number =>
    messages.filter((message) => objectAt(message, name) !== null).length;
  const ids = messages.map((message) => fieldOf(objectAt(message, 'toolCallCancellation'), 'ids'));
  const count = (kind: Parameters<typeof eventsOf>[1]): number => eventsOf(played, kind).length;
  return [
    ...differences('setupComplete', true, having('setupComplete') === 0 || count('configured') > 0),
    ...differences('goAway', having('goAway'), count('endAnnounced')),
    ...differences(
      'interrupted',
      contents.filter((content) => content['interrupted'] === true).length,
      count('interrupted'),
    ),
    ...differences(
      'toolCallCancellation',
      ids.filter((list) => Array.isArray(list) && list.length > 0).length,
      count('toolCallsCancelled'),
    ),
    ...differences(
      'handles',
      setup?.['sessionResumption'] === undefined ? [] : handlesIn(messages),
      eventsOf(played, 'handleOffered').map(({ handle }) => handle),
    ),
    ...heardProblems(contents, played),
    ...saidProblems(contents, isText(setup), played),
    ...callProblems(messages, played),
    ...endProblems(messages, played),
  ];
}

function setupIn({ steps }: Recording): JsonObject | null {
  const sent = steps.flatMap((step) => (step.kind === 'sent' ? [step.message] : []));
  const [setup = null] = membersOf(sent.map(camelCased), 'setup');
  return setup;
}

function membersOf(messages: readonly unknown[], name: string): readonly JsonObject[] {
  return messages.map((message) => objectAt(message, name)).filter((member) => member !== null);
}

function isText(setup: JsonObject | null): boolean {
  const modalities = fieldOf(objectAt(setup, 'generationConfig'), 'responseModalities');
  return Array.isArray(modalities) && modalities.includes('TEXT');
}

function handlesIn(messages: readonly JsonObject[]): readonly unknown[] {
  return messages
    .map((message) => objectAt(message, 'sessionResumptionUpdate'))
    .filter((update) => update?.['resumable'] === true && (update['newHandle'] ?? '') !== '')
    .map((update) => update?.['newHandle']);
}

/** Without its spaces: turns are told without those at their ends. */
function heardProblems(contents: readonly JsonObject[], played: Played): readonly string[] {
  const pieces = contents.map((content) =>
    stringAt(objectAt(content, 'inputTranscription'), 'text'),
  );
  const told = new Map<string, string>();
  for (const item of eventsOf(played, 'item')) {
    if (item.role === 'user' && item.text !== undefined) told.set(item.ref, item.text);
  }
  const finals = eventsOf(played, 'transcript').filter(({ isFinal }) => isFinal);
  const heard = bare(pieces.join(''));
  const final = bare(finals.map(({ text }) => text).join(''));
  return [
    ...differences('transcript of what was heard', heard, bare([...told.values()].join(''))),
    ...(heard.startsWith(final) ? [] : [`finals of ${final}, where ${heard} was heard`]),
  ];
}

function saidProblems(
  contents: readonly JsonObject[],
  speaksText: boolean,
  played: Played,
): readonly string[] {
  let text = '';
  let soundBytes = 0;
  for (const content of contents) {
    for (const part of partsOf(content)) {
      if (speaksText) text += stringAt(part, 'text') ?? '';
      soundBytes += bytesIn(part);
    }
    text += stringAt(objectAt(content, 'outputTranscription'), 'text') ?? '';
  }
  const told = eventsOf(played, 'replyText').map(({ delta }) => delta);
  const sound = eventsOf(played, 'audio').reduce((sum, { bytes }) => sum + bytes.length, 0);
  return [
    ...differences('transcript of what was said', text, told.join('')),
    ...differences('bytes of sound', soundBytes, sound),
  ];
}

function callProblems(messages: readonly JsonObject[], played: Played): readonly string[] {
  const seen = new Set<unknown>();
  const expected = messages.flatMap(callsIn).filter(({ id }) => {
    const isNew = id === undefined || !seen.has(id);
    seen.add(id);
    return isNew;
  });
  const told = eventsOf(played, 'toolCall');
  return differences(
    'tool calls',
    expected.map(({ id, name, args }) => [id ?? null, name, args ?? {}]),
    told.map(({ callId, name, arguments: args }, at) => [
      expected[at]?.['id'] === undefined ? null : callId,
      name,
      JSON.parse(args) as unknown,
    ]),
  );
}

function callsIn(message: JsonObject): readonly JsonObject[] {
  const parts = partsOf(objectAt(message, 'serverContent'));
  const calls = objectsAt(objectAt(message, 'toolCall'), 'functionCalls');
  return [...membersOf(parts, 'functionCall'), ...calls];
}

/** An answer ends once, whichever of its endings come; words alone after the first of them may be its last. */
function endProblems(messages: readonly JsonObject[], played: Played): readonly string[] {
  const calls = new Set<unknown>();
  let least = 0;
  let most = 0;
  let hasContent = false;
  let hasWords = false;
  for (const message of messages) {
    const content = objectAt(message, 'serverContent');
    const fresh = callsIn(message).filter(({ id }) => id === undefined || !calls.has(id));
    for (const { id } of fresh) calls.add(id);
    const said = stringAt(objectAt(content, 'outputTranscription'), 'text') ?? '';
    if (fresh.length > 0 || partsOf(content).some((part) => bytesIn(part) > 0)) hasContent = true;
    if (said !== '' || partsOf(content).some((part) => 'text' in part)) hasWords = true;
    const isEnd = ['generationComplete', 'turnComplete', 'interrupted'].some(
      (name) => content?.[name] === true,
    );
    if (!isEnd) continue;
    if (hasContent) least += 1;
    if (hasContent || hasWords) most += 1;
    [hasContent, hasWords] = [false, false];
  }
  const ended = eventsOf(played, 'replyEnded').length;
  return ended >= least && ended <= most
    ? []
    : [`${ended} answers have ended, and there were ${least} to ${most}`];
}

/** Not what the model only thinks. */
function partsOf(content: JsonObject | null): readonly JsonObject[] {
  const parts = objectsAt(objectAt(content, 'modelTurn'), 'parts');
  return parts.filter((part) => part['thought'] !== true);
}

function bytesIn(part: JsonObject): number {
  const data = objectAt(part, 'inlineData');
  if (data === null || !PCM.test(stringAt(data, 'mimeType') ?? 'audio/pcm')) return 0;
  return Math.floor(Buffer.from(stringAt(data, 'data') ?? '', 'base64').length / 2) * 2;
}

function bare(text: string): string {
  return text.replace(/\s/g, '');
}
