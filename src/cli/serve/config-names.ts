/** What a configuration names and does not hold: environment variables and files, each to be there before the start. */
import { accessSync, constants, statSync } from 'node:fs';
import { resolve } from 'node:path';

import type { Environment } from '../access.ts';
import { read } from '../access.ts';

export type Path = readonly PropertyKey[];

export interface Found {
  readonly path: Path;
  readonly message: string;
}

export const VARIABLE_SETTING = /Env$/;
const FILE_SETTING = /File$/;
const VARIABLE = /^[A-Z][A-Z0-9_]*$/;

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'is not there: give the path of a file',
  EISDIR: 'is a directory: give the path of a file',
  EACCES: 'may not be read: give the path of a file that you may read',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is no text in UTF-8: save it as such',
};

/** Variables that are named and not set, wherever they are named. */
export function unsetVariables(value: unknown, environment: Environment): readonly Found[] {
  return textsIn(value, VARIABLE_SETTING)
    .filter(({ text }) => VARIABLE.test(text) && read(environment, text) === undefined)
    .map(({ path, text }) => {
      const message = `${nameOf(path)} names ${text}, which is not set: set it before the start`;
      return { path, message };
    });
}

/**
 * Files that are named and cannot be read. None is opened: that would take from a pipe what is in it.
 *
 * @param directory to which their paths are relative.
 */
export function unreadableFiles(value: unknown, directory: string): readonly Found[] {
  return textsIn(value, FILE_SETTING).flatMap(({ path, text }) => {
    const file = resolve(directory, text);
    const why = whyNoFile(file);
    return why === null ? [] : [{ path, message: `${nameOf(path)} names ${file}, which ${why}` }];
  });
}

function whyNoFile(file: string): string | null {
  try {
    accessSync(file, constants.R_OK);
    const found = statSync(file);
    if (found.isDirectory()) return wordsFor('EISDIR');
    return found.isFile() && found.size === 0 ? 'is empty: give the path of one that is not' : null;
  } catch (error) {
    return whyUnreadable(error);
  }
}

export function whyUnreadable(error: unknown): string {
  return wordsFor(error instanceof Error && 'code' in error ? String(error.code) : 'error');
}

function wordsFor(code: string): string {
  return UNREADABLE[code] ?? `cannot be read (${code})`;
}

/** As whoever writes the file would say it: `limits.sessions`, `candidates[0].keyEnv`. */
export function nameOf(path: Path): string {
  const name = path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .replace(/^\./, '');
  return name === '' ? 'the file' : name;
}

interface Text {
  readonly path: Path;
  readonly text: string;
}

/** The texts of settings of such names, wherever they stand. */
function textsIn(value: unknown, name: RegExp, path: Path = []): readonly Text[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, held]: [string, unknown]) => {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (typeof held !== 'string') return textsIn(held, name, at);
    return name.test(key) ? [{ path: at, text: held }] : [];
  });
}
