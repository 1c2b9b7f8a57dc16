/** A page's session: one gateway, and none of the parts that only others need. What the resumable link promises, it keeps. */
import { afterEach, describe, expect, it } from 'vitest';

import { breakSomething } from './any-fault.ts';
import { expectExactlyOnce, LinkWorld } from './link-world.ts';

const DEADLINE_MS = 30_000;

let world: LinkWorld;

afterEach(() => world.close());

/** The connection chart decides alone, and shares nothing with other sessions. */
function openPage(seed: number): Promise<LinkWorld> {
  return new LinkWorld(seed, { parts: [] }).connect();
}

describe('a session with a gateway and no parts', () => {
  it.each([1, 2, 3])(
    'keeps every chunk over five minutes of everything (seed %i)',
    async (seed) => {
      world = await openPage(seed);

      for (let passedMs = 0; passedMs < 300_000;) {
        const untilNextMs = 2_000 + Math.floor(world.random.unit() * 100) * 100;
        await world.speak(untilNextMs);
        passedMs += untilNextMs;
        breakSomething(world);
      }
      await world.speak(1_000);
      await world.pass(40_000);

      const { captured } = world.session.ledger;
      expectExactlyOnce(await world.logged(), captured);
      expect(world.session.ledger).toMatchObject({ delivered: captured, gap: 0, buffered: 0 });
      expect(world.of('connection.reconnected').length).toBeGreaterThan(0);
    },
  );

  it('goes where a gateway that ends sends it, before it ends', async () => {
    world = await openPage(1);
    await world.speak(3_000);

    const drained = world.gateway.drain({ deadlineMs: DEADLINE_MS, to: [world.elsewhereUrl] });
    await world.speak(DEADLINE_MS / 2 + 1_000);

    expect(Array.from(world.elsewhere.sessions)).toHaveLength(1);
    await world.speak(DEADLINE_MS / 2 + 1_000);
    await drained;
    await world.pass(2_000);
    expect(world.of('connection.reconnecting')).toEqual([]);
    expect(world.of('connection.reconnected')).toMatchObject([
      { outcome: 'resumed', downtimeMs: 0, cause: { kind: 'planned' } },
    ]);
    expectExactlyOnce(await world.logged(), 350);
    expect(world.session.ledger).toMatchObject({ captured: 350, delivered: 350, gap: 0 });
  });
});
