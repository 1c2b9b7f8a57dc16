// The clients of one peer under load, in a process of its own: flat out on one connection, or paced on many.
import process from 'node:process';

import { answer } from './child.mjs';
import { nowMs } from './clock.mjs';
import { counted, startCounting } from './counting.mjs';
import { stamp } from './latencies.mjs';
import { PEERS } from './peers.mjs';

const CHUNKS_PER_TURN = 64;
const TICK_MS = 1;

const clients = [];
let dial = null;
const turn = () => new Promise((resolve) => setImmediate(resolve));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

answer({
  async open({ peer, port, connections = 1, atOnce = 100, options = {} }) {
    dial = PEERS[peer].load.dial;
    for (let n = 0; n < connections; n += atOnce) {
      const some = Math.min(atOnce, connections - n);
      clients.push(
        ...(await Promise.all(Array.from({ length: some }, () => dial({ port, ...options })))),
      );
    }
  },
  /** As fast as backpressure allows; resolves when all was taken. */
  async flat({ sizeBytes, chunks, chunksPerTurn = CHUNKS_PER_TURN }) {
    const [client] = clients;
    const bytes = Buffer.alloc(sizeBytes, 7);
    const cpu = process.cpuUsage();
    const startedAtMs = nowMs();
    for (let sent = 0; sent < chunks;) {
      let n = 0;
      for (; n < chunksPerTurn && sent < chunks && client.isReady(); n += 1) {
        client.write(bytes);
        sent += 1;
      }
      await (n > 0 ? turn() : pause(1)); // nobody spins while nothing may go
    }
    await client.settled();
    const { user, system } = process.cpuUsage(cpu);
    return { cpuUs: user + system, tookMs: nowMs() - startedAtMs };
  },
  /** Each connection one chunk each interval, spread over it. */
  async paced({ sizeBytes, intervalMs, forMs }) {
    const bytes = Buffer.alloc(sizeBytes, 7);
    const { length } = clients;
    const perMs = length / intervalMs;
    const startedAtMs = nowMs();
    const cpu = process.cpuUsage();
    let sent = 0;
    for (let atMs = startedAtMs; atMs - startedAtMs < forMs; atMs = nowMs()) {
      const due = Math.floor((atMs - startedAtMs) * perMs);
      for (; sent < due; sent += 1) {
        stamp(bytes, startedAtMs + sent / perMs);
        clients[sent % length].write(bytes);
      }
      await pause(TICK_MS);
    }
    const { user, system } = process.cpuUsage(cpu);
    return { cpuUs: user + system, sent };
  },
  count: () => startCounting(),
  counted: () => counted(),
  async heap() {
    for (let n = 0; n < 4; n += 1) {
      await pause(60);
      globalThis.gc();
    }
    const { heapUsed, external, rss } = process.memoryUsage();
    return { heapUsed, external, rss, clients: clients.length };
  },
  /** How many are up, and when the last came back: `sinceMs` is the moment of the cut. */
  up: () => clients.reduce((sum, client) => sum + (client.isUp() ? 1 : 0), 0),
});
