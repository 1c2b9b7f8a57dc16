/** To a gateway: every message once and in order, both ways, whatever breaks; and the application sees one connection. */
import { afterEach, describe, expect, it } from 'vitest';

import { breakSomething } from '../gateway/any-fault.ts';
import { GatewayWorld } from './gateway-world.ts';
import { numbered } from './told.ts';
import type { Told } from './told.ts';

let world: GatewayWorld;

afterEach(() => world.close());

/** One message every 50 ms. */
async function say(client: Told, count: number, from: number): Promise<void> {
  for (const text of numbered(count, from)) {
    client.socket.send(text);
    await world.pass(50);
  }
}

async function expectExactlyOnce(client: Told, count: number): Promise<void> {
  expect(client.messages).toEqual(numbered(count));
  expect(await world.logged()).toEqual(numbered(count));
  expect(client.socket.bufferedAmount).toBe(0);
  expect(client.losses).toEqual([]);
  expect(client.types.filter((type) => type === 'open' || type === 'close')).toEqual(['open']);
}

describe('a resumable WebSocket to a gateway', () => {
  it('P13.4 keeps large messages to itself while those on the way are not committed', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    const { store } = world;
    const append = store.append.bind(store);
    let goOn = (): void => undefined;
    const stalled = new Promise<void>((resolve) => (goOn = resolve));
    store.append = (...given) => stalled.then(() => append(...given));
    const large = numbered(30).map((text) => text.padEnd(60_000, '.'));

    for (const text of large) client.socket.send(text);
    await world.pass(2_000);
    const [session] = Array.from(world.gateway.sessions);
    const taken = session?.standing.up;
    goOn();
    await world.pass(5_000);

    expect(taken).toBe(9);
    expect(client.messages).toEqual(large);
    expect(client.losses).toEqual([]);
  });

  it('opens once, and is acknowledged what it sends', async () => {
    world = new GatewayWorld();
    const client = await world.opened();

    client.socket.send('message 0');
    const before = client.socket.bufferedAmount;
    await world.pass(1_000);

    expect(before).toBe(9);
    expect(client.socket.protocol).toBe('tenuto.v1');
    await expectExactlyOnce(client, 1);
  });

  it('loses no message that was in flight when its socket was reset', async () => {
    world = new GatewayWorld();
    const client = await world.opened();

    for (let cut = 0; cut < 10; cut += 1) {
      await say(client, 20, cut * 20);
      world.network.memory.reset();
    }
    await world.pass(3_000);

    await expectExactlyOnce(client, 200);
    expect(client.types.filter((type) => type === 'reconnected')).not.toHaveLength(0);
    expect(client.socket.readyState).toBe(1);
  });

  it('loses none where the gateway dies and comes back, again and again', async () => {
    world = new GatewayWorld();
    const client = await world.opened();

    for (let cut = 0; cut < 10; cut += 1) {
      await say(client, 20, cut * 20);
      world.crash();
    }
    await world.pass(3_000);

    await expectExactlyOnce(client, 200);
  });

  it.each(Array.from({ length: 20 }, (_, at) => at + 1))(
    'keeps its promise over everything at once (seed %i)',
    async (seed) => {
      world = new GatewayWorld({ seed });
      const client = await world.opened();

      for (let sent = 0; sent < 400; sent += 20) {
        await say(client, 20, sent);
        await world.pass(Math.floor(world.random.unit() * 60) * 50);
        breakSomething(world);
      }
      await world.pass(60_000);

      await expectExactlyOnce(client, 400);
    },
  );
});
