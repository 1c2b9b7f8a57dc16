/** What the frames of OpenAI Realtime say by themselves. */
import type { Played } from './recordings-player.ts';
import type { Recording } from './recordings-reader.ts';
import { textOf } from '../../src/providers/openai-realtime/replies.ts';
import { fieldOf, objectAt, stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';
import { differences, eventsOf, receivedIn } from './recordings-told.ts';

interface Said {
  text: string;
  soundBytes: number;
  /** As the service gave it at the end. */
  whole: string | null;
  readonly response: string;
}

const HEARD = 'conversation.item.input_audio_transcription';

export function openaiProblems(recording: Recording, played: Played): readonly string[] {
  const messages = receivedIn(recording);
  const starts = messages.flatMap((message) =>
    /speech_started|timeout_triggered/.test(typeOf(message)) ? [message['item_id']] : [],
  );
  const replies = repliesIn(messages);
  const isConfigured = messages.some((message) => typeOf(message) === 'session.updated');
  return [
    ...differences(
      'session.updated',
      true,
      !isConfigured || eventsOf(played, 'configured').length > 0,
    ),
    ...differences(
      'speech_started',
      new Set(starts).size,
      eventsOf(played, 'speechStarted').length,
    ),
    ...differences('response.created', replies.begun, eventsOf(played, 'replyStarted').length),
    ...differences(
      'response.done',
      replies.ends,
      eventsOf(played, 'replyEnded').map((e) => e.status),
    ),
    ...differences('failed answers', true, eventsOf(played, 'failed').length >= replies.failed),
    ...heardProblems(messages, played),
    ...saidProblems(recording, played),
    ...callProblems(recording, played),
  ];
}

function repliesIn(messages: readonly JsonObject[]) {
  const ends: string[] = [];
  let begun = 0;
  let failed = 0;
  let active: unknown = null;
  for (const message of messages) {
    const response = objectAt(message, 'response');
    if (typeOf(message) === 'response.created') {
      begun += 1;
      active = response?.['id'] ?? '';
    }
    const isEnd = typeOf(message) === 'response.done' && active !== null;
    if (!isEnd || (active !== response?.['id'] && response?.['id'] !== undefined)) continue;
    active = null;
    const status = stringAt(response, 'status') ?? 'completed';
    ends.push(status === 'cancelled' ? 'interrupted' : status);
    if (status === 'failed') failed += 1;
  }
  return { begun, ends, failed };
}

/** What was heard, of every committed turn before which none is still waited for. */
function heardProblems(messages: readonly JsonObject[], played: Played): readonly string[] {
  const texts = new Map<unknown, string>();
  for (const message of messages) {
    const type = typeOf(message);
    if (type === `${HEARD}.completed`) {
      texts.set(message['item_id'], stringAt(message, 'transcript') ?? '');
    } else if (type === `${HEARD}.failed`) texts.set(message['item_id'], '');
  }
  const committed = messages
    .filter((message) => typeOf(message) === 'input_audio_buffer.committed')
    .map((message) => message['item_id']);
  const open = committed.findIndex((id) => !texts.has(id));
  const due = [...new Set(open === -1 ? committed : committed.slice(0, open))]
    .map((id) => [id, texts.get(id)])
    .filter(([, text]) => text !== '');
  const told = new Map(
    eventsOf(played, 'item').flatMap((item) =>
      item.role === 'user' && item.text !== undefined ? [[item.ref, item.text] as const] : [],
    ),
  );
  return differences(
    'transcripts of what was heard',
    due,
    due.map(([id]) => [id, told.get(String(id))]),
  );
}

/** What was said, item by item; of one that was cut off no more than there was. */
function saidProblems(recording: Recording, played: Played): readonly string[] {
  const { items, cut, truncated } = saidIn(recording);
  const problems: string[] = [];
  for (const [ref, expected] of items) {
    const text = eventsOf(played, 'replyText')
      .filter((event) => event.ref === ref)
      .map(({ delta }) => delta)
      .join('');
    const soundBytes = eventsOf(played, 'audio')
      .filter((event) => event.ref === ref)
      .reduce((sum, { bytes }) => sum + bytes.length, 0);
    const last = eventsOf(played, 'item').reduce<string | null>(
      (text, item) => (item.ref === ref ? (item.text ?? text) : text),
      null,
    );
    if (cut.has(expected.response) || truncated.has(ref)) {
      if (!expected.text.startsWith(text)) problems.push(`${ref}: told what was not said`);
      continue;
    }
    const { whole } = expected;
    problems.push(
      ...differences(`the text of ${ref}`, expected.text, text),
      ...differences(`the bytes of ${ref}`, expected.soundBytes, soundBytes),
      ...(whole === null ? [] : differences(`the whole of ${ref}`, whole, last)),
    );
  }
  return problems;
}

function saidIn({ steps }: Recording) {
  const items = new Map<string, Said>();
  const cut = new Set<string>();
  const truncated = new Set<string>();
  let active = '';
  for (const step of steps) {
    if (step.kind !== 'sent' && step.kind !== 'received') continue;
    const { message } = step;
    const type = stringAt(message, 'type') ?? '';
    const response = objectAt(message, 'response');
    const ref = stringAt(message, 'item_id') ?? '';
    if (type === 'response.created') active = stringAt(response, 'id') ?? '';
    // Who speaks into an answer does not hear the rest of it.
    if (/speech_started|timeout_triggered|^response\.cancel$/.test(type)) cut.add(active);
    if (type === 'conversation.item.truncate') truncated.add(ref);
    if (type === 'response.done') {
      if (stringAt(response, 'status') !== 'completed') cut.add(stringAt(response, 'id') ?? active);
      active = '';
    }
    if (message !== null) addTo(items, message, active);
  }
  cut.delete('');
  return { items, cut, truncated };
}

function addTo(items: Map<string, Said>, message: JsonObject, active: string): void {
  const type = typeOf(message);
  if (type === 'response.output_item.done') {
    const item = objectAt(message, 'item');
    const known = items.get(stringAt(item, 'id') ?? '');
    const isWhole = stringAt(item, 'status') === 'completed' && textOf(item) !== '';
    if (known !== undefined && isWhole) known.whole = textOf(item);
  }
  const [, what] = /^response\.output_(audio|text|audio_transcript)\.delta$/.exec(type) ?? [];
  const delta = stringAt(message, 'delta');
  if (what === undefined || delta === null) return;
  const ref = stringAt(message, 'item_id') ?? '';
  const response = stringAt(message, 'response_id') ?? active;
  const said = items.get(ref) ?? { text: '', soundBytes: 0, whole: null, response };
  items.set(ref, said);
  if (what !== 'audio') said.text += delta;
  else said.soundBytes += Math.floor(Buffer.from(delta, 'base64').length / 2) * 2;
}

function callProblems({ steps }: Recording, played: Played): readonly string[] {
  const names = new Map<unknown, unknown>();
  const ours = new Set<unknown>();
  const expected = new Map<unknown, readonly unknown[]>();
  for (const step of steps) {
    if (step.kind !== 'sent' && step.kind !== 'received') continue;
    const item = objectAt(step.message, 'item');
    if (stringAt(item, 'type') === 'function_call') {
      if (step.kind === 'sent') ours.add(fieldOf(item, 'call_id'));
      names.set(fieldOf(item, 'id'), fieldOf(item, 'name'));
    }
    const isDone = stringAt(step.message, 'type') === 'response.function_call_arguments.done';
    if (step.kind === 'sent' || step.message === null || !isDone) continue;
    const name = step.message['name'] ?? names.get(step.message['item_id']);
    const id = step.message['call_id'];
    const isDue = name !== undefined && !ours.has(id) && !expected.has(id);
    if (isDue) expected.set(id, [name, step.message['arguments']]);
  }
  const told = eventsOf(played, 'toolCall');
  const due = [...expected].map(([id, call]) => [id, ...call]);
  return differences(
    'tool calls',
    due,
    due.map(([id]) => {
      const found = told.filter(({ callId }) => callId === id);
      return [id, ...found.flatMap((call) => [call.name, call.arguments])];
    }),
  );
}

function typeOf(message: JsonObject): string {
  return stringAt(message, 'type') ?? '';
}
