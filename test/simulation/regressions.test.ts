/** The seeds that failed once: what the command runs before all others. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { parseRegressions } from '../../src/cli/simulate/fault-json.ts';
import { regressionsOf } from '../../src/cli/simulate/files.ts';
import { SIMULATION } from '../../src/cli/simulate/real.ts';
import { kindsOf } from '../../src/cli/simulate/world.ts';
import { NEMESES as SERVICE_NEMESES } from '../../src/simulation/services/nemeses.ts';
import { NEMESES } from '../../src/simulation/nemeses/index.ts';
import { worldOf } from '../../src/simulation/run.ts';

const path = fileURLToPath(new URL('regressions.json', import.meta.url));
const kinds = kindsOf(SIMULATION, undefined);
const regressions = parseRegressions(readFileSync(path, 'utf8'), path, kinds);

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

  it('names the faults of a seed only where there are such in its world', () => {
    const strange = regressions.filter(({ seed, world = worldOf(seed), faults = [] }) => {
      const known = world === 'services' ? SERVICE_NEMESES : NEMESES;
      return faults.some(({ kind }) => !(kind in known));
    });

    expect(strange).toEqual([]);
  });
});
