/** Which of several connections takes over, when, and when none does. */
import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { MINUTE_MS, OrchestraWorld } from './orchestrator-world.ts';

const STANDBY = [{ standby: 1 }] as const;
const ELSEWHERE = [{}, { provider: 'second', standby: 1 }] as const;
const LONGEST_TIMER_MS = 2_147_483_647;

/** The lesser candidate carries, and the better one is ready beside it while somebody speaks. */
async function returning(): Promise<OrchestraWorld> {
  const world = await new OrchestraWorld({ input: { holdDownMs: 0 } }).steady();
  await world.failed();
  await world.served();
  await world.pass(2_000);
  await world.pauses();
  await world.speaks();
  await world.ready();
  return world;
}

describe('a rate limit of a standby', () => {
  it('does not move the session, however long it is', async () => {
    const world = await new OrchestraWorld({ candidates: ELSEWHERE }).steady();

    await world.lost({ lane: 2, failure: failureOf('rateLimited'), waitMs: MINUTE_MS });

    expect([world.carrier, world.state]).toEqual([1, 'serving.steady']);
    await world.close();
  });
});

describe('a breaker', () => {
  it('that closes moves nobody', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();

    await world.barred(0, 0);

    expect([world.carrier, world.state]).toEqual([1, 'serving.troubled']);
    await world.close();
  });

  it('does not break off a carrier that serves while its successor is dialled', async () => {
    const world = await new OrchestraWorld().steady();
    await world.ends(20_000);
    await world.pass(0);

    await world.barred(0, MINUTE_MS);

    expect([world.carrier, world.state]).toEqual([1, 'serving.preparing']);
    await world.close();
  });

  it('leaves the only candidate in the trouble that it is in', async () => {
    const world = await new OrchestraWorld({ candidates: [{}] }).steady();
    await world.lost();

    await world.barred(0, MINUTE_MS);

    expect(world.state).toBe('serving.troubled');
    await world.close();
  });

  it('leads to the standby that is ready before a candidate that is yet to be dialled', async () => {
    const candidates = [{}, { provider: 'second' }, { provider: 'third', standby: 1 }] as const;
    const world = await new OrchestraWorld({ candidates }).steady();
    await world.ready();

    await world.barred(0, MINUTE_MS);
    await world.served();

    expect(world.dialled.slice(0, 2)).toEqual([0, 2]);
    expect(world.carrier).toBe(2);
    await world.close();
  });

  it('bars what stands ready at the same candidate', async () => {
    const world = await new OrchestraWorld({ candidates: STANDBY }).steady();
    await world.ready();
    await world.networkLost();
    await world.lost();
    await world.networkRestored();

    await world.barred(0, MINUTE_MS);

    expect([world.carrier, world.state]).toEqual([1, 'serving.troubled']);
    await world.close();
  });

  it('makes what stands ready elsewhere take over though an end was planned', async () => {
    const world = await new OrchestraWorld({ candidates: ELSEWHERE }).steady();
    await world.ready();
    await world.lost({ failure: failureOf('planned') });

    await world.barred(0, MINUTE_MS);

    expect(world.carrier).toBe(2);
    await world.close();
  });
});

describe('what stands ready', () => {
  it('takes over from a carrier that gives up, even without a network', async () => {
    const world = await new OrchestraWorld({ candidates: STANDBY }).steady();
    await world.ready();
    await world.networkLost();

    await world.failed();

    expect(world.carrier).toBe(2);
    await world.close();
  });

  it('at a better candidate takes over from a planned end', async () => {
    const world = await returning();

    await world.lost({ failure: failureOf('planned') });

    expect(world.carrier).toBe(3);
    await world.close();
  });

  it('at a better candidate waits for a pause without a limit where no end is known', async () => {
    const world = await returning();

    await world.pass(MINUTE_MS);

    expect([world.carrier, world.state]).toEqual([2, 'serving.prepared']);
    await world.close();
  });

  it('is not dialled twice: one that is on its way is waited for', async () => {
    const world = await new OrchestraWorld({ candidates: STANDBY }).steady();

    await world.ends(20 * MINUTE_MS);

    expect(world.live.map(({ id }) => id)).toEqual([1, 2]);
    await world.close();
  });
});

describe('the way back', () => {
  it('leads to the second where the first may not be dialled', async () => {
    const candidates = [{}, { provider: 'second' }, { provider: 'third' }] as const;
    const world = await new OrchestraWorld({ candidates, input: { holdDownMs: 0 } }).steady();
    await world.failed();
    await world.failed();
    await world.served();
    await world.barred(0, MINUTE_MS);
    await world.pass(5_000);

    await world.pauses();

    expect(world.dialled).toEqual([0, 1, 2, 1]);
    await world.close();
  });
});

describe('a planned change', () => {
  it('is not made where no end is known, even when the longest timer runs out', async () => {
    const world = await new OrchestraWorld({ candidates: [{}] }).steady();

    await world.pass(LONGEST_TIMER_MS);

    expect(world.lanes).toHaveLength(1);
    expect(world.state).toBe('serving.steady');
    await world.close();
  });

  it('is no rotation where no end is known and no second session may stand', async () => {
    const world = await new OrchestraWorld({ candidates: [{ makesBeforeBreaks: false }] }).steady();

    await world.pass(LONGEST_TIMER_MS);

    expect(world.state).toBe('serving.steady');
    await world.close();
  });

  it('is made in mid-speech at the last call, on the same connection, where no second may stand', async () => {
    const world = await new OrchestraWorld({ candidates: [{ makesBeforeBreaks: false }] }).steady();
    await world.speaks();
    await world.ends(20_000);

    await world.pass(15_000);

    const atMs = world.clock.nowMs();
    expect(world.lane(1)?.told.at(-1)).toEqual({ type: 'session.rotate', atMs });
    expect(world.context.rotatedAtMs).toBe(atMs);
    await world.close();
  });
});
