/** One break over several connections, and what small things beside it come to. */
import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { DUE_MS, ENDING, MINUTE_MS, OrchestraWorld } from './orchestrator-world.ts';

const BREAK_MS = 400;

/** The carrier lost its socket, serves again after 400 ms, and has an end to be planned for. */
async function servingAgain(): Promise<OrchestraWorld> {
  const world = await new OrchestraWorld({ candidates: [{}] }).steady();
  const sinceMs = world.clock.nowMs();
  const outage = { sinceMs, downtimeMs: 300, attempts: 2, cause: failureOf('transient') };
  await world.lost({ outage });
  await world.pass(BREAK_MS);
  await world.served();
  await world.speaks();
  await world.ends(20_000);
  await world.pass(2_000);
  await world.ready();
  return world;
}

function outageGivenTo(world: OrchestraWorld, lane: number): unknown {
  const chosen = world.lane(lane)?.told.find(({ type }) => type === 'carrier.chosen');
  return (chosen as { outage?: unknown } | undefined)?.outage;
}

describe('a break whose replay is not done', () => {
  it('goes on with whoever takes over, and counts only the time without a link', async () => {
    const world = await servingAgain();

    await world.pauses();
    await world.pass(0);

    expect(outageGivenTo(world, 2)).toEqual({
      sinceMs: world.clock.nowMs(),
      downtimeMs: 300 + BREAK_MS,
      attempts: 2,
      cause: failureOf('transient'),
    });
    await world.close();
  });

  it('is over once the carrier has caught up', async () => {
    const world = await servingAgain();
    await world.send({ type: 'candidate.caughtUp', lane: 1 });

    await world.pauses();
    await world.pass(0);

    expect(outageGivenTo(world, 2)).toBeNull();
    await world.close();
  });

  it('is not ended by another connection that has caught up', async () => {
    const world = await servingAgain();
    await world.send({ type: 'candidate.caughtUp', lane: 2 });

    await world.pauses();
    await world.pass(0);

    expect(outageGivenTo(world, 2)).toMatchObject({ attempts: 2 });
    await world.close();
  });
});

describe('without a network', () => {
  it('a successor is dialled that knows it', async () => {
    const world = await new OrchestraWorld({ candidates: [{}] }).steady();
    await world.networkLost();

    await world.ends(20_000);
    await world.pass(0);

    expect(world.lane(2)?.told.map(({ type }) => type)).toEqual([
      'network.lost',
      'session.connect',
    ]);
    await world.close();
  });

  it('a successor on its way is forgotten when its carrier has lost its link', async () => {
    const world = await new OrchestraWorld({ candidates: [ENDING] }).steady();
    await world.pass(DUE_MS);
    const dialled = world.beside;

    await world.lost();

    expect(world.lane(dialled)?.isReleased).toBe(true);
    expect([dialled, world.beside]).toEqual([2, 0]);
    await world.close();
  });
});

describe('a network that comes back', () => {
  it('brings the failover forward: what was left alone for its failures may be dialled again', async () => {
    const world = await new OrchestraWorld({
      candidates: [{}, { provider: 'second' }],
      input: { holdDownMs: 0 },
    }).steady();
    await world.failed();
    await world.served(); // the second carries, the first is left alone for a while
    await world.lost();

    await world.networkLost();
    await world.networkRestored();
    await world.pass(5_000);

    expect(world.dialled).toEqual([0, 1, 0]);
    await world.close();
  });

  it('leaves the failover where it was, when nobody was left alone', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();

    await world.pass(MINUTE_MS);

    expect(world.dialled.slice(0, 2)).toEqual([0, 1]);
    await world.close();
  });
});

describe('a break of 10 s in which nobody can be gone to', () => {
  it('is told as recording only, however many dials failed meanwhile', async () => {
    const world = await new OrchestraWorld({ candidates: [{}] }).steady();
    await world.lost();
    await world.pass(5_000);
    await world.dialFailed();

    await world.pass(4_999);
    const early = world.signalsOf('session.degraded').length;
    await world.pass(1);

    expect([early, world.signalsOf('session.degraded').length]).toEqual([0, 1]);
    await world.close();
  });
});
