// What becomes of a stream through real processes: gateways are killed, frozen and cut off, and clients too. Afterwards the
// gateway's log is read from its files: every chunk once and in order, and the transcript word for word.
//
//   npm run scenarios:gateway -- [--all] [--only kills,seeds,...] [--seed N] [--kills N] [--seeds N] [--parallel N] [--keep]
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildIfStale } from './build.mjs';

buildIfStale();
const { calmTranscript } = await import('./gateway-scenarios/speech.mjs');
const { casesOf, GROUPS } = await import('./gateway-scenarios/cases.mjs');

const { values: options } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    only: { type: 'string' },
    seed: { type: 'string' },
    kills: { type: 'string' },
    seeds: { type: 'string' },
    parallel: { type: 'string', default: '2' },
    keep: { type: 'boolean', default: false },
  },
});

const CALM_SPEED = 4;
const root = mkdtempSync(join(tmpdir(), 'tenuto-scenarios-'));
const startedAtMs = performance.now();
const cases = casesOf(options);
const results = [];
const calms = new Map();

process.once('SIGINT', () => process.exit(130));
process.once('SIGTERM', () => process.exit(143));
console.log(`${cases.length} cases of ${GROUPS.length} groups, ${options.parallel} at a time`);
await Promise.all(Array.from({ length: Number(options.parallel) }, () => work()));
tellResults();
if (results.every(({ problems }) => problems.length === 0) && !options.keep) {
  rmSync(root, { recursive: true });
}

async function work() {
  for (let next = cases.shift(); next !== undefined; next = cases.shift()) {
    const result = await resultOf(next);
    results.push(result);
    const verdict = result.problems.length === 0 ? 'ok    ' : 'FAILED';
    console.log(`${clock()} ${verdict} ${next.name} (seed ${next.seed}): ${result.notes}`);
    for (const problem of result.problems) console.log(`       ${problem}`);
  }
}

/** Of a case that failed, everything stays to be looked at. */
async function resultOf(one) {
  const folder = join(root, `${one.name.replaceAll(/[^a-z0-9]+/gi, '-')}-${one.seed}`);
  mkdirSync(folder);
  const directory = join(folder, 'log');
  const began = performance.now();
  let told = { problems: [], notes: '', count: 0, programs: [] };
  try {
    told = await one.run({ folder, directory, calm });
  } catch (error) {
    told.problems = [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  }
  const { problems, programs } = told;
  if (problems.length > 0) {
    programs.forEach(({ text }, at) => writeFileSync(join(folder, `program-${at}.txt`), text));
    problems.push(`see ${folder}`, `again: ${again(one)}`);
  } else if (!options.keep) rmSync(folder, { recursive: true });
  return { ...told, name: one.name, tookMs: performance.now() - began };
}

function again({ group, seed, more = '' }) {
  return `npm run scenarios:gateway -- --only ${group} --seed ${seed} ${more}`.trim();
}

/** What it says; of people, one faultless run for each recording, however many ask. */
function calm(speech) {
  if (speech.transcript !== undefined) return Promise.resolve(speech.transcript);
  const known = calms.get(speech.lengthMs);
  if (known !== undefined) return known;
  const directory = join(root, `calm-${calms.size}`);
  const transcript = calmTranscript(speech, { directory, speed: CALM_SPEED });
  calms.set(speech.lengthMs, transcript);
  return transcript;
}

function tellResults() {
  const names = [...new Set(results.map(({ name }) => name))];
  const rows = names.map((name) => {
    const own = results.filter((result) => result.name === name);
    const failed = own.filter(({ problems }) => problems.length > 0).length;
    const events = own.reduce((sum, { count }) => sum + count, 0);
    const longestMs = Math.max(...own.map(({ tookMs }) => tookMs));
    return [name, own.length, events, failed, `${(longestMs / 1_000).toFixed(1)} s`].map(String);
  });
  const table = [['scenario', 'runs', 'faults', 'failed', 'longest'], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  console.log('');
  for (const row of table) {
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]))
        .join('  ')
        .trimEnd(),
    );
  }
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  console.log(`\n${results.length - failed} passed, ${failed} failed, in ${clock().trim()}`);
  process.exitCode = failed === 0 ? 0 : 1;
}

function clock() {
  const seconds = Math.round((performance.now() - startedAtMs) / 1_000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
}
