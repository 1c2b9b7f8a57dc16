/** `tenuto charts`: draws every statechart; with `--check`, fails where a picture is not what its chart says. */
import { writeFile } from 'node:fs/promises';

import { charts, draw, tableOf } from '../../charts/charts.ts';
import type { Chart, GeneratedFile } from '../../charts/charts.ts';
import { TenutoError } from '../../ports/errors.ts';
import { betweenMarks, differences, textOf, writeFiles } from '../../charts/files.node.ts';

export interface ChartsOptions {
  /** Compare only: write nothing, and end with status 1 where anything differs. */
  readonly check: boolean;
  /** Where the pictures are; `visualizations/charts` in the repository. */
  readonly outDir: string;
  /** A README whose table of charts is kept too; `machines/README.md` in the repository. Default: none. */
  readonly readmePath?: string;
  /** Default: all of tenuto's. */
  readonly charts?: readonly Chart[];
}

export interface ChartsIo {
  write(line: string): void;
}

/** The result is the exit status. */
export async function runCharts(options: ChartsOptions, io: ChartsIo): Promise<number> {
  if (options.outDir === '') throw unusable('', 'no name');
  const drawn = options.charts ?? charts;
  const files: GeneratedFile[] = [];
  for (const chart of drawn) files.push(...(await draw(chart)));
  const readme = await readmeOf(options.readmePath, drawn);
  return options.check
    ? check(options.outDir, files, readme, io)
    : write(options.outDir, files, readme, io);
}

interface Readme {
  readonly path: string;
  readonly text: string | null;
  readonly wanted: string | null;
}

async function check(
  outDir: string,
  files: readonly GeneratedFile[],
  readme: Readme | null,
  io: ChartsIo,
): Promise<number> {
  const all = await differences(outDir, files).catch((error: unknown) => {
    throw unusable(outDir, error);
  });
  const found = all.map(({ name, kind }) => `${outDir}/${name}: ${kind}`);
  if (readme !== null && readme.wanted === null)
    found.push(`${readme.path}: has no table of charts`);
  else if (readme !== null && readme.text !== readme.wanted) found.push(`${readme.path}: changed`);
  if (found.length === 0) {
    io.write(`${files.length} files are as the charts say.`);
    return 0;
  }
  io.write('The pictures are not what the charts say:');
  for (const line of found) io.write(`  ${line}`);
  io.write('Run `npx tenuto charts` and commit the result; delete what is left over.');
  return 1;
}

async function write(
  outDir: string,
  files: readonly GeneratedFile[],
  readme: Readme | null,
  io: ChartsIo,
): Promise<number> {
  const written = await writeFiles(outDir, files).catch((error: unknown) => {
    throw unusable(outDir, error);
  });
  for (const name of written) io.write(`wrote ${outDir}/${name}`);
  if (readme !== null && readme.wanted !== null && readme.text !== readme.wanted) {
    await writeFile(readme.path, readme.wanted);
    io.write(`wrote ${readme.path}`);
  }
  io.write(`${files.length} files, ${written.length} changed.`);
  return 0;
}

function unusable(outDir: string, cause: unknown): TenutoError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
  return new TenutoError({
    code: 'OPTION_INVALID',
    message: `The pictures cannot be in "${outDir}" (${WHY[code] ?? code}).`,
    remediation: 'Give --out a folder that you may read and write; it is made where it is missing.',
    cause,
  });
}

const WHY: Readonly<Record<string, string>> = {
  EEXIST: 'it is a file',
  ENOTDIR: 'it is a file, or inside one',
  EISDIR: 'a folder is where a picture should be',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'nothing can be written there',
  ENOENT: 'no folder can be made there',
  ENAMETOOLONG: 'the name is too long',
  ENOSPC: 'the disk is full',
};

async function readmeOf(path: string | undefined, drawn: readonly Chart[]): Promise<Readme | null> {
  if (path === undefined) return null;
  const text = await textOf(path);
  return { path, text, wanted: text === null ? null : betweenMarks(text, tableOf(drawn)) };
}
