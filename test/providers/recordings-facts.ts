/**
 * What a recording says by itself, read from its frames without the adapter's help, and what the adapter made of it that is
 * otherwise. An adapter that reads nothing has a problem here.
 */
import type { Played } from './recordings-player.ts';
import type { Recording } from './recordings-reader.ts';
import { geminiProblems } from './recordings-facts-gemini.ts';
import { openaiProblems } from './recordings-facts-openai.ts';
import {
  booleanAt,
  fieldOf,
  numberAt,
  objectAt,
  objectsAt,
  stringAt,
} from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';
import { differences, eventsOf, receivedIn } from './recordings-told.ts';

/** One line for each thing that is otherwise. */
type Problems = (recording: Recording, played: Played) => readonly string[];

const BY_SERVICE: Readonly<Record<string, Problems>> = {
  openai: openaiProblems,
  gemini: geminiProblems,
  listen: listenProblems,
  flux: fluxProblems,
  speak: speakProblems,
  whisper: whisperProblems,
};

export function problemsIn(service: string | null, recording: Recording, played: Played) {
  return BY_SERVICE[service ?? '']?.(recording, played) ?? [];
}

/** Times are 32-bit floats: to 5 ms. */
const TOLERANCE_MS = 5;

const typed = (recording: Recording, type: string): readonly JsonObject[] =>
  receivedIn(recording).filter((message) => message['type'] === type);

function listenProblems(recording: Recording, played: Played): readonly string[] {
  const rate = numberAt(recording.query, 'sample_rate') ?? 16_000;
  const results = typed(recording, 'Results').map((message) => {
    const alternative = objectsAt(objectAt(message, 'channel'), 'alternatives')[0];
    const startMs = (numberAt(message, 'start') ?? 0) * 1_000;
    return {
      text: stringAt(alternative, 'transcript') ?? '',
      words: objectsAt(alternative, 'words').map((word) => fieldOf(word, 'word')).length,
      isFinal: booleanAt(message, 'is_final') === true,
      range: [startMs, startMs + (numberAt(message, 'duration') ?? 0) * 1_000].map(rounded),
    };
  });
  const told = eventsOf(played, 'transcript').map((event) => ({
    text: event.text,
    words: event.words.length,
    isFinal: event.isFinal,
    range: [event.startSample, event.endSample].map((at) => rounded((at / rate) * 1_000)),
  }));
  const goodbye = recording.steps.findIndex(
    (step) => step.kind === 'sent' && step.message['type'] === 'CloseStream',
  );
  const isDone = recording.steps.some(
    (step, at) =>
      goodbye !== -1 && at > goodbye && step.kind === 'received' && isOf(step.message, 'Metadata'),
  );
  return [
    ...differences('Results', results, told),
    ...differences(
      'SpeechStarted',
      typed(recording, 'SpeechStarted').length,
      eventsOf(played, 'speechStarted').length,
    ),
    ...differences('Metadata', isDone, eventsOf(played, 'finished').length > 0),
  ];
}

/** Every turn whose end was told, once, with its last text; where it ends to 5 ms. */
function fluxProblems(recording: Recording, played: Played): readonly string[] {
  const rate = numberAt(recording.query, 'sample_rate') ?? 16_000;
  const ends = new Map<number, JsonObject>();
  const begun = new Set<number>();
  let newest = -1;
  for (const message of typed(recording, 'TurnInfo')) {
    const index = numberAt(message, 'turn_index') ?? 0;
    const isStale = index < newest || ends.has(index);
    newest = Math.max(newest, index);
    if (isStale) continue;
    if ((stringAt(message, 'transcript') ?? '') !== '') begun.add(index);
    if (message['event'] === 'StartOfTurn') begun.add(index);
    if (message['event'] === 'EndOfTurn') ends.set(index, message);
  }
  const expected = [...ends.values()].map((message) => ({
    text: stringAt(message, 'transcript') ?? '',
    endMs: rounded((numberAt(message, 'audio_window_end') ?? 0) * 1_000),
    words: objectsAt(message, 'words').length,
  }));
  const finals = eventsOf(played, 'transcript').filter(({ isFinal }) => isFinal);
  const told = finals.map(({ text, endSample, words }) => ({
    text,
    endMs: rounded((endSample / rate) * 1_000),
    words: words.length,
  }));
  // A turn that was broken off may be told as well.
  const kept = told.filter((final) => expected.some((each) => isSame(each, final)));
  return [
    ...differences('EndOfTurn', expected, kept),
    ...differences('turns begun', begun.size, eventsOf(played, 'speechStarted').length),
    ...differences(
      'Connected',
      typed(recording, 'Connected').length > 0,
      typed(recording, 'Connected').length > 0 && eventsOf(played, 'configured').length > 0,
    ),
  ];
}

/** What sounded for a text that was sent, but for what came after `Clear`; and how many texts were confirmed. */
function speakProblems({ steps }: Recording, played: Played): readonly string[] {
  let waiting = 0;
  let isCleared = false;
  let bytes = 0;
  let confirmed = 0;
  let odd = 0;
  for (const step of steps) {
    const type = step.kind === 'sent' || step.kind === 'received' ? step.message?.['type'] : null;
    if (type === 'Speak') waiting += 1;
    if (type === 'Clear' && waiting > 0) [isCleared, waiting] = [true, 0];
    if (type === 'Cleared') isCleared = false;
    if (type === 'Cleared' || type === 'Flushed') odd = 0;
    if (type === 'Flushed' && waiting > 0 && !isCleared) {
      waiting -= 1;
      confirmed += 1;
    }
    const isSound = step.kind === 'received' && step.message === null;
    if (!isSound || typeof step.frame === 'string' || waiting === 0 || isCleared) continue;
    const whole = odd + step.frame.length;
    odd = whole % 2;
    bytes += whole - odd;
  }
  const told = eventsOf(played, 'audio').reduce((sum, event) => sum + event.bytes.length, 0);
  return [
    ...differences('bytes of sound', bytes, told),
    ...differences('Flushed', confirmed, eventsOf(played, 'spoken').length),
  ];
}

/** All words of the segments, told or dropped for a reason. */
function whisperProblems(recording: Recording, played: Played): readonly string[] {
  const expected = receivedIn(recording).flatMap((message) => {
    const segments = objectsAt(message, 'segments');
    const holders = segments.length > 0 ? segments : [message];
    return holders.flatMap((holder) => wordsIn(stringAt(holder, 'text') ?? ''));
  });
  const told = played.events.flatMap((event) =>
    event.kind === 'dropped' || (event.kind === 'transcript' && event.isFinal)
      ? wordsIn(event.text)
      : [],
  );
  return differences('words', [...expected].sort(), [...told].sort());
}

function wordsIn(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

function isOf(message: JsonObject | null, type: string): boolean {
  return stringAt(message, 'type') === type;
}

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function rounded(ms: number): number {
  return Math.round(ms / TOLERANCE_MS);
}
