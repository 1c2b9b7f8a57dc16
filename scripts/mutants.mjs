// Runs each mutant of src/simulation/mutants in the simulated world, and writes into docs/mutants.json which invariants found it,
// and how often; `npm run mutants-table` makes docs/mutants.md of it. With names it runs these only.
//
//   node scripts/mutants.mjs [--seeds 200] [--enough 50] [--from 1] [--jobs 2] [--check] [name ...]
//
// --enough: of who was found in a fifth of so many seeds no more are run.
// --check runs the one seed by which each mutant was found first, and fails where it is not found any more.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildIfStale } from './build.mjs';

buildIfStale();
const { MUTANTS } = await import('../dist/src/simulation/mutants/catalogue.js');
const { aimedFaults } = await import('../dist/src/simulation/mutants/aimed.js');
const { mutantArguments } = await import('../dist/src/simulation/mutants/arguments.node.js');
const { Pool } = await import('../dist/src/simulation/pool.node.js');

const HUNG_AFTER_MS = 60_000;
const resultPath = fileURLToPath(new URL('../docs/mutants.json', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '200' },
    from: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    enough: { type: 'string', default: '50' },
    check: { type: 'boolean', default: false },
  },
});
const [seeds, from, jobs, enough] = [values.seeds, values.from, values.jobs, values.enough].map(
  Number,
);
const known = existsSync(resultPath) ? JSON.parse(readFileSync(resultPath, 'utf8')) : {};
const chosen = MUTANTS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

const reference = new Pool({ jobs: 1, hungAfterMs: HUNG_AFTER_MS });
const healthy = new Map();
if (values.check) await check();
else await measure();
await reference.close();

async function measure() {
  for (const mutant of chosen) {
    known[mutant.name] = tallyOf(await outcomesOf(mutant, seeds));
    process.stdout.write(`${mutant.name}: ${lineOf(known[mutant.name])}\n`);
    const names = MUTANTS.map(({ name }) => name).filter((name) => name in known);
    const sorted = Object.fromEntries(names.map((name) => [name, known[name]]));
    writeFileSync(resultPath, `${JSON.stringify(sorted, null, 2)}\n`);
  }
}

async function check() {
  const lost = [];
  for (const mutant of chosen) {
    const first = known[mutant.name]?.first;
    if (mutant.expected !== 'killed') continue;
    const [outcome] = first === undefined ? [] : await outcomesOf(mutant, 1, first.seed);
    const isFound = outcome !== undefined && outcome.found.length > 0;
    process.stdout.write(`${mutant.name}: ${isFound ? 'found' : 'NOT FOUND'}\n`);
    if (!isFound) lost.push(mutant.name);
  }
  if (lost.length === 0) return;
  process.stderr.write(`not found any more: ${lost.join(', ')}\n`);
  process.exitCode = 1;
}

/** Of one after the other, until enough is known. */
async function outcomesOf(mutant, most, begin = from) {
  const pool = new Pool({ jobs, hungAfterMs: HUNG_AFTER_MS, ...mutantArguments(mutant.name) });
  const outcomes = [];
  const batch = jobs * 5;
  for (let seed = begin; seed < begin + most && !isEnough(outcomes); seed += batch) {
    const next = Array.from({ length: Math.min(batch, begin + most - seed) }, (_, at) => seed + at);
    outcomes.push(...(await Promise.all(next.map((each) => outcomeOf(pool, mutant, each)))));
  }
  await pool.close();
  return outcomes;
}

/** What was violated with the mutant, and is not without it. */
async function outcomeOf(pool, { world = 'gateways', faults: kinds }, seed) {
  const aimed =
    kinds === undefined || world !== 'gateways' ? {} : { faults: aimedFaults(kinds, seed) };
  const options = { seed, world, ...aimed };
  const found = foundIn(await pool.run(options));
  if (found.length === 0) return { seed, found };
  const inAnyCase = await foundWithout(options);
  return { seed, found: found.filter(({ invariant }) => !inAnyCase.has(invariant)) };
}

async function foundWithout(options) {
  const key = JSON.stringify(options);
  if (!healthy.has(key)) {
    const outcome = reference.run(options);
    healthy.set(
      key,
      outcome.then((each) => new Set(foundIn(each).map(({ invariant }) => invariant))),
    );
  }
  const found = await healthy.get(key);
  if (found.size > 0) process.stderr.write(`${options.seed}: ${[...found]} without a mutant\n`);
  return found;
}

function foundIn(outcome) {
  if ('result' in outcome) return outcome.result.violations;
  return [{ invariant: 'I19', message: outcome.lost.split('\n')[0] }];
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
  const [first] = killed;
  const sorted = Object.fromEntries(Object.entries(by).sort(([, one], [, other]) => other - one));
  return {
    seeds: outcomes.length,
    killed: killed.length,
    by: sorted,
    ...(first === undefined ? {} : { first: firstOf(first) }),
  };
}

function firstOf({ seed, found: [{ invariant, message }] }) {
  return { seed, invariant, message };
}

function lineOf({ seeds: run, killed, by, first }) {
  const shares = Object.entries(by).map(([id, times]) => `${id} ${percent(times, run)}`);
  const how = first === undefined ? '' : ` [${first.seed}: ${first.invariant} ${first.message}]`;
  return `${percent(killed, run)} of ${run} ${shares.join(', ')}${how}`;
}

function percent(part, whole) {
  return `${((100 * part) / Math.max(1, whole)).toFixed(1)} %`;
}
