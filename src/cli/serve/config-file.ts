/** Reads the configuration file of `tenuto serve`, and says of everything that is wrong in it where that is. */
import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { isCollection, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';

import { configSchema } from './config-schema.ts';
import type { GatewayConfig } from './config-schema.ts';
import {
  nameOf,
  unreadableFiles,
  unsetVariables,
  VARIABLE_SETTING,
  whyUnreadable,
} from './config-names.ts';
import type { Found, Path } from './config-names.ts';
import { nearestOf } from './nearest.ts';
import type { Environment } from '../access.ts';

export interface Problem {
  /** From 1; 0 where the whole file is meant. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

export type ConfigOutcome =
  | { readonly config: GatewayConfig; readonly problems: readonly [] }
  | { readonly config: null; readonly problems: readonly Problem[] };

type Issue = z.core.$ZodIssue;

/** Longer than any configuration. */
const MAX_FILE_BYTES = 256 * 1_024;
const MAX_SHOWN_CHARS = 40;
/** Whoever writes one of these has a secret at hand. */
const SECRET = /key|secret|token|passw|bearer|credential/i;

/** Where the parser's own words are for who calls it. */
const BROKEN: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'this setting stands there twice: leave one',
  MULTIPLE_DOCS: 'a second document begins here: leave one',
  TAB_AS_INDENT: 'tabs are not allowed as indentation: take spaces',
};

/** Every problem at once, from top to bottom. */
export async function readConfig(file: string, environment: Environment): Promise<ConfigOutcome> {
  try {
    const { size } = await stat(file);
    if (size > MAX_FILE_BYTES) return failed('is no configuration: it is larger than 256 KiB');
    const bytes = await readFile(file);
    const source = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return checkConfig(source, environment, dirname(file));
  } catch (error) {
    return failed(whyUnreadable(error));
  }
}

/**
 * @param source YAML, or JSON, which is YAML as well.
 * @param directory where it stands; null: files that it names are not looked for.
 */
export function checkConfig(
  source: string,
  environment: Environment,
  directory: string | null = null,
): ConfigOutcome {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const at = (offset: number, message: string): Problem => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col, message };
  };
  const unreadable = [...document.errors, ...document.warnings];
  if (unreadable.length > 0) {
    return wrong(
      unreadable.map(({ pos, code, message }) => at(pos[0], BROKEN[code] ?? told(message))),
    );
  }
  const value = valueOf(document);
  if (value === undefined) return failed('holds aliases of aliases: write them out');

  const parsed = configSchema.safeParse(value);
  const problems = [
    ...onceEach(parsed.error?.issues ?? []).flatMap((issue) => problemsOf(issue, value)),
    ...unsetVariables(value, environment),
    ...(directory === null ? [] : unreadableFiles(value, directory)),
  ].map(({ path, message }) => at(offsetOf(document, path), message));
  return parsed.success && problems.length === 0
    ? { config: parsed.data, problems: [] }
    : wrong(problems);
}

export function problemLine(file: string, { line, column, message }: Problem): string {
  return line === 0 ? `${file} ${message}` : `${file}:${line}:${column}: ${message}`;
}

function problemsOf(issue: Issue, value: unknown): readonly Found[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') {
    const known = message.split(', ');
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: unknownKey(key, path, known),
    }));
  }
  const given = valueAt(value, path);
  const name = nameOf(path);
  if (given === undefined) {
    return [{ path: path.slice(0, -1), message: `${name} is missing: ${message}` }];
  }
  const isName = issue.code === 'invalid_value' && typeof given === 'string';
  const guess = isName ? nearestOf(given, namesIn(issue.values)) : null;
  const perhaps = guess === null ? '' : `perhaps ${guess}; `;
  return [{ path, message: `${name} ${shown(given, path)}: ${perhaps}${message}` }];
}

function unknownKey(key: string, path: Path, known: readonly string[]): string {
  const name = nameOf([...path, key]);
  const nearest = nearestOf(key, known);
  const variable = known.find((one) => VARIABLE_SETTING.test(one));
  if (SECRET.test(key) && nearest === null) {
    return variable === undefined
      ? `there is no ${name}: secrets do not belong into this file`
      : `there is no ${name}: secrets do not belong into this file; give ${variable}, the name of an environment variable`;
  }
  return nearest === null
    ? `there is no ${name}: give ${known.join(', ')}`
    : `there is no ${name}: perhaps ${nearest}`;
}

/** A secret that stands in the wrong place is not printed. */
function shown(given: unknown, path: Path): string {
  const isName = VARIABLE_SETTING.test(String(path.at(-1)));
  if (given === null) return 'is empty';
  if (Array.isArray(given) && given.length === 0 && path.length > 0) return 'is empty';
  if (typeof given === 'object') return Array.isArray(given) ? 'is a list' : 'holds settings';
  const text = JSON.stringify(given).replace(/^"|"$/g, '');
  const isOfAuth = path[0] === 'auth' && path.at(-1) !== 'kind';
  const isSecret = isName || isOfAuth || text.includes('@');
  return isSecret || text.length > MAX_SHOWN_CHARS
    ? 'cannot be taken'
    : `is ${text === '' ? 'empty' : typeof given === 'string' && looksOtherwise(text) ? `"${text}"` : text}`;
}

/** A text that breaks two rules is wrong once. */
function onceEach(issues: readonly Issue[]): readonly Issue[] {
  const told = new Set<string>();
  return issues.filter((issue) => {
    const one = `${issue.path.join('/')} ${issue.message}`;
    const isNew = !told.has(one);
    told.add(one);
    return isNew;
  });
}

/** Where a setting's name begins; of a list, where its item does. */
function offsetOf(document: Document, path: Path): number {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
      if (pair === undefined) return offset;
      offset = startOf(pair.key);
      node = pair.value;
    } else if (isCollection(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) || offset;
    } else return offset;
  }
  return offset;
}

function startOf(node: unknown): number {
  return (Object(node) as { readonly range?: readonly number[] }).range?.[0] ?? 0;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((held, step) => {
    return held === null || held === undefined
      ? undefined
      : (held as Record<PropertyKey, unknown>)[step];
  }, value);
}

function namesIn(values: readonly unknown[]): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}

/** Undefined for a document of aliases that would never end. An empty one is one without settings. */
function valueOf(document: Document): unknown {
  try {
    return (document.toJS({ maxAliasCount: 100 }) as unknown) ?? {};
  } catch {
    return undefined;
  }
}

function told(message: string): string {
  const [first = ''] = message.split('\n');
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function failed(message: string): ConfigOutcome {
  return wrong([{ line: 0, column: 0, message }]);
}

function wrong(problems: readonly Problem[]): ConfigOutcome {
  const inOrder = [...problems].sort(
    (one, other) => one.line - other.line || one.column - other.column,
  );
  return { config: null, problems: inOrder };
}

/** A text that would be something else without its quotes. */
function looksOtherwise(text: string): boolean {
  return /^(-?[\d.]+|true|false|null)$/.test(text);
}
