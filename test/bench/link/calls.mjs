// What a chunk costs in system calls, and how often it is acknowledged, at the cadence of speech.
import { startChild } from './child.mjs';
import { PROFILES } from './load.mjs';

/** The first byte of an acknowledgement in tenuto.v1. */
const ACK = 0x02;

/** @returns `{ round, peer, client: { writes, reads }, server: { writes, reads }, acks }` for each, all for one chunk. */
export async function runCalls({ peers, rounds, connections, forMs, onProgress }) {
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const peer of peers) {
      onProgress(`calls: ${connections} connections, round ${round + 1} of ${rounds}, ${peer}`);
      results.push({ round, peer, ...(await measure(peer, connections, forMs)) });
    }
  }
  return results;
}

async function measure(peer, connections, forMs) {
  const server = startChild('load-server.mjs');
  const client = startChild('load-client.mjs');
  try {
    const port = await server.ask('open', { peer });
    await client.ask('open', { peer, port, connections });
    await client.ask('paced', { ...PROFILES.voice, forMs: forMs / 3 }); // warm
    await Promise.all([server.ask('count'), client.ask('count')]);
    const { sent } = await client.ask('paced', { ...PROFILES.voice, forMs });
    const [there, here] = await Promise.all([server.ask('counted'), client.ask('counted')]);
    const each = ({ writes, reads }) => ({ writes: writes / sent, reads: reads / sent });
    return { client: each(here), server: each(there), acks: (here.frames[ACK] ?? 0) / sent };
  } finally {
    await Promise.all([client.stop(), server.stop()]);
  }
}
