/** Whoever says HELLO is answered in time, also where the store says nothing. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, settled } from './gateway-world.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

/** A store that answers nothing while it is stalled, and all of it afterwards. */
function stallingStore() {
  const store = createMemoryStore();
  let stalled: Promise<void> | null = null;
  let goOn: () => void = () => undefined;
  const slow: LogStore = {
    durability: 'memory',
    tail: async (sid) => {
      await stalled;
      return store.tail(sid);
    },
    append: async (...given) => {
      await stalled;
      return store.append(...given);
    },
    read: (sid, after) => store.read(sid, after),
    purge: (sid, through) => store.purge(sid, through),
    drop: (sid) => store.drop(sid),
    close: () => store.close(),
  };
  return {
    slow,
    stall: () => {
      stalled = new Promise((resolve) => (goOn = resolve));
    },
    goOn: async () => {
      stalled = null;
      goOn();
      await settled();
    },
  };
}

describe('a HELLO while the store is silent', () => {
  it('P2.4 for a new session is refused within 5 s, and what came of it late is ended', async () => {
    const { slow, stall, goOn } = stallingStore();
    world = new GatewayWorld(slow);
    const client = world.client();
    stall();

    await client.hello().catch(() => null);
    const early = client.frames.length;
    await world.clock.advanceAsync(4_800);
    const refused = client.of('refused')[0];
    await goOn();
    await world.clock.advanceAsync(1_000);

    expect(early).toBe(0);
    expect(refused).toMatchObject({ code: 4440, reason: 'store-unavailable' });
    expect(refused?.retryAfterMs).toBeGreaterThan(0);
    expect(client.closed).toMatchObject({ code: 4440 });
    expect(client.of('welcome')).toEqual([]);
    expect(Array.from(world.gateway.sessions)).toEqual([]);
  });

  it('P2.4 for a session that goes on is refused within 5 s, and the session is there afterwards', async () => {
    const { slow, stall, goOn } = stallingStore();
    world = new GatewayWorld(slow);
    const first = world.client();
    const { sid, resume, epoch } = (await first.hello()) as WelcomeFrame;
    first.audio(epoch);
    await settled();
    first.lose();
    stall();
    const back = { mode: 'resume', sid, resume, epoch } as const;

    const waiting = [2, 3, 4].map((att) => {
      const client = world.client();
      void client.hello({ ...back, att }).catch(() => null);
      return client;
    });
    await settled();
    await world.clock.advanceAsync(4_800);
    const codes = waiting.map((client) => client.of('refused')[0]?.code);
    await goOn();
    await world.clock.advanceAsync(2_000);
    const taken = await world.client().hello({ ...back, att: 5 });

    expect(codes).toEqual([4440, 4440, 4440]);
    // Of those who had given up, only the one that the store was asked for has moved anything.
    expect(taken).toMatchObject({ type: 'welcome', resumed: true, up: 1, epoch: epoch + 2 });
    expect(world.app.audio).toHaveLength(1);
  });

  it('leaves nothing of a session whose client went before it was told of it', async () => {
    const { slow, stall, goOn } = stallingStore();
    world = new GatewayWorld(slow);
    const client = world.client();
    stall();

    await client.hello().catch(() => null);
    client.lose();
    await goOn();

    expect(Array.from(world.gateway.sessions)).toEqual([]);
    expect(client.frames).toEqual([]);
  });
});
