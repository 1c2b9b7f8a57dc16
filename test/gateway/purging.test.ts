/** What a log lets go of: what the app has handled and the client has, and nothing else, however long it grows. */
import { afterEach, expect, it } from 'vitest';

import { GatewayWorld, settled } from './gateway-world.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

/** More records than are written between two purges. */
const CHUNKS = 40;
const ALL = Array.from({ length: CHUNKS }, (_, at) => at + 1);

const worlds: GatewayWorld[] = [];

afterEach(async () => {
  for (const { gateway } of worlds.splice(0)) await gateway.close();
});

/** A session of as many chunks, for each of which the app said something; another gateway takes it over. */
async function takenOver(acknowledged: number) {
  const world = new GatewayWorld();
  const client = world.client();
  const { sid, resume, epoch } = (await client.hello()) as WelcomeFrame;
  for (const seq of ALL) {
    client.audio(epoch, seq);
    await settled();
    world.app.session?.send({ type: 'word', seq });
    if (seq <= acknowledged) {
      world.app.session?.handled(seq);
      const ack = { committed: seq, maxSeq: 0, ackDelayMs: 0, ranges: [] };
      client.send({ type: 'ack', epoch, ...ack });
    }
    await settled();
  }
  let records = 0;
  for await (const { bytes } of world.store.read(sid, 0)) records += bytes.length > 0 ? 1 : 0;

  const other = new GatewayWorld(world.store, world.clock);
  worlds.push(world, other);
  const back = other.client();
  const rcv = acknowledged;
  const welcome = await back.hello({ mode: 'resume', sid, resume, epoch, att: 2, rcv });
  await settled();
  return { welcome, records, back, handed: other.app.audio.map(({ seq }) => seq) };
}

it('P20.2: what no app has handled, and what the client may not have, stays however many records follow', async () => {
  const { welcome, handed, back } = await takenOver(0);

  expect(welcome).toMatchObject({ type: 'welcome', up: CHUNKS });
  expect(handed).toEqual(ALL);
  expect(back.of('data').map(({ seq }) => seq)).toEqual(ALL);
});

it('P20.2: what was handled and acknowledged goes, and is handed to nobody again', async () => {
  const { records, handed, back } = await takenOver(CHUNKS);

  expect(records).toBeLessThan(CHUNKS);
  expect(handed).toEqual([]);
  expect(back.of('data')).toEqual([]);
});
