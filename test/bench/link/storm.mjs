// Thousands of clients that are cut off at the same moment, and how they come back.
import { startChild } from './child.mjs';
import { nowMs, sleep } from './clock.mjs';

const WINDOW_MS = 100;
const LOOK_EVERY_MS = 50;
const LONGEST_MS = 30_000;

/** @returns `{ awayMs, peer, back, lastMs, peakPerS, tries, serverUs, delayP99Ms }` for each. */
export async function runStorm({ peers, connections, aways, onProgress }) {
  const results = [];
  for (const awayMs of aways) {
    for (const peer of peers) {
      onProgress(`storm: ${connections} clients, server away for ${awayMs} ms, ${peer}`);
      const result = { awayMs, peer, ...(await measure(peer, connections, awayMs)) };
      onProgress(`storm: ${JSON.stringify(result)}`); // the rest may take minutes, or never come
      results.push(result);
    }
  }
  return results;
}

async function measure(peer, connections, awayMs) {
  const server = startChild('load-server.mjs');
  const client = startChild('load-client.mjs');
  try {
    const port = await server.ask('open', { peer });
    await client.ask('open', { peer, port, connections, options: { isAlone: true } });
    await sleep(1_000);
    await server.ask('begin');
    const backFromMs = await server.ask('cut', { awayMs });
    await sleep(WINDOW_MS);
    let lastMs = Infinity;
    let back = 0;
    while (back < connections && nowMs() - backFromMs < LONGEST_MS) {
      await sleep(LOOK_EVERY_MS);
      back = await client.ask('up');
      if (back === connections) lastMs = nowMs() - backFromMs;
    }
    const { cpuUs, delayP99Ms } = await server.ask('end');
    const { cameAtMs, turnedAway } = await server.ask('arrivals');
    const tries = turnedAway / connections;
    const serverUs = cpuUs / connections;
    return { back, lastMs, peakPerS: peakOf(cameAtMs), tries, serverUs, delayP99Ms };
  } finally {
    await Promise.all([client.stop(), server.stop()]);
  }
}

function peakOf(cameAtMs) {
  const counts = new Map();
  for (const atMs of cameAtMs) {
    const window = Math.floor(atMs / WINDOW_MS);
    counts.set(window, (counts.get(window) ?? 0) + 1);
  }
  return (Math.max(0, ...counts.values()) * 1_000) / WINDOW_MS;
}
