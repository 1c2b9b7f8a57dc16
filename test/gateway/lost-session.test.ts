/** A session that is gone: what of it had no final goes into the next one, and the application is told. */
import { afterEach, describe, expect, it } from 'vitest';

import { LinkWorld } from './link-world.ts';

let world: LinkWorld;

afterEach(() => world.close());

describe('a session that is gone at the gateway', () => {
  it('is followed by one that hears again all that no final covered', async () => {
    world = await new LinkWorld(1, {}, 160_000).connect(); // a final every 10 s
    await world.speak(18_000);

    await world.forget();
    await world.speak(12_000);
    await world.pass(3_000);

    const [second] = world.app.starts.slice(-1);
    const first = world.app.audio.findIndex(({ position }, at) => position === second && at > 120);
    expect(second).toBe(160_000);
    expect(first).toBeGreaterThan(0);
    expect(world.finals).toEqual(['0', '160000', '320000']);
    expect(world.session.ledger).toMatchObject({ captured: 300, delivered: 300, gap: 0 });
    expect(world.of('connection.reconnected')).toMatchObject([{ outcome: 'replayed' }]);
  });
});
