/** A gateway's link that falls silent: it is noticed soon, bridged while it lasts, and never where there was none. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld } from './gateway-world.ts';
import { numbered } from './told.ts';
import type { Told } from './told.ts';

const RTT_MS = 50;
const MESSAGE_MS = 20;

let world: GatewayWorld;

afterEach(() => world.close());

async function opened(): Promise<Told> {
  world = new GatewayWorld();
  return world.opened();
}

/** One message every 20 ms. @returns how many there are by now. */
async function stream(client: Told, ms: number, from = 0): Promise<number> {
  let at = from;
  for (let passed = 0; passed < ms; passed += MESSAGE_MS, at += 1) {
    client.socket.send(`message ${at}`);
    await world.clock.advanceAsync(MESSAGE_MS);
  }
  return at;
}

/** When each socket was dialled. */
function dials(): readonly number[] {
  const { memory } = world.network;
  const dialledAtMs: number[] = [];
  const { outcome } = memory;
  memory.outcome = (dial) => {
    dialledAtMs.push(world.clock.nowMs());
    return outcome(dial);
  };
  return dialledAtMs;
}

async function expectExactlyOnce(client: Told, count: number): Promise<void> {
  await world.pass(3_000);
  expect(client.messages).toEqual(numbered(count));
  expect(await world.logged()).toEqual(numbered(count));
  expect(client.losses).toEqual([]);
  expect(client.types.filter((type) => type === 'open' || type === 'close')).toEqual(['open']);
}

describe('the silence of a gateway', () => {
  it.each([0, 20, 40, 60, 80])(
    'is answered by a second socket within 300 ms and a round trip while messages flow (P15.4, %d ms later)',
    async (phaseMs) => {
      const client = await opened();
      const sent = await stream(client, 4_000 + phaseMs);
      const dialledAtMs = dials();

      world.network.memory.halfOpen();
      const silentAtMs = world.clock.nowMs();
      const count = await stream(client, 2_000, sent);

      expect((dialledAtMs[0] ?? Infinity) - silentAtMs).toBeLessThanOrEqual(300 + RTT_MS);
      await expectExactlyOnce(client, count);
    },
  );

  it.each([1_000, 3_300, 6_400, 9_100, 14_900])(
    'that swallows dials too, for %d ms, is over within 500 ms and the handshake after it (P15.4)',
    async (holeMs) => {
      world = new GatewayWorld();
      const client = await world.opened();
      let count = await stream(client, 6_000);
      const { memory } = world.network;
      memory.halfOpen();
      memory.outcome = () => 'hangs';
      count = await stream(client, holeMs, count);
      const before = client.messages.length;

      memory.outcome = () => 'opens';
      count = await stream(client, 500 + 3 * RTT_MS + MESSAGE_MS + 50, count);

      expect(client.messages.length).toBeGreaterThan(before);
      await expectExactlyOnce(client, count);
    },
  );

  it('P2.4 that swallows HELLO is given up when no ping is answered for a second, and not for five', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    let count = await stream(client, 2_000);
    const { memory } = world.network;
    memory.reset();
    count = await stream(client, 60, count); // opened, and HELLO is on its way
    const before = client.messages.length;

    memory.halfOpen();
    count = await stream(client, 2_000, count);

    expect(client.messages.length).toBeGreaterThan(before);
    expect(memory.sockets).toHaveLength(3);
    await expectExactlyOnce(client, count);
  });

  it('P2.4 of a store that takes its time for WELCOME costs no socket', async () => {
    world = new GatewayWorld();
    const { store } = world;
    const append = store.append.bind(store);
    store.append = async (...given) => {
      await new Promise<void>((resolve) => world.clock.setTimeout(resolve, 3_000));
      return append(...given);
    };

    const client = world.open();
    await world.pass(4_000);
    store.append = append;

    expect(client.socket.readyState).toBe(1);
    expect(world.network.memory.sockets).toHaveLength(1);
  });
});

