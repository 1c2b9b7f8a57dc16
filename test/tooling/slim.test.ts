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

interface Told {
  readonly code: string;
  readonly message: string;
  readonly remediation: string;
}

interface Errors {
  errorOf(failure: object, provider: string, attempts: number): Told;
}

interface Calls {
  aborted(): Told;
  closed(): Told;
  bytesOf(chunk: unknown): unknown;
}

interface Opening {
  createSession(options: object): unknown;
}

async function both<T>(file: string): Promise<readonly [T, T]> {
  const import_ = async (folder: string): Promise<T> =>
    (await import(pathToFileURL(join(projectRoot, folder, file)).href)) as T;
  return [await import_('dist/src'), await import_('dist/slim/src')];
}

function thrownBy(work: () => unknown): Told {
  try {
    work();
  } catch (error) {
    return error as Told;
  }
  throw new Error('nothing was thrown');
}

describe('the errors that pages get', () => {
  it('say what happened, and where it is told what to do', async () => {
    const [whole, slim] = await both<Opening>('browser.js');

    const full = thrownBy(() => whole.createSession({ candidates: [] }));
    const short = thrownBy(() => slim.createSession({ candidates: [] }));

    expect(full.remediation).toContain('Give one at least');
    expect(short).toMatchObject({ code: full.code, message: full.message });
    expect(short.remediation).toBe('See docs/errors.md#option_invalid of tenuto.');
  });

  it('are told in a part of docs/errors.md each', async () => {
    const headings = readFileSync(join(projectRoot, 'docs/errors.md'), 'utf8');
    const [, { aborted, closed, bytesOf }] = await both<Calls>('session/door.js');

    const told = [aborted(), closed(), thrownBy(() => bytesOf(1))];

    for (const { code, remediation } of told) {
      expect(headings).toContain(`\n## ${code}\n`);
      expect(remediation).toBe(`See docs/errors.md#${code.toLowerCase()} of tenuto.`);
    }
  });

  it.each(['transient', 'rateLimited', 'quota', 'auth', 'config', 'perRequest'])(
    'say in full what to do where a service failed (%s)',
    async (kind) => {
      const failure = { kind, code: '1', detail: '' };
      const [whole, slim] = await both<Errors>('session/failure-error.js');

      const { remediation } = slim.errorOf(failure, 'a', 1);

      expect(remediation).not.toContain('docs/errors.md');
      expect(remediation).toBe(whole.errorOf(failure, 'a', 1).remediation);
    },
  );
});
