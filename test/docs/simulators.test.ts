/** docs/simulators.md has every fault of the stand-ins' tables, as they are: `npx vitest run test/docs -u` writes them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { afterAll, describe, expect, it } from 'vitest';

import { STAND_IN_FAULTS } from '../../src/cli/stand-ins.ts';
import { parseFaultList, written } from '../../src/simulators/control/fault-list.ts';
import { describe as describeTable } from '../../src/simulators/control/table.ts';
import type { FaultTable } from '../../src/simulators/control/table.ts';
import { Examples } from './examples.ts';

const path = fileURLToPath(new URL('../../docs/simulators.md', import.meta.url));
const document = readFileSync(path, 'utf8');

const examples = new Examples('docs/simulators.md');

afterAll(() => examples.remove());

const cell = (text: string): string => text.replaceAll('|', '\\|');

function tableOf(table: FaultTable<never>): string {
  const rows = describeTable(table).map(({ fault, what, befalls, parameters }, at) => {
    const own = parameters
      .filter(({ name }) => name !== 'atMs' && name !== 'times')
      .map(
        ({ name, what: means, takes, default: byDefault }) =>
          `\`${name}\`: ${means}; ${takes} (${JSON.stringify(byDefault)})`,
      );
    const way = table[at] === undefined ? '' : written(table[at]);
    return `| \`${fault}\` | ${befalls} | ${cell(what)} | ${cell(own.join('<br>'))} | \`${way}\` |`;
  });
  return [
    '| fault | befalls | what happens | parameters (default) | in a list |',
    '|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

for (const file of examples.files) {
  describe(`the example ${file}`, async () => {
    await examples.run(file);
  });
}

describe('docs/simulators.md', () => {
  it('has an example that compiles where a user is strict', { timeout: 60_000 }, () => {
    expect(examples.files).toEqual(['survives-a-close.test.ts']);
    expect(examples.complaints()).toEqual([]);
  });

  it('has the tables of the faults as they are', async () => {
    const whole = Object.entries(STAND_IN_FAULTS).reduce((text, [name, table]) => {
      const section = new RegExp(
        `(<!-- faults of ${name}: begin -->)[^]*(<!-- faults of ${name}: end -->)`,
      );
      expect(text).toMatch(section);
      return text.replace(
        section,
        (_all, begin: string, end: string) => `${begin}\n\n${tableOf(table)}\n\n${end}`,
      );
    }, document);

    await expect(whole).toMatchFileSnapshot(path);
  });

  it('has lists that can be read', () => {
    const lists = [...document.matchAll(/--faults (\S+)/g)].map(([, list = '']) => list);

    expect(lists.length).toBeGreaterThan(1);
    for (const list of lists) expect(() => parseFaultList(list, STAND_IN_FAULTS)).not.toThrow();
  });
});
