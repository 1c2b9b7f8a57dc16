import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { MINUTE_MS, OrchestraWorld } from './orchestrator-world.ts';

const READY = [{ standby: 1 }, { provider: 'second' }] as const;
const ELSEWHERE = [{}, { provider: 'second', standby: 1 }] as const;

async function withStandby(candidates: readonly object[] = READY): Promise<OrchestraWorld> {
  const world = await new OrchestraWorld({ candidates }).steady();
  await world.ready();
  return world;
}

describe('a standby', () => {
  it('is dialled when audio flows, and not before', async () => {
    const world = new OrchestraWorld({ candidates: READY });
    await world.connect();
    expect(world.lanes).toHaveLength(1);

    await world.served();

    expect(world.live).toMatchObject([
      { candidate: 0, role: 'carrier' },
      { candidate: 0, role: 'standby' },
    ]);
    await world.close();
  });

  it.each([
    ['the candidate of the carrier', [{ standby: 1 }, { provider: 'b', standby: 1 }], 0],
    ['the next that asks for one', [{}, { provider: 'b' }, { provider: 'c', standby: 1 }], 2],
    [
      'the next where the carrier allows no second session',
      [
        { standby: 1, makesBeforeBreaks: false },
        { provider: 'b', standby: 1 },
      ],
      1,
    ],
  ] as const)('stands at %s', async (_, candidates, index) => {
    const world = await new OrchestraWorld({ candidates }).steady();

    expect(world.dialled).toEqual([0, index]);
    await world.close();
  });

  it('is dialled nowhere where nobody asks for one', async () => {
    const world = await new OrchestraWorld().steady();

    expect(world.dialled).toEqual([0]);
    await world.close();
  });

  it('takes over when the carrier is lost, and is replaced', async () => {
    const world = await withStandby();
    await world.pass(MINUTE_MS);
    const outage = {
      sinceMs: world.clock.nowMs() - 30,
      downtimeMs: 0,
      cause: failureOf('transient'),
      attempts: 1,
    };

    await world.lost({ outage });
    await world.pass(20);
    await world.served();

    expect(world.lane(2)?.told.at(-1)).toEqual({
      type: 'carrier.chosen',
      atMs: outage.sinceMs + 30,
      outage,
    });
    expect(world.signals).toMatchObject([
      { type: 'candidate.changed', reason: 'standby', takeoverMs: 50 },
    ]);
    expect(world.live).toMatchObject([{ id: 2 }, { id: 3, role: 'standby' }]);
    await world.close();
  });

  it('takes over when the carrier gives up', async () => {
    const world = await withStandby();

    await world.failed();

    expect(world.carrier).toBe(2);
    expect(world.live.map(({ id }) => id)).toEqual([2]);
    await world.close();
  });

  it('that is not ready when the carrier is lost takes over once it is', async () => {
    const world = await new OrchestraWorld({ candidates: READY }).steady();
    await world.lost();
    expect(world.state).toBe('serving.troubled');

    await world.ready();

    expect(world.state).toBe('serving.arriving');
    expect(world.live.map(({ id }) => id)).toEqual([2]);
    await world.close();
  });

  it('that lost its socket does not take over before it is back', async () => {
    const world = await withStandby();
    await world.lost({ lane: 2 });

    await world.lost();

    expect(world.state).toBe('serving.troubled');
    expect(world.live.map(({ id }) => id)).toEqual([1, 2]);
    await world.ready(2);
    expect(world.carrier).toBe(2);
    await world.close();
  });

  it('at another candidate is not taken because of a planned end', async () => {
    const world = await withStandby(ELSEWHERE);

    await world.lost({ failure: failureOf('planned') });

    expect(world.state).toBe('serving.troubled');
    expect(world.carrier).toBe(1);
    await world.close();
  });

  it('at another candidate is taken after all when the planned change does not come off in 5 s', async () => {
    const world = await withStandby(ELSEWHERE);
    await world.lost({ failure: failureOf('planned') });

    await world.pass(4_999);

    expect(world.carrier).toBe(1);
    await world.pass(1);
    expect(world.carrier).toBe(2);
    await world.close();
  });

  it('is not taken while there is no network', async () => {
    const world = await withStandby();
    await world.networkLost();

    await world.lost();

    expect(world.carrier).toBe(1);
    expect(world.live.map(({ id }) => id)).toEqual([1, 2]);
    await world.close();
  });

  it('is dialled when the network is back, and not while it is away', async () => {
    const world = await new OrchestraWorld({ candidates: READY }).steady();
    await world.networkLost();
    await world.failed(failureOf('transient'), { lane: 2 });
    await world.pass(MINUTE_MS);
    expect(world.lanes).toHaveLength(2);

    await world.networkRestored();
    await world.pass(250);

    expect(world.lanes).toHaveLength(3);
    await world.close();
  });
});

