/** What a gateway loses, and when it asks its clients to go, or to say anew who they are. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld } from './gateway-world.ts';
import { keepOnly } from '../gateway/lost-tail.ts';
import { numbered } from './told.ts';
import type { Told } from './told.ts';
import { decodeRecord } from '../../src/gateway/records.ts';
import { decodeFrame } from '../../src/protocol/frames.ts';
import type { GapFrame } from '../../src/protocol/types.ts';

let world: GatewayWorld;

afterEach(() => world.close());

async function say(client: Told, count: number, from: number): Promise<void> {
  for (const text of numbered(count, from)) {
    client.socket.send(text);
    await world.pass(50);
  }
}

/** The newest records are gone, all but so many, and the gateway dies. */
async function regress(kept: number): Promise<void> {
  for (const sid of Array.from(world.gateway.sessions, ({ id }) => id)) {
    await keepOnly(world.store, sid, (all) => all.slice(0, kept));
  }
  world.crash();
}

async function gapsIn(sid: string): Promise<readonly GapFrame[]> {
  const gaps: GapFrame[] = [];
  for await (const { bytes } of world.store.read(sid, 0)) {
    for (const logged of decodeRecord(bytes)?.frames ?? []) {
      const frame = decodeFrame(logged.bytes);
      if (frame.type === 'gap') gaps.push(frame);
    }
  }
  return gaps;
}

function breaksSeen({ types }: Told): readonly string[] {
  return types.filter((type) => type === 'open' || type === 'close' || type === 'error');
}

describe('a gateway that answers, and whose store does not', () => {
  it('P15.6: is told to the application, and left for another one after 30 s, and nothing is lost', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    await say(client, 5, 0);

    world.stall();
    await say(client, 5, 5);
    await world.pass(28_000);
    const before = await world.logged();
    await world.pass(5_000);

    expect(before).toEqual(numbered(5));
    expect(await world.logged()).toEqual(numbered(10));
    expect(client.warnings).toEqual([expect.stringContaining('for 12 s it lives')]);
    expect(breaksSeen(client)).toEqual(['open']);
    expect(client.losses).toEqual([]);
  });
});

describe('a store that loses what it had acknowledged', () => {
  it('is sent it again, and the application notices nothing', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    await say(client, 40, 0);

    await regress(20);
    await say(client, 10, 40);
    await world.pass(5_000);

    expect(await world.logged()).toEqual(numbered(50));
    expect(client.losses).toEqual([]);
    expect(breaksSeen(client)).toEqual(['open']);
  });

  it('is told by a gap what nobody has any more, and the application by a loss', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    for (const text of numbered(3_000)) {
      client.socket.send(text);
      if (text.endsWith('00')) await world.pass(2_000);
    }
    await world.pass(5_000);
    const [sid = ''] = Array.from(world.gateway.sessions, ({ id }) => id);

    await regress(1); // its fence
    await world.pass(5_000);
    client.socket.send('after it');
    await world.pass(5_000);

    const [gap, ...more] = await gapsIn(sid);
    const lost = gap === undefined ? 0 : gap.toSeq - gap.fromSeq + 1;
    const logged = await world.logged();
    expect(gap).toMatchObject({ cause: 'storeLoss', fromSeq: 1 });
    expect([more, client.losses]).toEqual([
      [],
      [{ reason: 'storeLoss', messages: lost, bytes: 0, isCertain: true }],
    ]);
    expect(lost).toBeGreaterThan(100);
    expect(logged).toEqual([...numbered(3_000 - lost, lost), 'after it']);
    expect(breaksSeen(client)).toEqual(['open']);
  });
});

