/** The seeds that failed once: what the command runs before all others. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { parseRegressions } from '../../src/cli/simulate/fault-json.ts';
import { regressionsOf } from '../../src/cli/simulate/files.ts';
import { SIMULATION } from '../../src/cli/simulate/real.ts';
import { regressionRuns } from '../../src/cli/simulate/seeds.ts';

const path = fileURLToPath(new URL('regressions.json', import.meta.url));
const regressions = parseRegressions(readFileSync(path, 'utf8'), path, SIMULATION);

describe('test/simulation/regressions.json', () => {
  it('is what the command runs first', async () => {
    expect(await regressionsOf(undefined, SIMULATION)).toEqual(regressions);
  });

  it('tells of each seed what was found, and what was done about it, in a sentence', () => {
    const wordless = regressions.filter(({ found, mended }) =>
      [found, mended].some((words) => !/^[A-Z`].{10,}\.$/.test(words)),
    );

    expect(wordless).toEqual([]);
  });
});

describe('a list of seeds that failed once', () => {
  const words = { invariant: 'I3', found: 'lost', mended: 'kept' };
  const listOf = (...entries: readonly object[]) =>
    parseRegressions(
      JSON.stringify(entries.map((entry) => ({ ...words, ...entry }))),
      'list.json',
      { ...SIMULATION, worldOf: (seed) => (seed === 2 ? 'services' : 'gateways') },
    );

  it.each([
    ['named', { seed: 1, world: 'services' }, 'crash', 'gateways, and this run is of services'],
    ['drawn', { seed: 2 }, 'crash', 'gateways, and this run is of services'],
    ['drawn', { seed: 1 }, 'rateLimited', 'services, and this run is of gateways'],
  ])('is refused where a fault is not of the world that is %s', (_, entry, kind, worlds) => {
    const list = () => listOf({ seed: 3 }, { ...entry, faults: [{ kind, atMs: 1 }] });

    expect(list).toThrow(
      `(list.json) cannot be read: [1].faults: seed ${entry.seed}: ${kind} is a fault of ${worlds}.`,
    );
    expect(list).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }) as Error);
  });

  it('runs each in its own world only', () => {
    const list = listOf({ seed: 1 }, { seed: 2 }, { seed: 2, world: 'gateways' });
    const drawn = (seed: number) => (seed === 2 ? 'services' : 'gateways');

    expect(regressionRuns(list, 'services', drawn)).toEqual([{ seed: 2 }]);
    expect(regressionRuns(list, undefined, drawn)).toHaveLength(3);
  });
});
