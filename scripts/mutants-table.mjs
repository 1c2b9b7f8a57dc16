// Writes into docs/mutants.md what docs/mutants.json tells of each mutant; with --check it only compares.
import { readFileSync } from 'node:fs';
import { buildIfStale } from './build.mjs';
import { writeTables } from './written-tables.mjs';

buildIfStale();
const { MUTANTS } = await import('../dist/src/simulation/mutants/catalogue.js');
const { INVARIANTS } = await import('../dist/src/simulation/simulation.types.js');

/** An invariant that found it in fewer seeds than this is not named. */
const NAMED_FROM = 0.02;
const measured = JSON.parse(readFileSync(new URL('../docs/mutants.json', import.meta.url), 'utf8'));

const equivalent = MUTANTS.filter(({ expected }) => expected !== 'killed');
const killed = MUTANTS.filter(({ expected }) => expected === 'killed');
const designs = killed.filter(({ from }) => from !== undefined);
const errors = killed.filter(({ from }) => from === undefined);

writeTables(
  [
    [
      'docs/mutants.md',
      {
        invariants: Object.entries(INVARIANTS).map(([id, says]) => ({ Invariant: id, says })),
        designs: designs.map((mutant) => ({
          Mutant: `\`${mutant.name}\``,
          Of: mutant.from,
          'What it does': mutant.says,
          ...howFound(mutant),
        })),
        errors: errors.map((mutant) => ({
          Mutant: `\`${mutant.name}\``,
          'What it does': mutant.says,
          ...howFound(mutant),
        })),
        equivalent: equivalent.map(({ name, says, expected }) => ({
          Mutant: `\`${name}\``,
          'What it does': says,
          'Why nobody can tell': expected.equivalent,
          ...howFound({ name }),
        })),
      },
    ],
  ],
  'mutants-table',
);

function howFound({ name }) {
  const known = measured[name];
  if (known === undefined) return { 'Found in': 'not run', By: '' };
  const { seeds, killed: times, by } = known;
  const shares = Object.entries(by).map(([id, of]) => [id, of / seeds]);
  const named = shares.filter(([, share], at) => at === 0 || share >= NAMED_FROM);
  return {
    'Found in': `${percent(times / seeds)} of ${seeds}`,
    By: named.map(([id, share]) => `${id} ${percent(share)}`).join(', '),
  };
}

function percent(share) {
  const hundredths = 100 * share;
  return `${hundredths.toFixed(hundredths > 0 && hundredths < 10 ? 1 : 0)} %`;
}
