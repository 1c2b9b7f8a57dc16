/** What stands in the file of a recording: its entries, in whichever of the usual layouts. */
import { createRequire } from 'node:module';

import { knownMessage } from './recordings-protocols.ts';
import { isObject } from '../../src/providers/wire/json.ts';
import type { JsonObject } from '../../src/providers/wire/json.ts';

export interface Entries {
  readonly entries: readonly unknown[];
  /** Told of the recording as a whole. */
  readonly header: JsonObject;
  /** Why the file could not be read at all. */
  readonly problem: string | null;
}

export type ParseYaml = (text: string) => unknown;

const EXTENSIONS = /\.(jsonl|ndjson|json|ya?ml)$/i;

/** Members that hold the entries of a recording, or of one of its sockets. */
const LISTS = [
  'interactions',
  'messages',
  'frames',
  'events',
  'entries',
  'records',
  'recordings',
  'traffic',
  '_webSocketMessages',
  'sockets',
  'connections',
  'sessions',
  'exchanges',
  'transcript',
  'log',
  'recording',
];

/** Between the entries of two sockets. */
const OPENED = { kind: 'open' };
const MAX_DEPTH = 4;

export function isRecordingFile(name: string): boolean {
  return EXTENSIONS.test(name);
}

/** @param parseYaml null where no package that reads YAML is installed. */
export function entriesOf(name: string, text: string, parseYaml = installedYaml()): Entries {
  if (/\.ya?ml$/i.test(name)) return fromYaml(text, parseYaml);
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const byLine = lines.map((line) => parsed(line) ?? line);
  const areLines = byLine.filter((line) => typeof line === 'object').length > lines.length / 2;
  const whole = lines.length === 1 || !areLines ? parsed(text) : null;
  if (whole !== null && typeof whole === 'object') return fromValue(whole);
  return { entries: byLine, header: {}, problem: null };
}

function fromYaml(text: string, parseYaml: ParseYaml | null): Entries {
  const nothing = { entries: [], header: {} };
  if (parseYaml === null) {
    const problem = 'YAML is read where the package `yaml` is installed, and here it is not';
    return { ...nothing, problem };
  }
  try {
    return fromValue(parseYaml(text));
  } catch (error) {
    return { ...nothing, problem: `it is not YAML (${(error as Error).name})` };
  }
}

function fromValue(value: unknown): Entries {
  const isHolder = isObject(value) && listIn(value) !== null;
  const own = isHolder ? Object.entries(value).filter(([name]) => !LISTS.includes(name)) : [];
  return { entries: listed(value, 0), header: Object.fromEntries(own), problem: null };
}

function listed(value: unknown, depth: number): readonly unknown[] {
  if (Array.isArray(value)) {
    return value.flatMap((each: unknown) =>
      isObject(each) && listIn(each) !== null && depth < MAX_DEPTH
        ? [OPENED, ...listed(each, depth + 1)]
        : [each],
    );
  }
  const list = isObject(value) ? listIn(value) : null;
  return list === null || depth >= MAX_DEPTH ? [value] : listed(list, depth + 1);
}

/** Null for an entry of its own, such as a frame that has a list in it. */
function listIn(holder: JsonObject): unknown {
  if (knownMessage(holder) !== null) return null;
  for (const name of LISTS) {
    const value = holder[name];
    const isList = Array.isArray(value) && value.some((each) => typeof each === 'object');
    if (isList || (isObject(value) && listIn(value) !== null)) return value;
  }
  return null;
}

/** Not a dependency of this package: others that are installed along with it bring it. */
function installedYaml(): ParseYaml | null {
  try {
    const load = createRequire(import.meta.url);
    return (load('yaml') as { readonly parse: ParseYaml }).parse;
  } catch {
    return null;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
