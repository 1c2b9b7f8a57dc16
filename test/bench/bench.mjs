// npm run bench: what tenuto costs beside bare ws, in one run, as ratios. Times on a shared machine mean little; ratios hold.
import { fork, spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

import { buildIfStale } from '../../scripts/build.mjs';

const ROUNDS = 5;
const CASES = [
  { sizeBytes: 640, chunks: 300_000 },
  { sizeBytes: 6_400, chunks: 60_000 },
];
const IDLE_CONNECTIONS = 1_000;
const GOALS = { cpuRatio: 1.1, ringNs: 260, heapAboveWsBytes: 12 * 1_024 };

buildIfStale();
const client = fileURLToPath(new URL('client.mjs', import.meta.url));
const { server, port } = await startServer();
const failures = [];

function measure(mode, sizeBytes, chunks) {
  const args = ['--expose-gc', client, mode, String(port), String(sizeBytes), String(chunks)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${mode} failed: ${stderr}`);
  return JSON.parse(stdout);
}

function startServer() {
  return new Promise((resolve) => {
    const child = fork(fileURLToPath(new URL('server.mjs', import.meta.url)));
    child.once('message', ({ port: its }) => resolve({ server: child, port: its }));
  });
}

function spread(values, digits) {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, middle, high] = [sorted[0], sorted[sorted.length >> 1], sorted.at(-1)];
  return {
    middle,
    text: `${middle.toFixed(digits)} [${low.toFixed(digits)}-${high.toFixed(digits)}]`,
  };
}

function check(what, value, goal) {
  const holds = value <= goal;
  if (!holds) failures.push(what);
  return `${holds ? 'holds' : 'MISSED'} (goal <= ${goal})`;
}

for (const { sizeBytes, chunks } of CASES) {
  const rounds = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const ws = measure('ws', sizeBytes, chunks);
    const session = measure('session', sizeBytes, chunks);
    rounds.push({ ws, session });
  }
  const cpu = spread(
    rounds.map(({ ws, session }) => session.cpuUsPerChunk / ws.cpuUsPerChunk),
    2,
  );
  const rate = spread(
    rounds.map(({ ws, session }) => session.chunksPerSecond / ws.chunksPerSecond),
    2,
  );
  const wsRate = spread(
    rounds.map(({ ws }) => ws.chunksPerSecond),
    0,
  );
  const verdict = check(`CPU at ${sizeBytes} B`, cpu.middle, GOALS.cpuRatio);
  console.log(`${sizeBytes} B chunks: client CPU ${cpu.text} x bare ws, ${verdict}`);
  console.log(`  rate ${rate.text} x bare ws (ws: ${wsRate.text} chunks/s)`);
}

for (const depth of [1_000, 100_000]) {
  const ns = spread(
    Array.from({ length: ROUNDS }, () => measure('ring', depth, 2_000_000).nsPerPushAndTrim),
    0,
  );
  console.log(
    `ring, ${depth} chunks held: push + trim ${ns.text} ns, ${check(`ring at ${depth}`, ns.middle, GOALS.ringNs)}`,
  );
}

const ws = measure('heapWs', 0, IDLE_CONNECTIONS).heapBytesPerConnection;
const session = measure('heapSession', 0, IDLE_CONNECTIONS).heapBytesPerConnection;
const above = session - ws;
console.log(
  `heap per idle connection: ${(session / 1_024).toFixed(1)} KiB, bare ws ${(ws / 1_024).toFixed(1)} KiB; ` +
    `above it ${Math.round(above)} B, ${check('heap', above, GOALS.heapAboveWsBytes)}`,
);

server.disconnect();
if (failures.length > 0) {
  console.log(`goals missed: ${failures.join(', ')}`);
  process.exitCode = 1;
}
