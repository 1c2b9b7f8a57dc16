// One server under load, in a process of its own: it swallows what comes and is asked what that cost.
import { subscribe } from 'node:diagnostics_channel';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import process from 'node:process';

import { answer } from './child.mjs';
import { nowMs } from './clock.mjs';
import { counted, startCounting } from './counting.mjs';
import { Latencies } from './latencies.mjs';
import { PEERS } from './peers.mjs';

let server = null;
let chunks = 0;
let cpu = process.cpuUsage();
let latencies = null;
const delay = monitorEventLoopDelay({ resolution: 1 });
const sockets = new Set();
let awayUntilMs = 0;
let turnedAway = 0;
let cameAtMs = [];

/** Whoever it is that listens. While the server is away, whoever comes is reset. */
subscribe('net.server.socket', ({ socket }) => {
  if (nowMs() < awayUntilMs) {
    turnedAway += 1;
    socket.resetAndDestroy();
    return;
  }
  cameAtMs.push(nowMs());
  sockets.add(socket);
  socket.once('close', () => sockets.delete(socket));
});

answer({
  /** @param isTimed chunks carry the moment at which they were due. */
  async open({ peer, isTimed = false }) {
    if (isTimed) latencies = new Latencies();
    server = await PEERS[peer].load.serve({
      onChunk(bytes) {
        chunks += 1;
        latencies?.take(bytes);
      },
    });
    return server.port;
  },
  begin() {
    chunks = 0;
    latencies?.reset();
    delay.reset();
    delay.enable();
    cpu = process.cpuUsage();
  },
  chunks: () => chunks,
  end() {
    const { user, system } = process.cpuUsage(cpu);
    delay.disable();
    return {
      cpuUs: user + system,
      chunks,
      ...latencies?.read(),
      delayP99Ms: delay.percentile(99) / 1e6,
    };
  },
  count: () => startCounting(),
  counted: () => counted(),
  heap: () => heapOf(),
  /** Cuts everybody off at once; `awayMs` later the door is open again. */
  cut({ awayMs }) {
    cameAtMs = [];
    turnedAway = 0;
    awayUntilMs = nowMs() + awayMs;
    for (const socket of sockets) socket.resetAndDestroy();
    return awayUntilMs;
  },
  arrivals: () => ({ cameAtMs, turnedAway }),
});

async function heapOf() {
  for (let n = 0; n < 4; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 60));
    globalThis.gc();
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapUsed, external, rss };
}