describe('a gateway that is not silent', () => {
  it.each([0, 80])('is not suspected in a minute of messages (jitter %d ms)', async (jitterMs) => {
    world = new GatewayWorld();
    world.network.memory.jitterMs = jitterMs;
    const client = await world.opened();

    const count = await stream(client, 60_000);

    expect(world.network.memory.sockets).toHaveLength(1);
    world.network.memory.jitterMs = 0;
    await expectExactlyOnce(client, count);
  });

  it('is left in peace while nothing is said: a ping every 5 s (P15.3)', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    await stream(client, 1_000);
    await world.pass(5_000);
    const [socket] = world.network.memory.sockets;
    const before = socket?.sent.length ?? 0;

    await world.pass(30_000);

    expect((socket?.sent.length ?? 0) - before).toBeLessThanOrEqual(12); // with the answers to its own
    expect(client.losses).toEqual([]);
  });

  it('keeps its socket where it spoke before the second one had opened (P15.4)', async () => {
    const client = await opened();
    let count = await stream(client, 4_000);
    const [session] = Array.from(world.gateway.sessions);
    const epoch = session?.standing.epoch;

    world.network.memory.stall(360);
    count = await stream(client, 1_000, count);

    expect(world.network.memory.sockets.length).toBeGreaterThan(1);
    expect(world.network.memory.live).toEqual(world.network.memory.sockets.slice(0, 1));
    expect(session?.standing.epoch).toBe(epoch);
    await expectExactlyOnce(client, count);
  });

  it.each([5_000, 10_000, 15_000])(
    'keeps its socket over %d ms in which everything stood still, and what waited costs no round trip (P15.5)',
    async (stallMs) => {
      const client = await opened();
      let count = await stream(client, 4_000);
      const { memory } = world.network;

      memory.stall(stallMs);
      count = await stream(client, stallMs, count);
      const before = client.messages.length;
      await world.clock.advanceAsync(RTT_MS / 2); // what waited is echoed at once
      const heard = client.messages.length - before;
      count = await stream(client, 200, count);

      expect(heard).toBeGreaterThan((stallMs - 2 * RTT_MS) / MESSAGE_MS);
      expect(memory.live).toEqual(memory.sockets.slice(0, 1));
      await expectExactlyOnce(client, count);
      expect(client.types).toEqual(['open']);
    },
  );

  it.each([0, 5, 9])(
    'keeps its socket where it wakes %d ms after the second one has opened (P15.4)',
    async (laterMs) => {
      const client = await opened();
      const count = await stream(client, 4_000);
      const { memory } = world.network;
      const [old] = memory.sockets;
      const epoch = Array.from(world.gateway.sessions)[0]?.standing.epoch;

      old?.stalled(true);
      const isSpareOpen = (): boolean => memory.sockets[1]?.isOpen ?? false;
      for (let ms = 0; ms < 9_000 && !isSpareOpen(); ms += 1) await world.clock.advanceAsync(1);
      await world.clock.advanceAsync(laterMs);
      old?.stalled(false);
      await world.pass(1_000);

      expect(memory.sockets.length).toBeGreaterThan(1);
      expect(memory.live).toEqual([old]);
      expect(Array.from(world.gateway.sessions)[0]?.standing.epoch).toBe(epoch);
      await expectExactlyOnce(client, count);
    },
  );

  it('has the session taken over by the second socket though the first one wakes and is closed for it (P16.1)', async () => {
    const client = await opened();
    let count = await stream(client, 4_000);
    const { memory } = world.network;

    memory.halfOpen();
    const hasAsked = (): boolean => (memory.sockets[1]?.sent.length ?? 0) > 0;
    for (let tries = 0; tries < 50 && !hasAsked(); tries += 1) {
      count = await stream(client, 20, count);
    }
    memory.heal();
    count = await stream(client, 1_000, count);

    expect(memory.sockets).toHaveLength(2);
    expect(memory.live).toEqual(memory.sockets.slice(1));
    await expectExactlyOnce(client, count);
  });
});
