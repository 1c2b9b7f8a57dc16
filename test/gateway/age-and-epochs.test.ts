/** A session lasts a day at most, whoever has it; and a client's word for its epoch is believed only so far. */
import { afterEach, describe, expect, it } from 'vitest';

import { GatewayWorld, settled } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import { MAX_EPOCH_LEAD, MAX_SESSION_MS } from '../../src/protocol/limits.ts';
import type { WelcomeFrame } from '../../src/protocol/types.ts';

const worlds: GatewayWorld[] = [];
/** By how much wall clocks are ahead of the test's. */
let aheadMs = 0;

afterEach(async () => {
  for (const { gateway } of worlds.splice(0)) await gateway.close();
  aheadMs = 0;
});

/** @param before whose store and clock it has, too. */
function opened(before?: GatewayWorld): GatewayWorld {
  const world: GatewayWorld = new GatewayWorld(before?.store, before?.clock, {
    wallClock: () => world.clock.nowMs() + aheadMs,
  });
  worlds.push(world);
  return world;
}

function back({ sid, resume, epoch }: WelcomeFrame, att = 2) {
  return { mode: 'resume', sid, resume, epoch, att } as const;
}

/** As much time, of a client that shows that it lives. */
async function live(world: GatewayWorld, client: RawClient, ms: number): Promise<void> {
  const ping = {
    type: 'ping',
    nonce: 1,
    epoch: 1,
    lastSent: 0,
    received: 0,
    committed: 0,
  } as const;
  for (let passedMs = 0; passedMs < ms; passedMs += 15_000) {
    client.send({ ...ping, maxSeq: 0, sentAtMs: 0 });
    world.clock.advance(Math.min(15_000, ms - passedMs));
    if (passedMs % 600_000 === 0) await settled(); // it is written now and then that it lives
  }
  await settled();
}

describe('a session', () => {
  it('P1.3: ends after a day, though its client is there', async () => {
    const world = opened();
    const { client, welcome } = await world.begun();

    await live(world, client, MAX_SESSION_MS - 5_000);
    const before = client.closed;
    await live(world, client, 10_000);
    const late = await world.client().hello(back(welcome));

    expect(before).toBeNull();
    expect(client.closed).toEqual({ code: 4411, reason: 'grace-expired' });
    expect(world.gateway.counters.endings.aged).toBe(1);
    expect(late).toMatchObject({ type: 'refused', code: 4411 });
    expect(world.app.isClosed).toBe(true);
  });

  it('P1.3: is not a day younger for a gateway that has taken it over', async () => {
    const first = opened();
    const { client, welcome } = await first.begun();
    aheadMs = MAX_SESSION_MS - 20_000;
    client.audio(welcome.epoch);
    await settled();

    const second = opened(first);
    const again = second.client();
    const taken = await again.hello(back(welcome));
    await live(second, again, 15_000);
    const before = again.closed;
    await live(second, again, 10_000);

    expect(taken).toMatchObject({ type: 'welcome', resumed: true });
    expect(before).toBeNull();
    expect(again.closed).toMatchObject({ code: 4411 });
    expect(second.gateway.counters.endings.aged).toBe(1);
  });

  it('P1.3: of which a day is over is not taken over any more', async () => {
    const first = opened();
    const { client, welcome } = await first.begun();
    aheadMs = MAX_SESSION_MS;
    client.audio(welcome.epoch);
    await settled();

    const refused = await opened(first).client().hello(back(welcome));

    expect(refused).toMatchObject({ type: 'refused', code: 4411, up: 1 });
  });
});

describe.each([
  ['lives here', (world: GatewayWorld) => world],
  ['another gateway had', opened],
])('an epoch for a session that %s', (_where, gatewayAfter) => {
  it('P12.2: is believed up to 1,000 beyond the log, and what is further ahead disturbs nobody', async () => {
    const world = opened();
    const { client, welcome } = await world.begun();
    const { epoch } = welcome;
    const next = gatewayAfter(world);

    const beyond = epoch + MAX_EPOCH_LEAD + 1;
    const refused = await next.client().hello({ ...back(welcome), epoch: beyond });
    const undisturbed = client.closed;
    const within = epoch + MAX_EPOCH_LEAD;
    const welcomed = await next.client().hello({ ...back(welcome, 3), epoch: within });

    expect(refused).toMatchObject({ type: 'refused', code: 4400 });
    expect(undisturbed).toBeNull();
    expect(welcomed).toMatchObject({ type: 'welcome', epoch: within + 1 });
  });
});
