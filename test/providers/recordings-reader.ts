/** Recorded traffic as a list of what happened, whichever of the usual forms its entries have. */
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { directionIn, directionOf, opposite } from './recordings-directions.ts';
import { entriesOf, isRecordingFile } from './recordings-entries.ts';
import type { Entries, ParseYaml } from './recordings-entries.ts';
import { complaintAbout, hintsIn, isHeaderLine, queryIn } from './recordings-headers.ts';
import { payloadOf, payloadIn } from './recordings-payloads.ts';
import type { Payload } from './recordings-payloads.ts';
import { knownMessage } from './recordings-protocols.ts';
import type { Direction } from './recordings-protocols.ts';
import type { Frame } from '../../src/ports/socket.ts';
import { asObject, isObject, numberAt, objectAt, stringAt } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export type RecordedStep =
  | { readonly kind: 'received'; readonly frame: Frame; readonly message: JsonObject | null }
  | { readonly kind: 'sent'; readonly message: JsonObject }
  /** Bare audio that was sent, PCM s16le. */
  | { readonly kind: 'audio'; readonly samples: number }
  | { readonly kind: 'opened' }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

export interface Recording {
  /** Below the folder that was read, such as `gemini-live/turn.jsonl`. */
  readonly name: string;
  /** What the socket was dialled with, where that was recorded. */
  readonly query: JsonObject;
  /** What the recording calls its service, its model and its address. */
  readonly hints: readonly string[];
  readonly steps: readonly RecordedStep[];
  /** Entries that are nothing of these. */
  readonly otherLines: number;
  /** Why nothing came of it; null where something did. */
  readonly complaint: string | null;
}

/** A frame, before it is known which way it went; or what is known without that. */
type Found =
  | {
      readonly kind: 'frame';
      readonly said: Direction | null;
      /** It stands in no envelope. */
      readonly isBare: boolean;
      readonly payload: Payload;
    }
  | { readonly kind: 'step'; readonly step: RecordedStep };

/** Put beside a client's own members by whoever recorded them; no client has such members. */
const ADDED = [
  'direction',
  'dir',
  'flow',
  'way',
  'side',
  't',
  'ts',
  'time',
  'timestamp',
  'seq',
  'from',
];
const AUDIO_KIND = /^(audio|pcm|media)$/i;

export function readRecordings(folder: string): readonly Recording[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isRecordingFile(entry.name))
    .map((file) => path.join(file.parentPath, file.name))
    .sort()
    .map((file) =>
      recordingIn(path.relative(folder, file).replaceAll('\\', '/'), readFileSync(file, 'utf8')),
    );
}

/** @param parseYaml default: the package `yaml`, where it is installed. */
export function recordingIn(name: string, text: string, parseYaml?: ParseYaml | null): Recording {
  const entries =
    parseYaml === undefined ? entriesOf(name, text) : entriesOf(name, text, parseYaml);
  return recordingOf(name, entries);
}

function recordingOf(name: string, { entries, header, problem }: Entries): Recording {
  const found = entries.map(foundIn);
  const ways = waysOf(found.flat());
  const steps: RecordedStep[] = [];
  const unknown: unknown[] = [];
  const headers = [header];
  entries.forEach((entry, at) => {
    const own = (found[at] ?? []).flatMap((each) => stepsOf(each, ways));
    steps.push(...own);
    if (!isObject(entry)) {
      if (own.length === 0) unknown.push(entry);
      return;
    }
    headers.push(objectAt(entry, 'request') ?? {});
    const isFrame = own.some(({ kind }) => kind === 'received' || kind === 'sent');
    if (!isFrame) headers.push(entry, objectAt(entry, 'meta') ?? {});
    if (own.length === 0 && !isHeaderLine(entry)) unknown.push(entry);
  });
  const query = Object.assign({}, ...headers.map(queryIn)) as JsonObject;
  return {
    name,
    query,
    hints: [...headers.flatMap(hintsIn), stringAt(query, 'model') ?? ''].slice(0, 40),
    steps,
    otherLines: unknown.length,
    complaint:
      problem === null
        ? complaintAbout(
            name,
            entries,
            unknown,
            steps.some(({ kind }) => kind === 'received'),
          )
        : `${name}: ${problem}.`,
  };
}

function foundIn(entry: unknown): readonly Found[] {
  if (Array.isArray(entry)) return inTuple(entry);
  const line = asObject(entry);
  if (line === null) return [];
  const special = specialStep(line);
  if (special !== null) return [{ kind: 'step', step: special }];
  const said = directionOf(line);
  const payload = payloadOf(line);
  if (payload !== null && (said !== null || payload.known !== null)) {
    return [{ kind: 'frame', said, isBare: knownMessage(line) !== null, payload }];
  }
  const under = underDirections(line);
  if (under.length > 0) return under;
  const own = stringAt(line, 'type') === null ? null : payloadIn(line, { isBinary: false });
  return own === null ? [] : [{ kind: 'frame', said: null, isBare: true, payload: own }];
}

