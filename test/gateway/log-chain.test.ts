/** A log with a hole is seen to have one by whoever takes its session over (PROTOCOL.md, P20). */
import { expect, it } from 'vitest';

import { GatewayWorld } from './gateway-world.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

/** What is read of it lacks one record in the middle, as of a replica that was behind. */
function lacking(store: LogStore, at: number): LogStore {
  return {
    ...storeOf(store),
    async *read(sid, after) {
      let seen = 0;
      for await (const record of store.read(sid, after)) {
        seen += 1;
        if (seen !== at) yield record;
      }
    },
  };
}

function storeOf(store: LogStore): LogStore {
  return {
    durability: store.durability,
    tail: (sid) => store.tail(sid),
    append: (...given) => store.append(...given),
    read: (...given) => store.read(...given),
    purge: () => Promise.resolve(),
    drop: (sid) => store.drop(sid),
    close: () => store.close(),
  };
}

it.each([
  [99, 'welcome'],
  [3, 'refused'],
])('without its record %i the session is %s', async (at, answer) => {
  const store = createMemoryStore();
  const world = new GatewayWorld(storeOf(store));
  const client = world.client();
  const { sid, resume, epoch } = (await client.hello()) as WelcomeFrame;
  for (let chunk = 0; chunk < 5; chunk += 1) {
    client.audio(epoch);
    await world.clock.advanceAsync(200); // a record of its own
  }
  const other = new GatewayWorld(lacking(store, at), world.clock);

  const told = await other.client().hello({ mode: 'resume', sid, resume, epoch, att: 2 });

  expect(told.type).toBe(answer);
  if (told.type === 'refused') expect(told.code).toBe(4440);
  await other.gateway.close();
  await world.gateway.close();
});
