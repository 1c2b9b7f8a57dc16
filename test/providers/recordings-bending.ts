/** What becomes of recorded frames on other days: in other pieces, another order, another kind of frame, with more or less in them. */
import fc from 'fast-check';

import type { RecordedStep, Recording } from './recordings-reader.ts';
import { isObject, stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

type Received = Extract<RecordedStep, { kind: 'received' }>;

function receivedOf(message: JsonObject): Received {
  return { kind: 'received', frame: JSON.stringify(message), message };
}

/** One frame with several members as several frames, in the order of the members. */
export function splitMembers({ steps, ...recording }: Recording): Recording {
  const split = steps.flatMap((step): RecordedStep[] => {
    const content = step.kind === 'received' ? step.message?.['serverContent'] : undefined;
    if (!isObject(content) || Object.keys(content).length < 2) return [step];
    return Object.entries(content).map(([name, value]) =>
      receivedOf({ serverContent: { [name]: value } }),
    );
  });
  return { ...recording, steps: split };
}

/** The same frames as bytes. */
export function asBytes({ steps, ...recording }: Recording): Recording {
  const bytes = steps.map((step): RecordedStep => {
    if (step.kind !== 'received' || typeof step.frame !== 'string') return step;
    return { ...step, frame: new TextEncoder().encode(step.frame) };
  });
  return { ...recording, steps: bytes };
}

/** What was said is written down later than it was, or sooner, but never before the turn is there. */
export function delayTranscription(recording: Recording, delays: readonly number[]): Recording {
  const isPiece = (step: RecordedStep): boolean =>
    step.kind === 'received' &&
    (stringAt(step.message, 'type') ?? '').includes('input_audio_transcription');
  const pieces = recording.steps.filter(isPiece);
  const others = recording.steps.filter((step) => !isPiece(step));
  const first = recording.steps.findIndex(isPiece);
  const steps = others.slice(0, first);
  let left = pieces;
  for (const [at, step] of others.slice(first).entries()) {
    const count = (delays[at % delays.length] ?? 0) % 3;
    steps.push(...left.slice(0, count), step);
    left = left.slice(count);
  }
  return { ...recording, steps: [...steps, ...left] };
}

type Bend = (
  steps: readonly RecordedStep[],
  at: number,
  value: unknown,
  name: string,
) => readonly RecordedStep[];

const BENDS: readonly Bend[] = [
  // Twice, not at all, and before the one before it.
  (steps, at) => [...steps.slice(0, at + 1), ...steps.slice(at)],
  (steps, at) => [...steps.slice(0, at), ...steps.slice(at + 1)],
  (steps, at) => [
    ...steps.slice(0, Math.max(0, at - 1)),
    ...steps.slice(Math.max(0, at - 1), at + 1).reverse(),
    ...steps.slice(at + 1),
  ],
  // Cut off, in bytes, of another type, without a field, with a field of another kind, and with one more.
  (steps, at) => withFrame(steps, at, (text) => text.slice(0, text.length / 2)),
  (steps, at) => withFrame(steps, at, (text) => new TextEncoder().encode(text)),
  (steps, at) => withField(steps, at, 'type', 'something.new'),
  (steps, at, _value, name) => withField(steps, at, name, undefined),
  (steps, at, value, name) => withField(steps, at, name, value),
  (steps, at, value) => withField(steps, at, '__proto__', { polluted: value }),
];

const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(-1, 1e300),
  fc.constantFrom('', 'x'.repeat(500)),
);

/** A recording of these in which a few things are otherwise. */
export function bentOf(recordings: readonly Recording[]): fc.Arbitrary<Recording> {
  return fc
    .tuple(
      fc.constantFrom(...recordings),
      fc.array(fc.tuple(fc.constantFrom(...BENDS), fc.nat(), value, fc.constantFrom(...NAMES)), {
        maxLength: 12,
      }),
    )
    .map(([recording, bends]) => {
      let steps = recording.steps;
      for (const [bend, at, with_, name] of bends) {
        if (steps.length > 0) steps = bend(steps, at % steps.length, with_, name);
      }
      return { ...recording, steps };
    });
}

function withFrame(
  steps: readonly RecordedStep[],
  at: number,
  change: (text: string) => string | Uint8Array,
): readonly RecordedStep[] {
  return steps.map((step, index) =>
    index === at && step.kind === 'received' && typeof step.frame === 'string'
      ? { ...step, frame: change(step.frame) }
      : step,
  );
}

/** Every field of that name in the frame, or where there is none a field of the frame's own. */
function withField(
  steps: readonly RecordedStep[],
  at: number,
  name: string,
  field: unknown,
): readonly RecordedStep[] {
  return withFrame(steps, at, (text) => {
    const json = field === undefined ? null : JSON.stringify(field);
    if (name === '__proto__') return text.replace('{', `{"__proto__":${json ?? '0'},`);
    const bent = JSON.stringify(parsed(text), (key, old: unknown) => (key === name ? field : old));
    return text.includes(`"${name}"`) || json === null
      ? bent
      : bent.replace('{', `{"${name}":${json},`);
  });
}

const NAMES = [
  'item_id',
  'delta',
  'item',
  'response',
  'session',
  'id',
  'audio_start_ms',
  'audio_end_ms',
  'serverContent',
  'modelTurn',
  'parts',
  'inlineData',
  'text',
  'functionCalls',
  'start',
  'duration',
  'channel',
  'words',
  'is_final',
  'error',
  'turn_index',
  'audio_window_start',
  'audio_window_end',
  'event',
  'transcript',
  'sequence_id',
  'segments',
  'end',
];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
