/** docs/simulation.md has every invariant and every fault, as they are: `npx vitest run test/docs -u` writes them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { Command } from 'commander';
import { describe, expect, it } from 'vitest';

import { createIo } from '../../src/cli/io.ts';
import { addSimulate } from '../../src/cli/simulate/command.ts';
import { NEMESES } from '../../src/simulation/nemeses/index.ts';
import { NEMESES as SERVICE_NEMESES } from '../../src/simulation/services/nemeses.ts';
import { INVARIANTS } from '../../src/simulation/simulation.types.ts';

const path = fileURLToPath(new URL('../../docs/simulation.md', import.meta.url));
const document = readFileSync(path, 'utf8');

type Row = readonly [name: string, ...cells: string[]];

function tableOf(heads: readonly string[], rows: readonly Row[]): string {
  return [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ').replaceAll('\n', ' ')} |`)
    .join('\n');
}

const tables: Readonly<Record<string, string>> = {
  invariants: tableOf(['', 'what holds'], Object.entries(INVARIANTS)),
  'faults of gateways': tableOf(
    ['fault', 'befalls', 'what happens', 'much'],
    Object.entries(NEMESES).map(([kind, { on, says, much = [] }]) => {
      return [
        `\`${kind}\``,
        on,
        says,
        much.map((each) => each.toLocaleString('en-US')).join(' to '),
      ];
    }),
  ),
  'faults of services': tableOf(
    ['fault', 'befalls', 'only with', 'what happens'],
    Object.entries(SERVICE_NEMESES).map(([kind, { hits, services = [], says }]) => {
      return [`\`${kind}\``, hits, services.map((name) => `\`${name}\``).join(', '), says];
    }),
  ),
};

describe('docs/simulation.md', () => {
  it('has the invariants and the faults as they are', async () => {
    const whole = Object.entries(tables).reduce((text, [name, table]) => {
      const section = new RegExp(`(<!-- ${name}: begin -->)[^]*(<!-- ${name}: end -->)`);
      expect(text).toMatch(section);
      return text.replace(
        section,
        (_all, begin: string, end: string) => `${begin}\n\n${table}\n\n${end}`,
      );
    }, document);

    await expect(whole).toMatchFileSnapshot(path);
  });

  it('has only options that there are', () => {
    const program = new Command();
    addSimulate(program, createIo(), () => undefined);
    const known = program.commands.flatMap(({ options }) => options.map(({ long }) => long));

    const named = [...document.matchAll(/(?<=[\s`])--[a-z][a-z-]*/g)].map(([option]) => option);

    expect(named.length).toBeGreaterThan(10);
    expect(known).toEqual(expect.arrayContaining(named));
  });
});

describe('README.md', () => {
  it('has the shares of the designs that it names as they were measured', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const json = readFileSync(new URL('../../docs/mutants.json', import.meta.url), 'utf8');
    const measured = JSON.parse(json) as Record<string, { killed: number; seeds: number }>;
    const share = (name: string): number => {
      const { killed = 0, seeds = 1 } = measured[name] ?? {};
      return Math.round((100 * killed) / seeds);
    };

    const told =
      /from \*sent\* in (\d+) % of seeds, the newest 100 chunks kept in (\d+) %, `socket.io` in (\d+) %/;

    const names = ['seed-resume-from-sent', 'seed-deepgram-100-chunks', 'socket.io'];
    expect(told.exec(readme)?.slice(1).map(Number)).toEqual(names.map(share));
  });
});
