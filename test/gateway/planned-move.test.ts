/** A gateway that ends sends its clients elsewhere: each goes at a moment of its own, and nothing of it is an outage. */
import { afterEach, describe, expect, it } from 'vitest';

import { RawClient } from './gateway-world.ts';
import { expectExactlyOnce, LinkWorld } from './link-world.ts';

const DEADLINE_MS = 30_000;

let world: LinkWorld;

afterEach(() => world.close());

async function sentAway(to: readonly string[] = [world.elsewhereUrl]): Promise<void> {
  const drained = world.gateway.drain({ deadlineMs: DEADLINE_MS, to });
  await world.speak(DEADLINE_MS + 2_000);
  await drained;
  await world.pass(2_000);
}

/** How long after it was told the client had moved. @param levels of each second's chunks: 0 is a pause. */
async function movedAfterMs(seed: number, levels: readonly number[]): Promise<number> {
  world = await new LinkWorld(seed).connect();
  let movedMs = NaN;
  const toldAtMs = world.clock.nowMs();
  world.session.on('candidate.changed', () => (movedMs = world.clock.nowMs() - toldAtMs));
  void world.gateway.drain({ deadlineMs: DEADLINE_MS, to: [world.elsewhereUrl] });
  for (const level of levels) {
    for (let chunk = 0; chunk < 10; chunk += 1) {
      world.session.write(tone(chunk % 3 === 2 ? 0 : level)); // syllables
      await world.pass(100);
    }
  }
  return movedMs;
}

/** 100 ms. */
function tone(level: number): Int16Array {
  return Int16Array.from({ length: 1_600 }, (_, at) => level * Math.sin(at / 8));
}

describe('a gateway that sends its clients elsewhere', () => {
  it('is left for the address that it named, and no outage is told', async () => {
    world = await new LinkWorld().connect();
    await world.speak(3_000);

    await sentAway();

    expect(Array.from(world.elsewhere.sessions)).toHaveLength(1);
    expect(world.of('candidate.changed')).toMatchObject([
      { from: 'gateway', to: 'gateway', reason: 'rotation' },
    ]);
    expect(world.of('connection.reconnecting')).toEqual([]);
    expect(world.of('connection.reconnected')).toEqual([]);
    expectExactlyOnce(await world.logged(), 350);
    expect(world.session.ledger).toMatchObject({ captured: 350, delivered: 350, gap: 0 });
  });

  it('is left by each client at another moment of the first half of its time', async () => {
    const silence = Array<number>(20).fill(0);
    const moments: number[] = [];
    for (const seed of [1, 2, 3, 4]) {
      moments.push(await movedAfterMs(seed, silence));
      await world.close();
    }
    world = new LinkWorld();

    expect(new Set(moments).size).toBe(4);
    expect(Math.min(...moments)).toBeGreaterThan(0);
    expect(Math.max(...moments)).toBeLessThan(DEADLINE_MS / 2 + 500);
  });

  it('is left in a pause of speech where one comes in time', async () => {
    const speech = Array.from({ length: 25 }, (_, second) => (second === 8 ? 0 : 9_000));

    const movedMs = await movedAfterMs(2, speech);

    expect(movedMs).toBeGreaterThan(8_000);
    expect(movedMs).toBeLessThan(9_500);
  });

  it('is left in the middle of a word where none comes, while there is time', async () => {
    const movedMs = await movedAfterMs(2, Array<number>(25).fill(9_000));

    expect(movedMs).toBeGreaterThan(DEADLINE_MS / 2);
    expect(movedMs).toBeLessThan((DEADLINE_MS * 3) / 4 + 500);
  });

  it('is dialled there first also after the move', async () => {
    world = await new LinkWorld().connect();
    await world.speak(2_000);
    await sentAway();
    const before = world.network.memory.sockets.length;

    world.network.memory.reset();
    await world.speak(3_000);

    const dialled = world.network.memory.sockets.slice(before).map(({ request }) => request.url);
    expect(dialled).toEqual([`${world.elsewhereUrl}/v1/session`]);
  });

  it('is not followed to an address that the user did not name, and says so', async () => {
    world = await new LinkWorld(1, {}, 10_000, { mayMoveTo: [] }).connect();
    await world.speak(2_000);

    await sentAway([world.elsewhereUrl]);

    const urls = world.network.memory.sockets.map(({ request }) => request.url);
    expect(urls.some((url) => url.startsWith(world.elsewhereUrl))).toBe(false);
    const { message, remediation } = world.of('warning')[0]?.error ?? {};
    expect(message).toContain(
      `to ${world.elsewhereUrl}: not in mayMoveTo, or --may-move-to, and not dialled`,
    );
    expect(remediation).toBe('Name there the addresses that you trust.');
    expect(world.of('warning')).toHaveLength(1);
  });
});