describe('a gateway that drains', () => {
  it('is left for another one within half of its time, without a break', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    await say(client, 20, 0);

    const before = world.replaceGateway();
    const drained = before.drain(30_000);
    await say(client, 400, 20); // 20 s
    const left = Array.from(before.sessions).length;
    await world.pass(15_000);
    await drained;

    expect(left).toBe(0);
    expect(client.messages).toEqual(numbered(420));
    expect(await world.logged()).toEqual(numbered(420));
    expect([client.losses, breaksSeen(client)]).toEqual([[], ['open']]);
    expect(Array.from(world.gateway.sessions)).toHaveLength(1);
  });

  it('P17.2 is used until the next one has said its welcome: no message waits, and no outage is told', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    await say(client, 20, 0);
    const { memory } = world.network;
    memory.outcome = () => 'hangs'; // the next gateway takes its time
    const drained = world.replaceGateway().drain(30_000);

    await say(client, 310, 20); // 15.5 s: by then it has begun to move
    const [dials, heard] = [memory.sockets.length, client.messages.length];
    memory.outcome = () => 'opens';
    await say(client, 60, 330);
    await world.pass(15_000);
    await drained;

    expect(dials).toBeGreaterThan(1);
    expect(heard).toBeGreaterThanOrEqual(329); // the last one is on its way
    expect(client.messages).toEqual(numbered(390));
    expect(client.types.filter((type) => type !== 'message')).toEqual(['open']);
    expect(client.losses).toEqual([]);
    expect(memory.live).toHaveLength(1);
  });

  it('P17.2 is dialled about again each second while what follows it refuses', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    const { memory } = world.network;
    memory.outcome = () => ({ code: 1006, reason: '', status: 503 });
    const drained = world.replaceGateway().drain(30_000);

    await say(client, 400, 0); // 20 s
    const refused = memory.sockets.length - 1;
    memory.outcome = () => 'opens';
    await say(client, 100, 400);
    await world.pass(5_000);
    await drained;

    expect(refused).toBeGreaterThan(4);
    expect(refused).toBeLessThan(25);
    expect(client.messages).toEqual(numbered(500));
    expect(client.types).toEqual(['open']);
  });

  async function sentTo(to: readonly string[], mayMoveTo: readonly string[]): Promise<Told> {
    world = new GatewayWorld();
    const client = await world.opened({ mayMoveTo });
    await say(client, 20, 0);
    const drained = world.replaceGateway().drain({ to });
    await say(client, 400, 20); // 20 s
    await world.pass(15_000);
    await drained;
    return client;
  }

  /** Where each socket was dialled. */
  function places(): readonly string[] {
    return world.network.memory.sockets.map(({ request }) => request.url);
  }

  it('P17.2 is left for the address that it names, where that is trusted', async () => {
    const there = 'ws://127.0.0.1:40002'; // of the world's second server
    const client = await sentTo([there], [there]);

    world.network.memory.reset();
    await world.pass(2_000);

    const home = `${world.server.socketUrl}/v1/session`;
    expect(world.elsewhere.socketUrl).toBe(there);
    expect(places()).toEqual([home, `${there}/v1/session`, `${there}/v1/session`]);
    expect(client.messages).toEqual(numbered(420));
    expect([client.losses, breaksSeen(client), client.warnings]).toEqual([[], ['open'], []]);
  });

  it('P11.2 is not followed to an address that nobody named, and that is told', async () => {
    const client = await sentTo(['ws://127.0.0.1:40002'], ['wss://gw7.example']);

    const home = `${world.server.socketUrl}/v1/session`;
    expect(places()).toEqual([home, home]);
    expect(client.warnings).toEqual([
      expect.stringMatching(
        /^A warning by the gateway .* ws:\/\/127\.0\.0\.1:40002: not in mayMoveTo/,
      ),
    ]);
    expect(client.messages).toEqual(numbered(420));
  });

  it('P11.2 tells once of an address that is passed over, however often it is named', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    const newcomer = world.open();
    const drained = world.gateway.drain({ to: ['wss://gw7.example'] }); // nobody takes its place
    await world.pass(30_000);
    await drained;

    expect(world.network.memory.sockets.length).toBeGreaterThan(10);
    for (const { warnings } of [client, newcomer]) {
      expect(warnings).toEqual([
        expect.stringMatching(/^A warning by .* wss:\/\/gw7\.example: .* and not dialled\)\.$/),
      ]);
    }
  });
});

