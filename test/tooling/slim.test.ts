/** What pages get of the charts: the same decisions, without the words that only pictures show. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';

import { projectRoot } from './planted-tree.ts';

interface Chart {
  readonly config: unknown;
}

interface Conditions {
  readonly node?: string;
  readonly development?: string;
  readonly default?: string;
}

const manifest = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
  readonly exports: Readonly<Record<string, string | Conditions>>;
};

/** Node's alone, or of tests. */
const NOT_FOR_PAGES: readonly string[] = ['./node', './gateway', './simulators', './testing'];

const machines = join(projectRoot, 'dist/machines');
const charts = readdirSync(machines).filter((name) => name.endsWith('.machine.js'));

async function chartsIn(path: string): Promise<readonly (readonly [string, unknown])[]> {
  const module = (await import(pathToFileURL(path).href)) as Readonly<Record<string, unknown>>;
  return Object.entries(module).filter(([name]) => name.endsWith('Machine'));
}

/** As JSON, in which functions are nothing: the order of states and transitions counts. */
function configOf(chart: unknown, isDescribed: boolean): string {
  const skip = (key: string, value: unknown): unknown =>
    key === 'description' && !isDescribed ? undefined : value;
  return JSON.stringify((chart as Chart).config, skip);
}

describe('the charts that pages get', () => {
  it.each(charts)('are what they are elsewhere, but for descriptions: %s', async (file) => {
    const slimFile = join(projectRoot, 'dist/slim/machines', file);

    const whole = await chartsIn(join(machines, file));
    const slim = await chartsIn(slimFile);

    expect(slim.length).toBeGreaterThan(0);
    expect(slim.map(([, chart]) => configOf(chart, true))).toEqual(
      whole.map(([, chart]) => configOf(chart, false)),
    );
    expect(readFileSync(slimFile, 'utf8')).not.toContain('description:');
  });

  it('are those of every entry that a page may import, so that no page has two of one class', () => {
    const entries = Object.entries(manifest.exports).flatMap(([name, conditions]) =>
      NOT_FOR_PAGES.includes(name) || typeof conditions === 'string'
        ? []
        : [{ name, ...conditions }],
    );

    expect(entries.map(({ name }) => name)).toContain('./browser');
    for (const { node = 'missing', development, default: slim } of entries) {
      expect(development).toBe(node);
      expect(slim).toBe(node.replace('./dist/', './dist/slim/'));
    }
  });
});

interface Opening {
  createSession(options: object): unknown;
}

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

it('the errors that pages get say what to do, as they do elsewhere', async () => {
  const openingOf = async (folder: string): Promise<Opening> =>
    (await import(pathToFileURL(join(projectRoot, folder, 'src/browser.js')).href)) as Opening;
  const [whole, slim] = [await openingOf('dist'), await openingOf('dist/slim')];

  const full = thrownBy(() => whole.createSession({ candidates: [] }));
  const told = thrownBy(() => slim.createSession({ candidates: [] }));

  const { code, message, remediation } = full as Error & { code: string; remediation: string };
  expect(remediation).toContain('Give one at least');
  expect(told).toMatchObject({ code, message, remediation });
});