/** `["sent", {…}]`, with a time perhaps. */
function inTuple(entry: readonly unknown[]): readonly Found[] {
  const said = entry.map(directionIn).find((direction) => direction !== null) ?? null;
  const value = [...entry].reverse().find((each) => isObject(each) || typeof each === 'string');
  const payload = value === undefined ? null : payloadIn(value, { isBinary: false });
  return payload === null || (said === null && payload.message === null)
    ? []
    : [{ kind: 'frame', said, isBare: false, payload }];
}

/** `{"sent": {…}}`, `{"request": {…}, "response": {…}}`. */
function underDirections(line: JsonObject): readonly Found[] {
  return Object.entries(line).flatMap(([name, value]) => {
    const said = directionIn(name);
    if (said === null) return [];
    return (Array.isArray(value) ? (value as readonly unknown[]) : [value]).flatMap(
      (each): Found[] => {
        const inner = isObject(each) ? payloadOf(each) : null;
        const payload = inner ?? payloadIn(each, { isBinary: false });
        const isFrame = payload !== null && (payload.message ?? typeof payload.frame) !== 'string';
        return isFrame ? [{ kind: 'frame', said, isBare: false, payload }] : [];
      },
    );
  });
}

/** Audio as a range, an open socket, or its end. */
function specialStep(line: JsonObject): RecordedStep | null {
  if (knownMessage(line) !== null) return null;
  const kinds = ['kind', 'ev', 'event', 'type', 'op'].map((name) => stringAt(line, name) ?? '');
  const payload = line['data'] ?? line['frame'] ?? line['message'] ?? line['payload'];
  if (kinds.some((kind) => AUDIO_KIND.test(kind)) && directionOf(line) !== 'received') {
    const range = (numberAt(line, 'to') ?? Number.NaN) - (numberAt(line, 'from') ?? 0);
    const bytes = numberAt(line, 'bytes') ?? numberAt(line, 'size') ?? numberAt(line, 'length');
    const samples = numberAt(line, 'samples') ?? (bytes === null ? range : bytes / 2);
    if (samples >= 0) return { kind: 'audio', samples: Math.floor(samples) };
  }
  if (kinds.some((kind) => /(clos(e|ed|ing)|disconnect(ed)?)$/i.test(kind))) {
    return {
      kind: 'closed',
      code: numberAt(line, 'code') ?? numberAt(payload, 'code') ?? 1_005,
      reason: stringAt(line, 'reason') ?? stringAt(payload, 'reason') ?? '',
    };
  }
  const isOpen = kinds.some((kind) => /(open(ed)?|connect(ed|ion)?)$/i.test(kind));
  return isOpen && payloadOf(line)?.message == null ? { kind: 'opened' } : null;
}

interface Ways {
  /** The recording's own words are those of the other side. */
  readonly isReversed: boolean;
  /** Its entries are the frames themselves: what is new among them came from the service. */
  readonly isBare: boolean;
}

/** What only one side can have said says who is who. */
function waysOf(found: readonly Found[]): Ways {
  let agreed = 0;
  let bare = 0;
  for (const each of found) {
    if (each.kind !== 'frame' || each.payload.known === null) continue;
    if (each.said === null && each.isBare) bare += 1;
    if (each.said !== null) agreed += each.said === each.payload.known ? 1 : -1;
  }
  return { isReversed: agreed < 0, isBare: bare > 0 };
}

function stepsOf(found: Found, { isReversed, isBare }: Ways): readonly RecordedStep[] {
  if (found.kind === 'step') return [found.step];
  const { said, payload } = found;
  const told = said !== null && isReversed ? opposite(said) : said;
  const direction = payload.known ?? told ?? (isBare && found.isBare ? 'received' : null);
  if (direction === null) return [];
  return [direction === 'received' ? received(payload) : sent(payload)];
}

function received({ frame, message }: Payload): RecordedStep {
  return { kind: 'received', frame, message };
}

function sent({ frame, message }: Payload): RecordedStep {
  if (message !== null) {
    const own = Object.entries(message).filter(([name]) => !ADDED.includes(name));
    return { kind: 'sent', message: Object.fromEntries(own) };
  }
  const bytes = typeof frame === 'string' ? Buffer.from(frame, 'base64') : frame;
  return { kind: 'audio', samples: Math.floor(bytes.length / 2) };
}