describe('a gateway that takes nobody in, for it ends', () => {
  it('P16.1 is dialled at once, then a few times as it says, and is no end: the next one is found', async () => {
    world = new GatewayWorld();
    await world.opened();
    const drained = world.gateway.drain(30_000);
    const newcomer = world.open();
    const waits: number[] = [];
    newcomer.socket.addEventListener('reconnecting', ({ delayMs }) => waits.push(delayMs));

    await world.pass(30_000);
    await drained;
    world.crash();
    await world.pass(15_000);

    expect(waits[0]).toBe(0);
    expect(Math.min(...waits.slice(1, 3))).toBeGreaterThan(6_000);
    expect(Math.max(...waits)).toBeLessThan(15_000);
    expect(waits.length).toBeLessThan(8);
    expect(newcomer.socket.readyState).toBe(1);
  });

  it('P17.1 sends who comes to another address, where that is trusted', async () => {
    const there = 'ws://127.0.0.1:40002'; // of the world's second server
    world = new GatewayWorld();
    await world.opened();
    const drained = world.gateway.drain({ to: [there] });

    const [trusting, other] = [world.open({ mayMoveTo: [there] }), world.open()];
    await world.pass(1_000);

    const urls = world.network.memory.sockets.map(({ request }) => request.url);
    expect(urls).toContain(`${there}/v1/session`);
    expect(trusting.warnings).toEqual([]);
    expect(other.warnings[0]).toContain(`(refused, it sends its clients to ${there}: not in`);
    await world.pass(30_000);
    await drained;
  });
});

describe('a bearer that expires', () => {
  it('is renewed before it does, each time, without a break', async () => {
    const shown: { readonly bearer: string; readonly atMs: number }[] = [];
    const wallMs = (): number => 1_800_000_000_000 + world.clock.nowMs();
    world = new GatewayWorld({
      verify: async (bearer) => {
        shown.push({ bearer, atMs: world.clock.nowMs() });
        return { subject: 'ann', expiresAtMs: wallMs() + 60_000 };
      },
    });
    const reasons = new Set<string>();
    let asked = 0;
    const client = await world.opened({
      token: ({ reason }) => {
        if (asked > 0) reasons.add(reason);
        asked += 1;
        return `bearer-${asked}`;
      },
    });

    for (let sent = 0; sent < 20; sent += 1) {
      await say(client, 5, sent * 5);
      await world.pass(10_000);
    }

    const gapsMs = shown.map(({ atMs }, at) => atMs - (shown[at - 1]?.atMs ?? 0));
    expect(shown.map(({ bearer }) => bearer)).toEqual(shown.map((_, at) => `bearer-${at + 1}`));
    expect(shown.length).toBeGreaterThan(4);
    expect(world.network.memory.sockets).toHaveLength(1); // on the link that stands
    expect(Math.max(...gapsMs)).toBeLessThan(60_000);
    expect(Array.from(reasons)).toEqual(['expiring']);
    expect(client.messages).toEqual(numbered(100));
    expect([client.losses, breaksSeen(client)]).toEqual([[], ['open']]);
  });

  it('P12.11 is asked for again where the new one does not come, and that is told', async () => {
    world = new GatewayWorld({
      verify: () =>
        Promise.resolve({
          subject: 'ann',
          expiresAtMs: 1_800_000_000_000 + world.clock.nowMs() + 60_000,
        }),
    });
    let asked = 0;
    const client = await world.opened({
      token: () => {
        asked += 1;
        if (asked === 2) throw new Error('the issuer is away');
        return `bearer-${asked}`;
      },
    });

    await world.pass(40_000); // half of its time is over after 30 s

    expect(asked).toBe(3);
    expect(client.warnings).toEqual([expect.stringContaining('the issuer is away')]);
    expect(world.network.memory.sockets).toHaveLength(1);
  });
});

describe('a gateway that has forgotten a session', () => {
  it('is told of, also where nothing was on its way and a second socket took over from a silent one', async () => {
    world = new GatewayWorld();
    const client = await world.opened();
    await say(client, 3, 0);
    await world.pass(1_000);
    for (const { id } of world.gateway.sessions) await world.store.drop(id);
    world.replaceGateway();

    world.network.memory.halfOpen();
    await world.pass(15_000);
    await say(client, 1, 3);

    expect(client.messages).toEqual(numbered(4));
    expect(client.losses).toEqual([
      { reason: 'sessionLost', messages: 0, bytes: 0, isCertain: false }, // what was acknowledged may have led to nothing
    ]);
    expect(client.types).toEqual(['open', 'loss', 'reconnected']);
    expect(client.resumed).toEqual([false]);
  });
});
