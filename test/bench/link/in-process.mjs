// What needs no second process: the ring's own work, and what the charts are told while audio flows.
import process from 'node:process';

import { createMemoryStore, startGateway } from '../../../dist/src/gateway.js';
import { createSession } from '../../../dist/src/node.js';
import { RingBuffer } from '../../../dist/src/audio/ring-buffer.js';
import { crc32c } from '../../../dist/src/protocol/crc32c.js';
import { gateway } from '../../../dist/src/providers/gateway/gateway.js';
import { sleep } from './clock.mjs';

const TRIM_EVERY = 32;
/** Without a final now and then credit stops. */
const CHUNKS_PER_FINAL = 1_000;
const BYTES_PER_SAMPLE = 2;
const MOST_BUFFERED_CHUNKS = 400;

/** Ns for one chunk pushed and trimmed, with so many held. */
export function ringNs(held, chunks) {
  const chunk = new Uint8Array(640).fill(7);
  const ring = new RingBuffer({ capacityBytes: 1e9 });
  const run = (total) => {
    for (let n = 0; n < total; n += 1) {
      const seq = ring.append(chunk);
      if (seq % TRIM_EVERY === 0 && ring.chunks > held) ring.acknowledge(seq - held);
    }
  };
  run(held + chunks / 10);
  const startedAtMs = performance.now();
  run(chunks);
  return ((performance.now() - startedAtMs) * 1e6) / chunks;
}

/** CPU of one checksum, in µs: the least of a few, for whatever else the machine does is none of it. */
export function checksumUs(sizeBytes) {
  const bytes = new Uint8Array(sizeBytes).fill(7);
  const times = 20_000;
  let leastUs = Infinity;
  for (let run = 0; run < 10; run += 1) {
    const cpu = process.cpuUsage();
    for (let n = 0; n < times; n += 1) crc32c(bytes);
    const { user, system } = process.cpuUsage(cpu);
    leastUs = Math.min(leastUs, (user + system) / times);
  }
  return leastUs;
}

/** Events that any actor of a session is sent for each of so many chunks, beyond those of as long a silence. */
export async function mailboxPerChunk(chunks) {
  let handed = 0;
  let from = 0;
  const app = {
    open: (session) => ({
      audio({ seq, position, bytes }) {
        handed += 1;
        session.handled(seq);
        if (handed % CHUNKS_PER_FINAL !== 0) return;
        const to = position + bytes.length / BYTES_PER_SAMPLE;
        session.result({ type: 'final', from, to, text: '' });
        from = to;
      },
      gap: () => undefined,
      finish: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
  };
  const store = createMemoryStore();
  const server = await startGateway({ store, apps: new Map([['speech', app]]) });
  let events = 0;
  const session = createSession({
    candidates: [gateway({ url: server.url })],
    inspect: ({ type }) => {
      if (type === '@xstate.event') events += 1;
    },
  });
  await session.connect();
  const chunk = new Uint8Array(640);
  for (let n = 0; n < 50; n += 1) session.write(chunk);
  await session.drain();
  const before = events;
  for (let n = 0; n < chunks; n += 1) {
    if (session.write(chunk) === 'sent' && n % 100 !== 99) continue;
    do
      await sleep(1); // what is held back waits in the ring, and the ring has an end
    while (session.ledger.buffered > MOST_BUFFERED_CHUNKS);
  }
  await session.drain();
  const perChunk = (events - before) / chunks;
  await session.close({ drainTimeoutMs: 0 });
  await server.close();
  if (handed !== chunks + 50) throw new Error(`${handed} of ${chunks + 50} chunks arrived`);
  return perChunk;
}
