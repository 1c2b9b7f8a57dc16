/** What tenuto promises, over a minute's worth of simulation on two cores: the same seeds wherever it runs, however long it takes. */
import { readFileSync } from 'node:fs';

import { expect, it } from 'vitest';

import { runCli } from './run-cli.ts';

const SEEDS = 200;
const regressions = JSON.parse(
  readFileSync(new URL('../simulation/regressions.json', import.meta.url), 'utf8'),
) as readonly unknown[];

it(
  'nothing is lost or doubled under any seed, and each is the same run twice',
  { timeout: 900_000 },
  async () => {
    const { status, stdout, stderr } = await runCli([
      ...['simulate', '--seeds', `1..${SEEDS}`, '--twice', '--jobs', '2', '--json'],
    ]);

    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Told);
    const told = lines.filter(({ type }) => type !== 'summary').map(inWords);
    expect(told.join('\n\n')).toBe('');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(lines.at(-1)).toMatchObject({
      type: 'summary',
      seeds: SEEDS + regressions.length,
      violations: 0,
      lost: 0,
    });
  },
);

interface Told {
  readonly type: string;
  readonly seed?: number;
  readonly invariant?: string;
  readonly message?: string;
  readonly replay?: string;
}

function inWords({ type, seed, invariant, message, replay }: Told): string {
  return `${type} of seed ${seed}: ${invariant} ${message}\n${replay}`;
}
