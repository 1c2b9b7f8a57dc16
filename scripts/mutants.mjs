// Runs each mutant of src/simulation/mutants in the simulated world, and writes into docs/mutants.json which invariants found it,
// and how often; `npm run mutants-table` makes docs/mutants.md of it. With names it runs these only.
//
//   node scripts/mutants.mjs [--seeds 200] [--enough 50] [--from 1] [--jobs 2] [name ...]
//   node scripts/mutants.mjs --check [--seeds 60] [--jobs 2] [--write] [name ...]
//
// --enough: of who was found in a fifth of so many seeds no more are run.
// --check runs the one seed by which each mutant was found first, and where that finds it no more, since worlds change, those from 1 on.
// It fails where none does. --write notes the seeds that do.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfStale } from './build.mjs';

buildIfStale();
const { MUTANTS } = await import('../dist/src/simulation/mutants/catalogue.js');
const { firstIn, Outcomes } = await import('./mutants/outcomes.mjs');
const { check, tellCheck } = await import('./mutants/check.mjs');

const resultPath = fileURLToPath(new URL('../docs/mutants.json', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    enough: { type: 'string', default: '50' },
    check: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
const seeds = Number(values.seeds ?? (values.check ? 60 : 200));
const [from, jobs, enough] = [values.from, values.jobs, values.enough].map(Number);
const known = existsSync(resultPath) ? JSON.parse(readFileSync(resultPath, 'utf8')) : {};
const chosen = MUTANTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

if (values.check) await checkAll();
else await measure();

async function measure() {
  const outcomes = new Outcomes(jobs);
  const all = Array.from({ length: seeds }, (_, at) => from + at);
  for (const mutant of chosen) {
    known[mutant.name] = tallyOf(await outcomes.of(mutant, all, isEnough));
    process.stdout.write(`${mutant.name}: ${lineOf(known[mutant.name])}\n`);
    write();
  }
  await outcomes.close();
}

async function checkAll() {
  const onMoved = (name, first) => {
    if (!values.write) return;
    known[name] = {
      ...(known[name] ?? { seeds: 1, killed: 1, by: { [first.invariant]: 1 } }),
      first,
    };
    write();
  };
  tellCheck(await check(chosen, known, { jobs, seeds, onMoved }), values.write);
}

function write() {
  const names = MUTANTS.map(({ name }) => name).filter((name) => name in known);
  const sorted = Object.fromEntries(names.map((name) => [name, known[name]]));
  writeFileSync(resultPath, `${JSON.stringify(sorted, null, 2)}\n`);
}

function isEnough(outcomes) {
  const killed = outcomes.filter(({ found }) => found.length > 0).length;
  return killed >= enough / 5 && outcomes.length >= enough;
}

function tallyOf(outcomes) {
  const killed = outcomes.filter(({ found }) => found.length > 0);
  const by = {};
  for (const { invariant } of killed.flatMap(({ found }) => found)) {
    by[invariant] = (by[invariant] ?? 0) + 1;
  }
  const first = firstIn(outcomes);
  const sorted = Object.fromEntries(Object.entries(by).sort(([, one], [, other]) => other - one));
  return {
    seeds: outcomes.length,
    killed: killed.length,
    by: sorted,
    ...(first === null ? {} : { first }),
  };
}

function lineOf({ seeds: run, killed, by, first }) {
  const shares = Object.entries(by).map(([id, times]) => `${id} ${percent(times, run)}`);
  const how = first === undefined ? '' : ` [${first.seed}: ${first.invariant} ${first.message}]`;
  return `${percent(killed, run)} of ${run} ${shares.join(', ')}${how}`;
}

function percent(part, whole) {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}
