/** A path that swallows everything, and then carries again: the session is on it within half a second and a handshake. */
import { afterEach, describe, expect, it } from 'vitest';

import { expectExactlyOnce, LinkWorld } from './link-world.ts';

let world: LinkWorld;

afterEach(() => world.close());

/** The old socket is dead for good, and dials hang for so long; how long after that the session goes on. */
async function flowsAgainAfterMs(holeMs: number): Promise<number> {
  world = await new LinkWorld().connect();
  await world.speak(12_000);
  const { memory } = world.network;
  let againAtMs = NaN;
  world.session.on('connection.reconnected', () => (againAtMs = world.clock.nowMs()));
  memory.halfOpen();
  memory.outcome = () => 'hangs';
  await world.speak(holeMs);
  const healedAtMs = world.clock.nowMs();
  memory.outcome = () => 'opens';
  await world.speak(3_000);
  await world.pass(3_000);
  return againAtMs - healedAtMs;
}

describe('a black hole', () => {
  it.each([1_000, 3_300, 5_700, 6_400, 9_100, 12_700, 14_900])(
    'of %d ms is left within 500 ms and the handshake after it ends',
    async (holeMs) => {
      const againMs = await flowsAgainAfterMs(holeMs);

      expect(againMs).toBeLessThanOrEqual(500 + 150); // dial, HELLO and WELCOME at 25 ms a way
      expectExactlyOnce(await world.logged(), world.session.ledger.captured);
      expect(world.session.ledger).toMatchObject({ gap: 0, buffered: 0 });
    },
  );
});
