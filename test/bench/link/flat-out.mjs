// One connection as fast as it goes: CPU of both processes for each chunk, and the rate, as ratios to bare `ws`.
import { startChild } from './child.mjs';

export const CASES = [
  { sizeBytes: 640, chunks: 200_000 },
  { sizeBytes: 6_400, chunks: 30_000 },
];

/** `native`: masks by bufferutil, which `ws` takes where it is installed. */
const PLAIN = { WS_NO_BUFFER_UTIL: '1' };

/** @returns `{ sizeBytes, round, peer, isNative, clientUs, serverUs, perS }` for each. */
export async function runFlatOut({ contenders, cases, rounds, chunksRatio = 1, onProgress }) {
  const results = [];
  for (let round = 0; round < rounds; round += 1) {
    for (const { sizeBytes, chunks } of cases) {
      for (const { peer, isNative } of contenders) {
        onProgress(`flat out: ${sizeBytes} B, round ${round + 1} of ${rounds}, ${peer}`);
        const count = Math.ceil(chunks * chunksRatio);
        const one = await measure(peer, isNative, sizeBytes, count);
        results.push({ sizeBytes, round, peer, isNative, ...one });
      }
    }
  }
  return results;
}

async function measure(peer, isNative, sizeBytes, chunks) {
  const env = isNative ? {} : PLAIN;
  const server = startChild('load-server.mjs', { env });
  const client = startChild('load-client.mjs', { env });
  try {
    const port = await server.ask('open', { peer });
    await client.ask('open', { peer, port });
    await client.ask('flat', { sizeBytes, chunks: Math.ceil(chunks / 10) }); // warm
    await server.ask('begin');
    const sent = await client.ask('flat', { sizeBytes, chunks });
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
