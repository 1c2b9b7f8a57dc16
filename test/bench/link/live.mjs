// Many connections at the cadence of speech; and the same connections idle.
import { startChild } from './child.mjs';
import { PROFILES } from './load.mjs';

/** @returns `{ round, peer, clientUs, serverUs, p50Ms, p99Ms, isWhole }` for each: CPU in µs for each chunk. */
export async function runLive({ peers, rounds, connections, forMs, onProgress }) {
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of peers) {
      onProgress(`live: ${connections} connections, round ${round + 1} of ${rounds}, ${peer}`);
      results.push({ round, peer, ...(await measure(peer, connections, forMs)) });
    }
  }
  return results;
}

async function measure(peer, connections, forMs) {
  const server = startChild('load-server.mjs');
  const client = startChild('load-client.mjs');
  try {
    const port = await server.ask('open', { peer, isTimed: true });
    await client.ask('open', { peer, port, connections });
    await client.ask('paced', { ...PROFILES.voice, forMs: forMs / 3 }); // warm
    await new Promise((resolve) => setTimeout(resolve, 500));
    await server.ask('begin');
    const { sent, cpuUs } = await client.ask('paced', { ...PROFILES.voice, forMs });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const taken = await server.ask('end');
    return {
      clientUs: cpuUs / sent,
      serverUs: taken.cpuUs / sent,
      p50Ms: taken.p50Ms,
      p99Ms: taken.p99Ms,
      isWhole: taken.chunks === sent,
    };
  } finally {
    await Promise.all([client.stop(), server.stop()]);
  }
}

/** @returns `{ round, peer, serverBytes, clientBytes }` for each: heap for each idle connection. */
export async function runIdle({ peers, rounds, connections, onProgress }) {
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of peers) {
      onProgress(`idle: ${connections} connections, round ${round + 1} of ${rounds}, ${peer}`);
      results.push({ round, peer, ...(await weigh(peer, connections)) });
    }
  }
  return results;
}

async function weigh(peer, connections) {
  const execArgv = ['--expose-gc'];
  const server = startChild('load-server.mjs', { execArgv });
  const client = startChild('load-client.mjs', { execArgv });
  try {
    const port = await server.ask('open', { peer });
    await client.ask('open', { peer, port, connections: 20 }); // what all share is there now
    const before = [await server.ask('heap'), await client.ask('heap')];
    await client.ask('open', { peer, port, connections });
    const after = [await server.ask('heap'), await client.ask('heap')];
    const [serverBytes, clientBytes] = after.map(
      ({ heapUsed }, n) => (heapUsed - before[n].heapUsed) / connections,
    );
    return { serverBytes, clientBytes };
  } finally {
    await Promise.all([client.stop(), server.stop()]);
  }
}
