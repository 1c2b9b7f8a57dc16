/** A gateway's link that dies in silence is noticed within 300 ms and a round trip, and one that lives is never suspected. */
import { afterEach, describe, expect, it } from 'vitest';

import { LinkWorld } from './link-world.ts';

const RTT_MS = 50;

let world: LinkWorld;

afterEach(() => world.close());

/** So much audio in chunks of 20 ms. */
async function streamed(ms: number): Promise<void> {
  for (let spoken = 0; spoken < ms; spoken += 20) {
    world.session.write(new Uint8Array(640).fill(spoken & 0x7f));
    await world.clock.advanceAsync(20);
  }
}

describe('a link to a gateway', () => {
  it.each([0, 20, 40, 60, 80, 100, 120])(
    'that dies in silence is suspected within 300 ms and a round trip (%d ms after a look)',
    async (phaseMs) => {
      world = await new LinkWorld().connect();
      await streamed(4_000 + phaseMs);
      let suspectedAtMs = NaN;
      world.session.on('connection.suspected', () => (suspectedAtMs = world.clock.nowMs()));

      world.network.memory.halfOpen();
      const silentAtMs = world.clock.nowMs();
      await streamed(1_000);

      expect(suspectedAtMs - silentAtMs).toBeLessThanOrEqual(300 + RTT_MS);
    },
  );

  it.each([
    ['as it is', 0, 0],
    ['that jitters by 80 ms', 80, 0],
    ['with a store that takes 200 ms', 0, 200],
    ['with both', 80, 200],
  ])('%s is not suspected in a minute', async (_what, jitterMs, storeMs) => {
    world = await new LinkWorld().connect();
    world.network.memory.jitterMs = jitterMs;
    world.storeMs = storeMs;

    await streamed(60_000);

    world.storeMs = 0;
    expect(world.of('connection.suspected')).toEqual([]);
    expect(world.network.memory.sockets).toHaveLength(1);
  });

  it('that is far away is given its round trip', async () => {
    world = new LinkWorld();
    world.network.memory.latencyMs = 300;
    const connected = world.session.connect();
    await world.pass(4_000);
    await connected;

    await streamed(30_000);

    expect(world.of('connection.suspected')).toEqual([]);
  });
});
