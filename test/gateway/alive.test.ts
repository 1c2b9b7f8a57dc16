/** Whether anybody is there, what becomes of who is not, and of who only listens. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, settled, resumption } from './gateway-world.ts';
import type { GatewayOptions } from '../../src/gateway/gateway.types.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

function begun(options: Partial<GatewayOptions> = {}) {
  world = new GatewayWorld(undefined, undefined, options);
  return world.begun();
}

function pingOf(epoch: number, facts: { readonly lastSent?: number; readonly committed?: number }) {
  const { lastSent = 0, committed = 0 } = facts;
  const rest = { received: committed, committed, maxSeq: 0, sentAtMs: 77 };
  return { type: 'ping', nonce: 9, epoch, lastSent, ...rest } as const;
}

describe('a gateway', () => {
  it.each([
    [0, [100, 5_100, 10_100]],
    [0.5, [2_500, 7_500, 12_500]],
    [0.98, [4_900, 9_900, 14_900]],
  ])(
    'P15.3: asks who is told nothing, first after a part of 5 s (chance %d)',
    async (unit, due) => {
      const { client, welcome } = await begun({ random: { unit: () => unit } });
      const hint = { type: 'hint', channel: 0, epoch: welcome.epoch, ofSeq: 0, json: 1 } as const;
      const askedAtMs: number[] = [];

      for (let ms = 100; ms <= 15_000; ms += 100) {
        const before = client.of('ping').length;
        await world.clock.advanceAsync(100);
        if (client.of('ping').length > before) askedAtMs.push(ms);
        client.send(hint); // it lives
      }

      expect(welcome.ping.idleMs).toBe(5_000);
      expect(askedAtMs).toEqual(due);
    },
  );

  it('P15.3: answers a PING at once', async () => {
    const { client, welcome } = await begun();

    client.send(pingOf(welcome.epoch, {}));

    expect(client.of('pong')).toMatchObject([{ nonce: 9, echoMs: 77 }]);
  });

  it('P15.5: lets go of a socket after 20 s of silence, and keeps its session', async () => {
    const { client, welcome } = await begun();

    await world.clock.advanceAsync(19_999);
    const before = client.closed;
    await world.clock.advanceAsync(5_001);
    const again = await world.client().hello(resumption(welcome));

    expect(before).toBeNull();
    expect(client.closed).toEqual({ code: 4408, reason: 'heartbeat' });
    expect(again).toMatchObject({ type: 'welcome', resumed: true });
  });

  it('P15.1: takes any frame for a sign of life, also one that it does not know', async () => {
    const { client } = await begun();

    for (let passedMs = 0; passedMs < 60_000; passedMs += 15_000) {
      await world.clock.advanceAsync(15_000);
      client.send(Uint8Array.of(0xff));
    }

    expect(client.closed).toBeNull();
  });

  it('P7.4: ends a socket on which something is missing, as a ping shows', async () => {
    const { client, welcome } = await begun();
    client.audio(welcome.epoch);

    client.send(pingOf(welcome.epoch, { lastSent: 1 }));
    const before = client.closed;
    client.send(pingOf(welcome.epoch, { lastSent: 2 }));

    expect(before).toBeNull();
    expect(client.closed).toEqual({ code: 4400, reason: 'protocol-error' });
  });
});

describe('a hint', () => {
  it('P8.2: is for who is there: it is not kept, not sent again, and has no number', async () => {
    const { client, welcome } = await begun();
    world.app.session?.hint({ type: 'interim', text: 'one' });
    client.lose();
    world.app.session?.hint({ type: 'interim', text: 'two' });

    const again = world.client();
    await again.hello(resumption(welcome));
    world.app.session?.send({ type: 'word' });
    await settled();

    expect(client.of('hint')).toMatchObject([{ json: { text: 'one' }, ofSeq: 0 }]);
    expect(again.of('hint')).toEqual([]);
    expect(again.of('data').map(({ seq }) => seq)).toEqual([1]);
  });
});

describe('a gateway that goes', () => {
  it('P17.1: says so, goes on acknowledging, and closes with 4430 who is left at the deadline', async () => {
    const { client, welcome } = await begun();

    const drained = world.gateway.drain({ to: ['wss://other.example/v1/session'] });
    await world.clock.advanceAsync(20_000);
    client.audio(welcome.epoch);
    await settled();
    await world.clock.advanceAsync(1_000);
    const before = [client.of('ack').at(-1)?.committed, client.closed];
    await world.clock.advanceAsync(9_000);
    await drained;

    expect(client.of('goAway')).toMatchObject([
      { deadlineMs: 30_000, to: ['wss://other.example/v1/session'], reason: 'draining' },
    ]);
    expect(before).toEqual([1, null]);
    expect(client.closed).toEqual({ code: 4430, reason: 'draining' });
  });
});
