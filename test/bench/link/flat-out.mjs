// One connection as fast as it goes: CPU of both processes for each chunk, and the rate, as ratios to bare `ws`.
import { startChild } from './child.mjs';

export const CASES = [
  { sizeBytes: 640, chunks: 200_000 },
  { sizeBytes: 6_400, chunks: 30_000 },
  { sizeBytes: 640, chunks: 60_000, chunksPerTurn: 1 },
];
/** So much of what is measured is sent before: what counts is what a chunk costs, not what compiling costs that comes by it. */
const WARM_RATIO = 0.5;

/** `native`: masks by bufferutil, which `ws` takes where it is installed. */
const PLAIN = { WS_NO_BUFFER_UTIL: '1' };

/** @returns `{ sizeBytes, chunksPerTurn, round, peer, isNative, clientUs, serverUs, perS }` for each. */
export async function runFlatOut({ contenders, cases, rounds, chunksRatio = 1, onProgress }) {
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { sizeBytes, chunks, chunksPerTurn = 64 } of cases) {
      for (const { peer, isNative } of contenders) {
        const what = `${sizeBytes} B, ${chunksPerTurn} a turn`;
        onProgress(`flat out: ${what}, round ${round + 1} of ${rounds}, ${peer}`);
        const count = Math.ceil(chunks * chunksRatio);
        const one = await measure(peer, isNative, { sizeBytes, chunksPerTurn, chunks: count });
        results.push({ sizeBytes, chunksPerTurn, round, peer, isNative, ...one });
      }
    }
  }
  return results;
}

async function measure(peer, isNative, load) {
  const { chunks } = load;
  const env = isNative ? {} : PLAIN;
  const server = startChild('load-server.mjs', { env });
  const client = startChild('load-client.mjs', { env });
  try {
    const port = await server.ask('open', { peer });
    await client.ask('open', { peer, port });
    await client.ask('flat', { ...load, chunks: Math.ceil(chunks * WARM_RATIO) });
    await server.ask('begin');
    const sent = await client.ask('flat', load);
    const taken = await server.ask('end');
    if (taken.chunks !== chunks) throw new Error(`${peer}: ${taken.chunks} of ${chunks} chunks`);
    return {
      clientUs: sent.cpuUs / chunks,
      serverUs: taken.cpuUs / chunks,
      perS: (chunks * 1_000) / sent.tookMs,
    };
  } finally {
    await Promise.all([client.stop(), server.stop()]);
  }
}
