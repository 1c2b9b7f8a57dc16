import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { DUE_MS, ENDING, ending, MINUTE_MS, prepared, REFUSING } from './orchestrator-world.ts';

describe('a known end', () => {
  it.each([
    [DUE_MS - 1, 'serving.steady', 1],
    [DUE_MS, 'serving.preparing', 2],
  ])('after 10 minutes is after %d ms %s', async (ms, state, lanes) => {
    const world = await ending();

    await world.pass(ms);

    expect(world.state).toBe(state);
    expect(world.live).toHaveLength(lanes);
    await world.close();
  });

  it('is met by a successor beside the carrier, which takes over in silence', async () => {
    const world = await ending();
    await world.pass(DUE_MS);

    await world.ready();

    expect(world.handovers).toEqual([{ from: 1, to: 2 }]);
    expect(world.live.map(({ id }) => id)).toEqual([2]);
    await world.served();
    expect(world.signals).toMatchObject([
      { type: 'candidate.changed', from: 'first', to: 'first', reason: 'rotation', takeoverMs: 0 },
    ]);
    await world.close();
  });

  it('waits for a pause where somebody speaks', async () => {
    const world = await prepared();
    expect(world.state).toBe('serving.prepared');

    await world.pauses();

    expect(world.live.map(({ id }) => id)).toEqual([2]);
    await world.close();
  });

  it.each([
    [54_999, 'serving.prepared'],
    [55_000, 'serving.arriving'],
  ])('is met 5 s before it at the latest: %d ms later it is %s', async (ms, state) => {
    const world = await prepared();

    await world.pass(ms);

    expect(world.state).toBe(state);
    await world.close();
  });

  it.each([
    ['ends', 0],
    ['breaks', 0],
    ['hangs', 1_500],
  ] as const)('changes hands even where the last result %s', async (handover, waitMs) => {
    const world = await prepared();
    world.handover = handover;
    await world.pauses();

    await world.pass(Math.max(0, waitMs - 1));

    expect(world.state).toBe(waitMs === 0 ? 'serving.arriving' : 'serving.handingOver');
    await world.pass(1);
    expect(world.carrier).toBe(2);
    await world.close();
  });

  it('comes again: the successor has an end as well, counted from when it was ready', async () => {
    const world = await prepared();
    await world.pass(30_000);
    await world.pauses();
    await world.served();

    await world.pass(DUE_MS - 30_001);

    expect(world.state).toBe('serving.steady');
    await world.pass(1);
    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('that a service sets sooner than the lead is met half-way, not at once', async () => {
    const world = await ending([{ endsAfterMs: 40_000 }]);

    await world.pass(19_999);

    expect(world.state).toBe('serving.steady');
    await world.pass(1);
    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('of a session that is resumed on another socket counts anew', async () => {
    const world = await ending();
    await world.pass(DUE_MS - 1);

    await world.served();
    await world.pass(DUE_MS - 1);

    expect(world.state).toBe('serving.steady');
    await world.close();
  });

  it('that moved away while its successor was dialled needs none', async () => {
    const world = await prepared();

    await world.served();

    expect(world.state).toBe('serving.steady');
    expect(world.live.map(({ id }) => id)).toEqual([1]);
    await world.close();
  });
});

describe('a known end and a standby', () => {
  it('at the same candidate needs no further dial, and dials the next standby after', async () => {
    const world = await ending([{ ...ENDING, standby: 1 }]);
    await world.ready();

    await world.pass(DUE_MS);
    await world.served();

    expect(world.signals).toMatchObject([{ reason: 'rotation' }]);
    expect(world.lanes).toHaveLength(3);
    expect(world.live.map(({ id }) => id)).toEqual([2, 3]);
    await world.close();
  });

  it('that is as old as the carrier is followed by another change at once, and no more', async () => {
    const world = await ending([{ ...ENDING, standby: 1 }]);
    await world.ready();
    await world.pass(DUE_MS);
    await world.served();

    await world.pass(10_000);
    await world.ready();
    await world.served();
    await world.pass(5 * MINUTE_MS);

    expect(world.signals).toHaveLength(2);
    expect(world.state).toBe('serving.steady');
    await world.close();
  });

  it('at another candidate leads to the same one, not there', async () => {
    const world = await ending([ENDING, { provider: 'second', standby: 1 }]);
    await world.ready();

    await world.pass(DUE_MS);

    expect(world.state).toBe('serving.preparing');
    expect(world.live.map(({ candidate }) => candidate)).toEqual([0, 0]);
    await world.close();
  });

  it('at another candidate leaves it to the carrier where it allows no second session', async () => {
    const world = await ending([REFUSING, { provider: 'second', standby: 1 }]);
    await world.ready();

    await world.pass(DUE_MS);

    expect(world.handovers).toEqual([]);
    expect(world.lane(1)?.told.at(-1)).toMatchObject({ type: 'session.rotate' });
    await world.close();
  });
});

describe('a successor that fails', () => {
  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
  ])('for time number %d is dialled again after %d ms', async (number, waitMs) => {
    const world = await ending();
    await world.pass(DUE_MS);
    for (let failures = 1; failures < number; failures += 1) {
      await world.failed(failureOf('transient'), { lane: world.beside });
      await world.pass(2 ** (failures - 1) * 1_000);
    }
    await world.failed(failureOf('transient'), { lane: world.beside });
    expect(world.state).toBe('serving.steady');

    const dials = await world.dialsIn(waitMs);

    expect(dials).toEqual({ early: 0, due: 1 });
    await world.close();
  });

  it.each(['serving.preparing', 'serving.prepared', 'serving.handingOver'])(
    'in %s leaves the carrier where it is',
    async (state) => {
      const world = await (state === 'serving.preparing' ? ending() : prepared());
      if (state === 'serving.preparing') await world.pass(DUE_MS);
      world.handover = 'hangs';
      if (state === 'serving.handingOver') await world.pauses();
      expect(world.state).toBe(state);

      await world.lost({ lane: world.beside });

      expect(world.state).toBe('serving.steady');
      expect(world.live.map(({ id }) => id)).toEqual([1]);
      await world.close();
    },
  );

  it('is followed by one dial, though a standby there is due in the same moment', async () => {
    const world = await ending([{ ...ENDING, standby: 1 }]);
    await world.pass(DUE_MS);
    await world.lost({ lane: world.beside });

    const dials = await world.dialsIn(1_000);

    expect(dials).toEqual({ early: 0, due: 1 });
    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('because the service takes no second session is done without', async () => {
    const world = await ending();
    await world.pass(DUE_MS);

    await world.failed(failureOf('quota'), { lane: world.beside });
    await world.pass(1_000);

    expect(world.state).toBe('serving.troubled');
    expect(world.lane(1)?.told.at(-1)).toMatchObject({ type: 'session.rotate' });
    expect(world.lanes).toHaveLength(2);
    await world.close();
  });
});

describe('a carrier that is lost', () => {
  it.each(['serving.prepared', 'serving.handingOver'])(
    'in %s is followed by its successor at once',
    async (state) => {
      const world = await prepared();
      world.handover = 'hangs';
      if (state === 'serving.handingOver') await world.pauses();
      expect(world.state).toBe(state);

      await world.lost();
      await world.served();

      expect(world.carrier).toBe(2);
      expect(world.signals).toMatchObject([{ reason: 'standby' }]);
      await world.close();
    },
  );

  it('before its successor is ready dials again by itself', async () => {
    const world = await ending();
    await world.pass(DUE_MS);

    await world.lost();

    expect(world.state).toBe('serving.troubled');
    expect(world.live.map(({ id }) => id)).toEqual([1]);
    await world.close();
  });
});
