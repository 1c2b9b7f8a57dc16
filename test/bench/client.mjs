// One measurement in a process of its own: node client.mjs MODE PORT SIZE_BYTES CHUNKS, printed as JSON.
import process from 'node:process';

import WebSocket from 'ws';

import { RingBuffer } from '../../dist/src/audio/ring-buffer.js';
import { createSession } from '../../dist/src/node.js';

const CHUNKS_PER_TURN = 64;
const HIGH_WATER_BYTES = 256 * 1_024;

const [mode, port, size, count] = process.argv.slice(2);
const sizeBytes = Number(size);
const chunks = Number(count);
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** A service that takes everything at any speed and confirms by bytes. */
function sink(url) {
  return {
    name: 'sink',
    component: 'stt',
    traits: {
      resume: 'none',
      replayRateRatio: Infinity,
      keepAliveIntervalMs: null,
      firstAudioWithinMs: null,
      flushTimeoutMs: 5_000,
      answersPings: true,
      refreshesCredential: false,
    },
    checkFormat: () => undefined,
    dial: () => Promise.resolve({ url, timeoutMs: 10_000 }),
    openStream: () => ({
      encodeAudio: (bytes) => bytes,
      encodeKeepAlive: () => null,
      encodeFlush: () => 'flush',
      encodeGoodbye: () => null,
      decode: (frame) => [{ kind: 'finished', samples: Number(frame) / 2 }],
    }),
    classifyEnd: ({ code, reason }) => ({ kind: 'transient', code: String(code), detail: reason }),
  };
}

async function openWs(path) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { perMessageDeflate: false });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}

async function throughputOfWs() {
  const socket = await openWs('/');
  const chunk = Buffer.alloc(sizeBytes, 7);
  return measured(
    async (total) => {
      for (let sent = 0; sent < total;) {
        for (let n = 0; n < CHUNKS_PER_TURN && sent < total; n += 1) {
          if (socket.bufferedAmount > HIGH_WATER_BYTES) break;
          socket.send(chunk);
          sent += 1;
        }
        await turn();
      }
      socket.send('done');
      await new Promise((resolve) => socket.once('message', resolve));
    },
    () => socket.terminate(),
  );
}

async function throughputOfSession() {
  const session = createSession({ candidates: [sink(`ws://127.0.0.1:${port}/ack`)] });
  await session.connect();
  const chunk = Buffer.alloc(sizeBytes, 7);
  return measured(
    async (total) => {
      for (let sent = 0; sent < total;) {
        for (let n = 0; n < CHUNKS_PER_TURN && sent < total; n += 1) {
          sent += 1;
          if (session.write(chunk) !== 'sent') break;
        }
        await turn();
      }
      if (!(await session.drain())) throw new Error('the session did not drain');
    },
    () => session.close({ drainTimeoutMs: 0 }),
  );
}

async function measured(send, end) {
  await send(Math.ceil(chunks / 10)); // warm-up
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  await send(chunks);
  const { user, system } = process.cpuUsage(cpu);
  const seconds = (performance.now() - startedAt) / 1_000;
  await end();
  return { cpuUsPerChunk: (user + system) / chunks, chunksPerSecond: chunks / seconds };
}

function ring() {
  const held = sizeBytes; // for this mode the size is the depth in chunks
  const chunk = new Uint8Array(640).fill(7);
  const buffer = new RingBuffer({ capacityBytes: 1e9 });
  const run = (total) => {
    for (let n = 0; n < total; n += 1) {
      const seq = buffer.append(chunk);
      if (seq % 32 === 0 && buffer.chunks > held) buffer.acknowledge(seq - held);
    }
  };
  run(held + chunks / 10);
  const startedAt = performance.now();
  run(chunks);
  return { nsPerPushAndTrim: ((performance.now() - startedAt) * 1e6) / chunks };
}

async function heap(open) {
  const opened = [];
  for (let n = 0; n < 20; n += 1) opened.push(await open()); // what is shared by all is loaded now
  await settle();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < chunks; n += 1) opened.push(await open());
  await settle();
  const bytes = (process.memoryUsage().heapUsed - before) / chunks;
  return { heapBytesPerConnection: bytes, opened: opened.length };
}

async function settle() {
  for (let n = 0; n < 5; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    globalThis.gc();
  }
}

const modes = {
  ws: throughputOfWs,
  session: throughputOfSession,
  ring,
  heapWs: () => heap(() => openWs('/')),
  heapSession: () => {
    const candidates = [sink(`ws://127.0.0.1:${port}/ack`)]; // facts, which sessions share
    return heap(async () => {
      const session = createSession({ candidates });
      await session.connect();
      return session;
    });
  },
};

process.stdout.write(`${JSON.stringify(await modes[mode]())}\n`);
process.exit(0);
