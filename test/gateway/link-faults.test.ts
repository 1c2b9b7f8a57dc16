/** The resumable link under faults: every captured chunk is in the log once and in order, or is told as a gap. */
import { afterEach, describe, expect, it } from 'vitest';

import { breakSomething } from './any-fault.ts';
import { expectExactlyOnce, LinkWorld } from './link-world.ts';

let world: LinkWorld;

afterEach(() => world.close());

function expectAllDelivered(chunks: number): void {
  expect(world.session.ledger).toMatchObject({
    captured: chunks,
    delivered: chunks,
    gap: 0,
    buffered: 0,
  });
}

describe('the resumable link', () => {
  // P1.6, P12.8, P17.3
  it('loses no chunk that was in flight when its socket was reset', async () => {
    world = await new LinkWorld().connect();

    for (let cut = 0; cut < 20; cut += 1) {
      await world.speak(1_300);
      world.network.memory.reset();
    }
    await world.speak(2_000);
    await world.pass(3_000);

    expectExactlyOnce(await world.logged(), 280);
    expectAllDelivered(280);
    expect(world.of('connection.reconnected').every(({ outcome }) => outcome === 'resumed')).toBe(
      true,
    );
    expect(world.finals).toEqual(Array.from({ length: 44 }, (_, at) => String(at * 10_000)));
  });

  it('loses none where the gateway dies and comes back, again and again', async () => {
    world = await new LinkWorld().connect();

    for (let cut = 0; cut < 20; cut += 1) {
      await world.speak(1_700);
      world.crash();
    }
    await world.speak(2_000);
    await world.pass(3_000);

    expectExactlyOnce(await world.logged(), 360);
    expectAllDelivered(360);
    expect(world.finals).toEqual(Array.from({ length: 57 }, (_, at) => String(at * 10_000)));
  });

  it('comes through a link that is up and dead, and through one that only stalls', async () => {
    world = await new LinkWorld().connect();
    await world.speak(2_000);

    world.network.memory.halfOpen();
    await world.speak(8_000);
    world.network.memory.stall(15_000);
    await world.speak(20_000);
    await world.pass(5_000);

    expectExactlyOnce(await world.logged(), 300);
    expectAllDelivered(300);
  });

  // P1.7, P13.6, P14.3, P14.4
  it('tells what it could not keep, to the application and to the log', async () => {
    world = await new LinkWorld(1, { retentionMs: 20_000 }).connect();
    await world.speak(5_000);

    world.network.memory.refuse(40_000);
    world.network.memory.reset();
    await world.speak(40_000);
    await world.speak(30_000);
    await world.pass(5_000);

    const gapMs = world.of('gap').reduce((sum, { durationMs }) => sum + durationMs, 0);
    const logged = await world.logged();
    const lost = logged.flatMap((frame) => (frame.type === 'gap' ? [frame.samplesLost] : []));
    expectExactlyOnce(logged, 750);
    expect(gapMs).toBeGreaterThan(15_000);
    expect(lost).toHaveLength(1); // neighbours become one
    expect(lost.reduce((sum, samples) => sum + samples, 0) / 16).toBe(gapMs);
    expect(world.session.ledger).toMatchObject({ captured: 750, buffered: 0, gapMs });
  });

  // P13.4, P14.4
  it('waits for credit behind a gap that has used it up', async () => {
    world = await new LinkWorld(1, { retentionMs: 30_000 }).connect();
    await world.speak(2_000);

    world.storeMs = 40_000; // nothing is committed: all that may be sent is
    await world.speak(18_000);
    world.network.memory.refuse(60_000);
    world.crash();
    world.storeMs = 0;
    await world.speak(60_000);
    await world.speak(10_000);
    await world.pass(5_000);

    const logged = await world.logged();
    const gap = logged.find((frame) => frame.type === 'gap');
    expect(gap!.toSeq - gap!.fromSeq).toBeGreaterThan(150);
    expectExactlyOnce(logged, 900);
    expect(world.of('connection.failed')).toEqual([]);
    expect(world.session.ledger).toMatchObject({ captured: 900, buffered: 0 });
  });

  // P17.2, P17.3
  it('moves to another gateway when it is told to, in its time, and nothing is lost on the way', async () => {
    world = await new LinkWorld().connect();
    await world.speak(3_000);

    const before = world.replaceGateway();
    const drained = before.drain(30_000);
    await world.speak(32_000);
    await drained;
    await world.pass(3_000);

    expectExactlyOnce(await world.logged(), 350);
    expectAllDelivered(350);
    expect(world.of('candidate.changed')).toMatchObject([{ reason: 'rotation' }]);
    expect(world.of('connection.reconnecting')).toEqual([]);
    expect(world.of('connection.reconnected')).toEqual([]);
    expect(Array.from(world.gateway.sessions)).toHaveLength(1);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'keeps its promise over five minutes of everything (seed %i)',
    async (seed) => {
      world = await new LinkWorld(seed).connect();

      for (let passedMs = 0; passedMs < 300_000;) {
        // Who fails to dial more often than this has to wait, for the sake of the gateway: the retry budget.
        const untilNextMs = 2_000 + Math.floor(world.random.unit() * 100) * 100;
        await world.speak(untilNextMs);
        passedMs += untilNextMs;
        breakSomething(world);
      }
      await world.speak(1_000);
      await world.pass(40_000);

      const { captured } = world.session.ledger;
      expectExactlyOnce(await world.logged(), captured);
      expectAllDelivered(captured);
      expect(world.finals).toEqual(
        Array.from({ length: Math.floor((captured * 1_600) / 10_000) }, (_, at) =>
          String(at * 10_000),
        ),
      );
    },
  );
});
