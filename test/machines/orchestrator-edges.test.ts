/** What is near a boundary, or looks like something else. */
import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { MINUTE_MS, OrchestraWorld, PAIR } from './orchestrator-world.ts';

const THREE = [...PAIR, { provider: 'third' }];

describe('the next candidate', () => {
  it('at a first connect is one that was not tried, even where an earlier one has cooled down', async () => {
    const world = new OrchestraWorld({ candidates: THREE });
    await world.connect();
    await world.failed();
    await world.pass(1_500);

    await world.failed();

    expect(world.dialled).toEqual([0, 1, 2]);
    await world.close();
  });

  it('later is the most preferred that has cooled down', async () => {
    const world = await new OrchestraWorld({ candidates: THREE }).steady();
    await world.failed();
    await world.pass(1_500);

    await world.failed();

    expect(world.dialled).toEqual([0, 1, 0]);
    await world.close();
  });

  it('that is free first is waited for, not the last', async () => {
    const world = await new OrchestraWorld({ candidates: THREE }).steady();
    await world.barred(1, 20_000);
    await world.barred(2, 7_000);
    await world.lost();

    await world.pass(7_000);

    expect(world.dialled).toEqual([0, 2]);
    await world.close();
  });

  it('is not gone to where it was barred while it was waited for', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();
    await world.pass(3_000);
    await world.barred(1, MINUTE_MS);

    await world.pass(10_000);

    expect(world.state).toBe('serving.troubled');
    expect(world.live).toMatchObject([{ id: 1 }]);
    await world.close();
  });

  it('may come back, though the one that serves is misconfigured', async () => {
    const world = await new OrchestraWorld().steady();
    await world.barred(1, 10_000);

    await world.failed(failureOf('config'));

    expect(world.state).toBe('degraded');
    await world.close();
  });

  it('after a dial that hung is dialled with one failure counted', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost({ failure: failureOf('planned') });

    await world.pass(5_000);

    expect(world.context.standings[0]).toMatchObject({ failures: 1 });
    await world.close();
  });
});

describe('a standby', () => {
  it('at the carrier is preferred to a better candidate that asks for one too', async () => {
    const both = [{ standby: 1 }, { provider: 'second', standby: 1 }] as const;
    const world = await new OrchestraWorld({ candidates: both }).steady();
    await world.failed();
    await world.pass(1_000);

    await world.served();

    expect(world.live.map(({ candidate }) => candidate)).toEqual([1, 1]);
    await world.close();
  });

  it('is not ready because the carrier is', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();

    await world.ready(world.carrier);
    await world.lost();

    expect(world.state).toBe('serving.troubled');
    await world.close();
  });

  it('stays what it is when an end is announced, a breaker moves or the network is back', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }, {}] }).steady();
    await world.ready();

    await world.ends(10 * MINUTE_MS);
    await world.barred(1, MINUTE_MS);
    await world.networkRestored();

    expect(world.lanes).toHaveLength(2);
    expect(world.context.beside).toMatchObject({ id: 2, isReady: true });
    await world.close();
  });

  it('whose dials fail does not move the session', async () => {
    const world = new OrchestraWorld({ candidates: [{ standby: 1 }, { provider: 'second' }] });
    await world.steady();

    await world.dialFailed({ lane: 2 });
    await world.dialFailed({ lane: 2 });

    expect(world.carrier).toBe(1);
    expect(world.live.map(({ id }) => id)).toEqual([1, 2]);
    await world.close();
  });

  it('takes over from the only candidate when it gives up', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
    await world.ready();

    await world.failed();

    expect(world.carrier).toBe(2);
    await world.close();
  });

  it.each([
    ['at the same candidate', [{ standby: 1 }], 'planned'],
    ['elsewhere', [{}, { provider: 'second', standby: 1 }], 'transient'],
  ] as const)('%s takes over from a loss that is %s at once', async (_, candidates, kind) => {
    const world = await new OrchestraWorld({ candidates }).steady();
    await world.ready();

    await world.lost({ failure: failureOf(kind) });

    expect(world.carrier).toBe(2);
    await world.close();
  });

  it('that outlived an outage of the network takes over where the carrier is not back in 5 s', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
    await world.ready();
    await world.networkLost();
    await world.lost();
    await world.networkRestored();

    await world.pass(4_999);

    expect(world.carrier).toBe(1);
    await world.pass(1);
    expect(world.carrier).toBe(2);
    await world.close();
  });

  it.each([
    ['planned', false, 3],
    ['transient', true, 2],
    ['rateLimited', false, 2],
  ] as const)(
    'is followed after a loss that is %s, of a dial: %s, by as many lanes as %d',
    async (kind, wasDial, lanes) => {
      const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
      await world.ready();
      if (kind !== 'planned') await world.pass(MINUTE_MS);

      await world.lost({ failure: failureOf(kind), wasDial });
      await world.served();

      expect(world.lanes).toHaveLength(lanes);
      await world.close();
    },
  );
});

describe('an end', () => {
  it.each([
    [2 * MINUTE_MS, MINUTE_MS],
    [20 * MINUTE_MS, 9 * MINUTE_MS],
  ])('of a standby is the sooner of what is known and what is told: %d ms', async (inMs, dueMs) => {
    const candidates = [{ standby: 1, endsAfterMs: 10 * MINUTE_MS }] as const;
    const world = await new OrchestraWorld({ candidates }).steady();
    await world.ready();
    await world.ends(inMs, 2);
    await world.failed();
    await world.served();

    await world.pass(dueMs - 1);

    expect(world.state).toBe('serving.steady');
    await world.pass(1);
    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('that comes within 10 s of the last change is left to the service: a change every 10 s is no storm', async () => {
    const world = await new OrchestraWorld({ candidates: [{}] }).steady();
    await world.ends(20_000);
    await world.pass(0);
    await world.ready();
    await world.served();
    await world.ends(8_000);

    await world.pass(9_999);

    expect(world.state).toBe('serving.steady');
    await world.pass(1);
    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('that is announced after a loss was met is met at once: only changes are spread', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
    await world.ready();
    await world.pass(MINUTE_MS);
    await world.lost();
    await world.served();

    await world.ends(20_000);
    await world.pass(0);

    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('is handed over at the moment that the handover tells', async () => {
    const world = await new OrchestraWorld({ candidates: [{}] }).steady();
    world.handover = 'hangs';
    await world.ends(20_000);
    await world.pass(0);
    await world.ready();
    await world.pass(700);
    const atMs = world.clock.nowMs();

    await world.send({ type: 'xstate.done.actor.handover', output: { atMs } } as never);

    expect(world.lane(2)?.told.at(-1)).toEqual({ type: 'carrier.chosen', atMs, outage: null });
    await world.close();
  });
});
