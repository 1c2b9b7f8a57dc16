// What `npm run mutants` can be told.
import process from 'node:process';
import { parseArgs } from 'node:util';

const HELP = `Runs each mutant of src/simulation/mutants in the simulated world, and writes into docs/mutants.json which invariants found it,
and how often; \`npm run mutants-table\` makes docs/mutants.md of it. With names it runs these only.

  npm run mutants -- [--seeds 200] [--enough 50] [--from 1] [--jobs 2] [name ...]
  npm run mutants -- --check [--seeds 60] [--jobs 2] [--write] [name ...]

  --seeds N    how many seeds of each; with --check: how many at the most
  --from N     the first of them (1)
  --enough N   of who was found in a fifth of so many seeds no more are run (50)
  --jobs N     how many processes (2)
  --check      runs the one seed by which each mutant was found first, and where that finds it no more, since worlds change, those
               from 1 on; fails where none does
  --write      with --check: notes the seeds that find it

One mutant over seeds, or one seed of it with its story: npx tenuto simulate --mutant NAME [--seed N --trace].
`;

const OPTIONS = {
  seeds: { type: 'string' },
  from: { type: 'string', default: '1' },
  jobs: { type: 'string', default: '2' },
  enough: { type: 'string', default: '50' },
  check: { type: 'boolean', default: false },
  write: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
};

const NUMBERS = ['seeds', 'from', 'jobs', 'enough'];

/** Ends the process where they cannot be used, or where help is asked for. */
export function argumentsOf(args) {
  let given;
  try {
    given = parseArgs({ args, allowPositionals: true, options: OPTIONS });
  } catch (error) {
    refuse(error.message);
  }
  if (given.values.help) {
    process.stdout.write(HELP);
    process.exit(0);
  }
  for (const name of NUMBERS) {
    const value = given.values[name];
    if (value !== undefined && !/^[1-9]\d*$/.test(value)) {
      refuse(`--${name} cannot be "${value}": give a whole number from 1 up`);
    }
  }
  return given;
}

export function refuse(why) {
  process.stderr.write(`mutants: ${why}. --help says what can be given.\n`);
  process.exit(2);
}
