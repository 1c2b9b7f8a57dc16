// Runs each mutant of src/simulation/mutants in the simulated world: --help says how.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { argumentsOf, refuse } from './mutants/arguments.mjs';
import { buildIfStale } from './build.mjs';

const { values, positionals } = argumentsOf(process.argv.slice(2));
buildIfStale();
const { MUTANTS } = await import('../dist/src/simulation/mutants/catalogue.js');
const { firstIn, Outcomes } = await import('./mutants/outcomes.mjs');
const { check, tellCheck } = await import('./mutants/check.mjs');

const resultPath = fileURLToPath(new URL('../docs/mutants.json', import.meta.url));

const seeds = Number(values.seeds ?? (values.check ? 60 : 200));
const [from, jobs, enough] = [values.from, values.jobs, values.enough].map(Number);
const known = existsSync(resultPath) ? JSON.parse(readFileSync(resultPath, 'utf8')) : {};
const unknown = positionals.find((name) => !MUTANTS.some((mutant) => mutant.name === name));
if (unknown !== undefined) refuse(`there is no mutant "${unknown}"`);
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
