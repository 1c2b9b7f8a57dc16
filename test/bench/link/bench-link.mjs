// npm run bench:link: the link beside bare ws and its peers. What it may be told stands in arguments.mjs.
import { mkdirSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { buildIfStale } from '../../../scripts/build.mjs';
import { HELP, readArguments } from './arguments.mjs';

const { options, problem } = readArguments(process.argv.slice(2));
if (options === undefined || options.isHelp) {
  if (problem !== undefined) process.stderr.write(`${problem}.\n\n`);
  process[problem === undefined ? 'stdout' : 'stderr'].write(HELP);
  process.exit(problem === undefined ? 0 : 2);
}
const { isQuick, seed, only } = options;

const { FAULTS, runFaults } = await built('./faults.mjs');
const { CASES, runFlatOut } = await built('./flat-out.mjs');
const { runIdle, runLive } = await built('./live.mjs');
const { runStorm } = await built('./storm.mjs');
const { runCalls } = await built('./calls.mjs');
const { DATA_HEADER_BYTES } = await built('../../../dist/src/protocol/frames.js');
const { checksumUs, mailboxPerChunk, ringNs } = await built('./in-process.mjs');
const rowsOf = { ...(await built('./rows.mjs')), ...(await built('./load-rows.mjs')) };
const { machineFacts, markdownOf } = await built('./report.mjs');

const onProgress = (line) => process.stderr.write(`${line}\n`);

const WEBSOCKETS = ['ws', 'reconnecting-websocket tuned', 'partysocket tuned', 'socket.io csr tuned']; // prettier-ignore
const LOADED = ['ws', 'partysocket tuned', 'socket.io csr tuned', 'tenuto'];
const PLAN = isQuick
  ? {
      faults: { peers: ['ws', 'tenuto', 'tenuto tuned'], profiles: ['voice'], rounds: 1, timeRatio: 0.25, afterMs: 5_000, drainMs: 5_000 }, // prettier-ignore
      flat: { rounds: 1, chunksRatio: 0.1 },
      live: { rounds: 1, connections: 50, forMs: 1_000, peers: ['ws', 'tenuto'] },
      calls: { rounds: 1, connections: 20, forMs: 1_500, peers: ['ws', 'tenuto'] },
      idle: { rounds: 1, connections: 200, peers: ['ws', 'tenuto'] },
      storm: null,
      inside: { chunks: 2_000, pushes: 200_000 },
    }
  : {
      faults: { peers: [...WEBSOCKETS, 'tenuto', 'tenuto tuned', 'tenuto tuned, file store'], profiles: ['voice', 'asr'], rounds: 3, timeRatio: 1, afterMs: 12_000, drainMs: 10_000 }, // prettier-ignore
      flat: { rounds: 3, chunksRatio: 0.5 },
      live: { rounds: 3, connections: 1_000, forMs: 5_000, peers: LOADED },
      calls: { rounds: 3, connections: 20, forMs: 5_000, peers: LOADED },
      idle: { rounds: 2, connections: 2_000, peers: LOADED },
      storm: { connections: 5_000, aways: [0, 5_000], peers: ['partysocket tuned', 'socket.io csr tuned', 'tenuto', 'tenuto spread'] }, // prettier-ignore
      inside: { chunks: 20_000, pushes: 2_000_000 },
    };

const measured = {};
const rows = [];

await section('faults', async (plan) => {
  const faults = [...FAULTS, 'none'];
  const results = await runFaults({ ...plan, faults, seed, onProgress });
  measured.faults = results.map((one) => ({ ...one, notices: undefined }));
  rows.push(...rowsOf.losslessRows(results), ...rowsOf.recoveryRows(results));
});
await section('flat', async (plan) => {
  const contenders = [
    { peer: 'ws', isNative: false },
    { peer: 'ws', isNative: true },
    { peer: 'tenuto', isNative: false },
    { peer: 'tenuto', isNative: true },
    ...(isQuick ? [] : [{ peer: 'partysocket tuned', isNative: false }, { peer: 'socket.io csr tuned', isNative: false }]), // prettier-ignore
  ];
  measured.flat = await runFlatOut({ ...plan, contenders, cases: CASES, onProgress });
  rows.push(...rowsOf.flatOutRows(measured.flat, (bytes) => checksumUs(DATA_HEADER_BYTES + bytes)));
  rows.push(...rowsOf.oneWriteRows(measured.flat));
});
await section('live', async (plan) => {
  measured.live = await runLive({ ...plan, onProgress });
  rows.push(...rowsOf.liveRows(measured.live, plan.connections));
});
await section('calls', async (plan) => {
  measured.calls = await runCalls({ ...plan, onProgress });
  rows.push(...rowsOf.callRows(measured.calls, DATA_HEADER_BYTES));
});
await section('idle', async (plan) => {
  measured.idle = await runIdle({ ...plan, onProgress });
  rows.push(...rowsOf.idleRows(measured.idle));
});
await section('inside', async ({ chunks, pushes }) => {
  onProgress('inside: the ring, and the mailboxes');
  const ns = Array.from({ length: 5 }, () => ringNs(100_000, pushes));
  const perChunk = await mailboxPerChunk(chunks);
  measured.inside = { ringNs: ns, mailboxPerChunk: perChunk };
  rows.push(...rowsOf.insideRows(measured.inside));
});
await section('storm', async (plan) => {
  measured.storm = await runStorm({ ...plan, onProgress });
  rows.push(...rowsOf.stormRows(measured.storm));
});

const broken = rows.filter(({ goal, isMet }) => goal === 'G1' && !isMet);
for (const { what, measured: its } of broken) onProgress(`BROKEN: ${what}: ${its}`);
const missed = rows.filter(({ isMet }) => !isMet).length;
onProgress(`${rows.length - missed} of ${rows.length} rows met; see ${nameOf('md')}`);
process.exitCode = broken.length > 0 ? 1 : 0;

async function section(name, run) {
  const plan = PLAN[name];
  if (plan === null || (only !== null && !only.includes(name))) return;
  await run(plan);
  write(); // what is measured is kept, whatever comes of the rest
}

function write() {
  const machine = machineFacts();
  const report = { machine, seed, isQuick, rows, measured };
  mkdirSync(new URL('../../../.tmp/', import.meta.url), { recursive: true });
  writeFileSync(pathOf('json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(pathOf('md'), markdownOf({ ...report, faults: measured.faults ?? [] }));
}

/** A part of a run is no report. */
function nameOf(extension) {
  return `${isQuick || only !== null ? '.tmp' : 'docs'}/bench-link.${extension}`;
}

function pathOf(extension) {
  return fileURLToPath(new URL(`../../../${nameOf(extension)}`, import.meta.url));
}

/** What is measured is what the sources say. */
async function built(file) {
  buildIfStale();
  return import(file);
}