describe('a standby that gives up', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [6, 30_000],
  ])('number %d is replaced after %d ms, without a word spoken', async (number, waitMs) => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
    for (let failures = 1; failures < number; failures += 1) {
      await world.failed(failureOf('transient'), { lane: world.beside });
      await world.pass(30_000);
    }
    const before = world.lanes.length;
    await world.failed(failureOf('transient'), { lane: world.beside });

    await world.pass(waitMs - 1);

    expect(world.lanes).toHaveLength(before);
    await world.pass(1);
    expect(world.lanes).toHaveLength(before + 1);
    expect(world.state).toBe('serving.steady');
    await world.close();
  });

  it('because no second session is allowed is not tried there again', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();

    await world.failed(failureOf('quota'), { lane: world.beside });
    await world.pass(10 * MINUTE_MS);

    expect(world.lanes).toHaveLength(2);
    await world.close();
  });

  it('because of that does not count against the carrier at the same candidate', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
    await world.failed(failureOf('quota'), { lane: world.beside });

    await world.failed();

    expect(world.state).toBe('degraded');
    await world.close();
  });

  it('while the carrier is in trouble leaves it alone', async () => {
    const world = await new OrchestraWorld({ candidates: READY }).steady();
    await world.lost();

    await world.failed(failureOf('transient'), { lane: 2 });

    expect(world.state).toBe('serving.troubled');
    expect(world.live.map(({ id }) => id)).toEqual([1]);
    await world.close();
  });

  it('does not put off the return to a better candidate', async () => {
    const world = new OrchestraWorld({ candidates: [{}, { provider: 'second', standby: 1 }] });
    await world.steady();
    await world.failed();
    await world.served();
    await world.pass(59_000);
    await world.failed(failureOf('transient'), { lane: world.beside });
    await world.pass(1_000);

    await world.pauses();

    expect(world.state).toBe('serving.preparing');
    await world.close();
  });
});

describe('a service that lets every session die as soon as audio flows', () => {
  it('is not dialled in a storm, whatever stands by', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
    const startedAtMs = world.clock.nowMs();

    while (world.clock.nowMs() - startedAtMs < MINUTE_MS) {
      if (world.context.beside?.isReady === false) await world.ready();
      await world.lost();
      if (world.state === 'serving.troubled') await world.pass(100);
      if (world.state.startsWith('serving')) await world.served();
      await world.pass(100);
    }

    expect(world.lanes.length).toBeLessThanOrEqual(10);
    await world.close();
  });

  it('but one loss of a session that long was well costs nothing', async () => {
    const world = await withStandby([{ standby: 1 }]);
    await world.pass(10_000);

    await world.lost();
    await world.served();

    expect(world.live.map(({ id }) => id)).toEqual([2, 3]);
    await world.close();
  });

  it('and one of a session that was not makes the next standby wait', async () => {
    const world = await withStandby([{ standby: 1 }]);
    await world.pass(9_999);

    await world.lost();
    await world.served();

    expect(world.live.map(({ id }) => id)).toEqual([2]);
    await world.pass(1_000);
    expect(world.live.map(({ id }) => id)).toEqual([2, 3]);
    await world.close();
  });
});