describe('a gateway that is about to end as a client comes', () => {
  it('P17.1: sends it on at once, though a first dial that fails is not retried', async () => {
    world = new LinkWorld(1, { reconnect: {} });
    await new RawClient(world.gateway, world.clock, '127.0.0.1').hello(); // it waits for this one
    void world.gateway.drain({ deadlineMs: DEADLINE_MS, to: [world.elsewhereUrl] });

    await world.connect();

    const dialled = world.network.memory.sockets.map(({ request }) => request.url);
    expect(dialled[1]).toBe(`${world.elsewhereUrl}/v1/session`);
    expect([dialled.length, world.session.status]).toEqual([2, 'active']);
  });
});

describe('a socket that is fenced by a newer one of ours', () => {
  it('is no loss while that one waits for its welcome', async () => {
    world = await new LinkWorld().connect();
    await world.speak(3_000);
    const silentAtMs = world.clock.nowMs();
    let againAtMs = Infinity;
    world.session.on('connection.reconnected', () => (againAtMs = world.clock.nowMs()));

    world.storeMs = 300;
    world.network.memory.last.halfOpen('out');
    await world.speak(3_000);
    world.storeMs = 0;
    await world.pass(3_000);

    expect(world.network.memory.sockets).toHaveLength(2);
    expect(world.of('connection.reconnecting')).toEqual([]);
    expect(world.of('connection.reconnected')).toMatchObject([{ outcome: 'resumed' }]);
    expect(againAtMs - silentAtMs).toBeLessThan(1_500);
    expectExactlyOnce(await world.logged(), 60);
  });

  it('is a loss after all where the newer one fails, and is followed at once', async () => {
    world = await new LinkWorld().connect();
    await world.speak(3_000);
    const [first] = world.network.memory.live;

    world.storeMs = 300;
    first?.halfOpen('out');
    while (world.network.memory.sockets.length < 2) await world.speak(100);
    await world.speak(100); // its hello is on the way
    first?.end(4409, 'fenced');
    await world.speak(100);
    expect(world.of('connection.reconnecting')).toEqual([]);
    world.network.memory.last.end(1006, '');
    await world.speak(2_000);
    world.storeMs = 0;
    await world.pass(3_000);

    expect(world.of('connection.reconnecting')).toHaveLength(1);
    expect(world.session.ledger).toMatchObject({ gap: 0, buffered: 0 });
    expectExactlyOnce(await world.logged(), world.session.ledger.captured);
  });
});

describe('a silent link that speaks again', () => {
  it('is left where the gateway has been asked for the session by another socket already', async () => {
    world = await new LinkWorld().connect();
    await world.speak(3_000);
    const [first] = world.network.memory.live;

    world.storeMs = 500;
    first?.stalled(true);
    while (world.network.memory.sockets.length < 2) await world.speak(100);
    await world.speak(100); // its hello is on the way
    first?.stalled(false);
    await world.speak(2_000);
    world.storeMs = 0;
    await world.pass(3_000);

    expect(world.network.memory.sockets).toHaveLength(2);
    expect(world.of('connection.reconnecting')).toEqual([]);
    expect(world.of('connection.recovered')).toEqual([]);
    expect(world.of('connection.reconnected')).toMatchObject([{ outcome: 'resumed' }]);
    expectExactlyOnce(await world.logged(), world.session.ledger.captured);
  });

  it('is kept where the other socket came to nothing', async () => {
    world = await new LinkWorld().connect();
    await world.speak(3_000);
    const [first] = world.network.memory.live;

    first?.stalled(true);
    while (world.network.memory.sockets.length < 2) await world.speak(100);
    world.network.memory.last.halfOpen('out');
    await world.speak(200);
    first?.stalled(false);
    await world.speak(200);
    world.network.memory.last.end(1006, '');
    await world.speak(1_000);
    await world.pass(3_000);

    expect(world.network.memory.live).toEqual([first]);
    expect(world.of('connection.recovered')).toHaveLength(1);
    expect(world.of('connection.reconnecting')).toEqual([]);
    expect(world.of('connection.reconnected')).toEqual([]);
    expectExactlyOnce(await world.logged(), world.session.ledger.captured);
  });
});
