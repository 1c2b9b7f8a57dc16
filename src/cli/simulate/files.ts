/** What the command reads and writes. */
import { existsSync } from 'node:fs';
import { access, constants, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { parseRegressions } from './fault-json.ts';
import type { Regression } from './fault-json.ts';
import type { Simulation } from './world.ts';
import { TenutoError } from '../../ports/errors.ts';
import { invalid } from '../../ports/option-errors.ts';
import type { RunResult } from '../../simulation/simulation.types.ts';
import { storyMermaid } from '../../simulation/story/mermaid.ts';
import { storySvg } from '../../simulation/story/svg.ts';

/** In a clone; a package has none. */
const REGRESSIONS = 'test/simulation/regressions.json';

/** @param path undefined: the clone's own, where this runs in one. */
export async function regressionsOf(
  path: string | undefined,
  simulation: Simulation,
): Promise<readonly Regression[]> {
  const root = dirname(createRequire(import.meta.url).resolve('tenuto/package.json'));
  const file = path ?? join(root, REGRESSIONS);
  if (path === undefined && !existsSync(file)) return [];
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw unusableFile('--regressions', file, error);
  });
  return parseRegressions(text, file, simulation);
}

/** @throws TenutoError OPTION_INVALID. */
export function checkDiagram(path: string | undefined): void {
  if (path === undefined || /\.(svg|mmd)$/i.test(path)) return;
  throw invalid(
    `--diagram cannot be "${path}".`,
    'Give a name that ends in .svg or .mmd (Mermaid).',
  );
}

/** Before the first seed, since a story that was found must not be lost. @throws TenutoError OPTION_INVALID. */
export async function makeFolder(path: string | undefined): Promise<void> {
  if (path === undefined) return;
  try {
    await mkdir(path, { recursive: true });
    await access(path, constants.W_OK);
  } catch (error) {
    throw unusableFile('--failures', path, error);
  }
}

export async function writeDiagram(
  path: string,
  told: RunResult,
  { hits }: Simulation,
): Promise<void> {
  const options = hits === undefined ? {} : { hits };
  const text = path.toLowerCase().endsWith('.svg')
    ? storySvg(told, options)
    : storyMermaid(told, options);
  await writeFile(path, text).catch((error: unknown) => {
    throw unusableFile('--diagram', path, error);
  });
}

export function unusableFile(option: string, path: string, cause: unknown): TenutoError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: `${option} "${path}" cannot be used (${WHY[code] ?? code}).`,
    remediation: 'Give a path that you may read and write.',
    cause,
  });
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EISDIR: 'it is a folder',
  ENOTDIR: 'it is inside a file',
  EEXIST: 'it is a file',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'nothing can be written there',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'the name is too long',
};
