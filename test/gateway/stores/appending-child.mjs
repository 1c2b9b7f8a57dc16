// Appends to the logs of a directory until it is killed, and tells of each record that was acknowledged.
import process from 'node:process';

import { openFileStore } from '../../../dist/src/gateway/stores/file-store.js';

const [directory, sessions] = process.argv.slice(2);
const store = await openFileStore({ directory, segmentBytes: 16 * 1_024 });

async function appendOn(sid) {
  let after = (await store.tail(sid))?.position ?? 0;
  let count = 0;
  if (after > 0)
    count = 1 + Number(Buffer.from((await store.tail(sid)).bytes).toString('latin1', 0, 8));
  for (; ; count += 1) {
    const text = String(count).padStart(8, '0') + 'x'.repeat((count * 37) % 700);
    const outcome = await store.append(sid, Buffer.from(text), { after, id: `${sid} ${count}` });
    if (outcome.kind !== 'committed') throw new Error(JSON.stringify(outcome));
    after = outcome.position;
    process.stdout.write(`${sid} ${count}\n`);
    if (count % 16 === 15) await store.purge(sid, after - 1);
  }
}

process.stdout.write('open\n');
for (let at = 0; at < Number(sessions); at += 1) void appendOn(`s${at}`);
