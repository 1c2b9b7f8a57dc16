/**
 * A recorder that is to be killed: node recording-child.mjs URL DIRECTORY FIRST COUNT. It writes chunks of 20 ms, numbered from FIRST
 * on, and says each number once it is captured; with COUNT 0 it delivers what it finds, and says what became of it.
 */
import process from 'node:process';
import { setInterval } from 'node:timers';

import { createSession, openSpool } from '../../dist/src/node.js';
import { gateway } from '../../dist/src/providers/index.js';

const CHUNK_BYTES = 640;
const EVERY_MS = 4;

const [url, directory, first, count] = process.argv.slice(2);
const spool = await openSpool({ name: 'child', directory, flushEveryMs: 50 });
const session = createSession({
  candidates: [gateway({ url })],
  reconnect: { retryInitialConnect: true, baseMs: 20, capMs: 100 },
  spool,
});
console.log(JSON.stringify({ heldMs: spool.remains?.heldMs ?? 0, ...session.ledger }));
const connecting = session.connect();
if (count === '0') {
  await connecting;
  const { finished, spool: left, ledger } = await session.close({ drainTimeoutMs: 20_000 });
  console.log(JSON.stringify({ finished, left, ...ledger }));
} else {
  connecting.catch(() => undefined);
  let number = Number(first);
  setInterval(() => {
    const chunk = new Uint8Array(CHUNK_BYTES);
    new DataView(chunk.buffer).setUint32(0, number);
    session.write(chunk);
    process.stdout.write(`${number}\n`);
    number += 1;
  }, EVERY_MS);
}
