import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type PlantedTree, plantTree, projectRoot } from './planted-tree.ts';

interface Plant {
  readonly path: string;
  readonly text: string;
  /** All the rules that report it, sorted, each once. */
  readonly rules: readonly string[];
}

const lines = (count: number, line: string): string => `${line}\n`.repeat(count);

const globals = [
  'Date.now()',
  'performance.now()',
  'setTimeout(work, 1)',
  'setInterval(work, 1)',
  'setImmediate(work)',
  "fetch('http://127.0.0.1')",
  'typeof WebSocket',
  'globalThis.setTimeout(work, 1)',
];

const use = (expression: string): string =>
  `export function work(): unknown {\n  return ${expression};\n}\n`;

/** 250 lines. */
const SHORT_ENOUGH = `${lines(249, '// why')}export const answer = 42;\n`;

const longFunction = `export function long(): number {\n  let sum = 0;\n${lines(70, '  sum += 1;')}  return sum;\n}\n`;

const violations: Readonly<Record<string, Plant>> = {
  ...Object.fromEntries(
    globals.map((expression, index): [string, Plant] => [
      `the global in ${expression}`,
      {
        path: `src/session/global-${String(index)}.ts`,
        text: use(expression),
        rules: ['no-restricted-globals'],
      },
    ]),
  ),
  'a global in a chart': {
    path: 'machines/now.ts',
    text: use('Date.now()'),
    rules: ['no-restricted-globals'],
  },
  'Math.random': {
    path: 'src/audio/random.ts',
    text: use('Math.random()'),
    rules: ['no-restricted-properties'],
  },
  'timers by way of an import': {
    path: 'src/session/timers.ts',
    text: "import { setTimeout as wait } from 'node:timers/promises';\nexport const pause = wait(1);\n",
    rules: ['no-restricted-imports'],
  },
  'a file over 250 lines, blank ones and comments among them': {
    path: 'src/session/long-file.ts',
    text: `${SHORT_ENOUGH}// the 251st\n`,
    rules: ['max-lines'],
  },
  'a chart over 250 lines': {
    path: 'machines/long-file.ts',
    text: `${SHORT_ENOUGH}\n`,
    rules: ['max-lines'],
  },
  'a function over 70 lines': {
    path: 'src/session/long-function.ts',
    text: longFunction,
    rules: ['max-lines-per-function'],
  },
  'a default export': {
    path: 'src/session/default.ts',
    text: 'export default function work(): void {\n  return;\n}\n',
    rules: ['no-restricted-syntax'],
  },
  'an enum': {
    path: 'src/session/enum.ts',
    text: 'export enum Colour {\n  red,\n}\n',
    rules: ['no-restricted-syntax'],
  },
  'a private keyword': {
    path: 'src/session/private.ts',
    text: 'export class Box {\n  private value = 1;\n  read(): number {\n    this.value += 1;\n    return this.value;\n  }\n}\n',
    rules: ['no-restricted-syntax'],
  },
  'a leading underscore': {
    path: 'src/session/underscore.ts',
    text: 'export const _value = 1;\n',
    rules: ['@typescript-eslint/naming-convention'],
  },
  'an interface with an I': {
    path: 'src/session/prefix.ts',
    text: 'export interface IBox {\n  readonly value: number;\n}\n',
    rules: ['@typescript-eslint/naming-convention'],
  },
  'a promise that nobody awaits': {
    path: 'src/session/floating.ts',
    text: 'export function work(promise: Promise<void>): void {\n  promise.then(String);\n}\n',
    rules: ['@typescript-eslint/no-floating-promises'],
  },
  any: {
    path: 'src/session/any.ts',
    text: 'export function work(value: any): unknown {\n  return value;\n}\n',
    rules: ['@typescript-eslint/no-explicit-any'],
  },
};

const platformFiles = [
  'src/ports/real.ts',
  'src/simulators/real.ts',
  'src/cli/real.ts',
  'src/network/wake.node.ts',
  'src/network/wake.browser.ts',
  'src/network/wake.react-native.ts',
  'test/real.ts',
];

describe('the lint', () => {
  let tree: PlantedTree;
  let reports: ReadonlyMap<string, readonly string[]>;

  beforeAll(() => {
    const files = Object.values(violations).map(({ path, text }) => [path, text] as const);
    const clean = platformFiles.map((path) => [path, use('[Date.now(), Math.random()]')] as const);
    const short = ['src/session/short-enough.ts', SHORT_ENOUGH] as const;
    tree = plantTree(Object.fromEntries([...files, ...clean, short]));
    reports = lint(tree.root);
  }, 60_000);
  afterAll(() => {
    tree.remove();
  });

  it.each(Object.entries(violations))('reports %s', (_title, { path, rules }) => {
    expect(reports.get(path)).toEqual(rules);
  });

  it('lets a file have 250 lines', () => {
    expect(reports.get('src/session/short-enough.ts')).toEqual([]);
  });

  it.each(platformFiles)('lets %s ask the world itself', (path) => {
    expect(reports.get(path)).toEqual([]);
  });
});

function lint(root: string): ReadonlyMap<string, readonly string[]> {
  const bin = join(projectRoot, 'node_modules/eslint/bin/eslint.js');
  const args = [bin, '--format', 'json', 'machines', 'src', 'test'];
  const { stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (stdout === '') throw new Error(stderr);
  const results = JSON.parse(stdout) as readonly {
    filePath: string;
    messages: readonly { ruleId: string | null; message: string }[];
  }[];
  return new Map(
    results.map(({ filePath, messages }) => [
      filePath.slice(root.length + 1),
      [...new Set(messages.map(({ ruleId, message }) => ruleId ?? message))].sort(),
    ]),
  );
}
