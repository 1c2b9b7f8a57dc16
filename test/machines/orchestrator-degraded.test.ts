import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { MINUTE_MS, OrchestraWorld, PAIR } from './orchestrator-world.ts';

const ALONE = [{}] as const;

async function degraded(options: ConstructorParameters<typeof OrchestraWorld>[0] = {}) {
  const world = await new OrchestraWorld({ candidates: ALONE, ...options }).steady();
  await world.failed();
  return world;
}

describe('with nobody to serve, a session', () => {
  it('records only, and says what is missing', async () => {
    const world = await degraded();

    expect(world.state).toBe('degraded');
    expect(world.signals).toEqual([
      { type: 'session.degraded', mode: 'recordOnly', missing: ['hearing'] },
    ]);
    expect(world.children).toEqual([]);
    await world.close();
  });

  it.each([
    [1, 1_000],
    [2, 2_000],
    [3, 4_000],
    [4, 8_000],
    [5, 16_000],
    [6, 30_000],
    [7, 30_000],
  ])('is tried again after failure number %d when %d ms have passed', async (number, waitMs) => {
    const world = await degraded({ input: { recordOnlyMs: 10 * MINUTE_MS } });
    for (let failures = 1; failures < number; failures += 1) {
      await world.pass(30_000);
      await world.failed();
    }

    const dials = await world.dialsIn(waitMs);

    expect(dials).toEqual({ early: 0, due: 1 });
    expect(world.state).toBe('serving.arriving');
    await world.close();
  });

  it('counts failures anew after a result, not after an open socket', async () => {
    const world = await degraded();
    await world.pass(1_000);
    await world.served();
    await world.failed();
    await world.pass(2_000);
    await world.served();
    await world.confirmed();
    await world.failed();

    await world.pass(1_000);

    expect(world.lanes).toHaveLength(4);
    await world.close();
  });

  it('waits as long as a breaker is open', async () => {
    const world = await degraded();
    await world.barred(0, 20_000);

    const dials = await world.dialsIn(20_000);

    expect(dials).toEqual({ early: 0, due: 1 });
    await world.close();
  });

  it('waits no longer than until a breaker closes', async () => {
    const world = await degraded();
    await world.barred(0, 20_000);
    await world.pass(3_000);

    await world.barred(0, 0);
    await world.pass(0);

    expect(world.lanes).toHaveLength(2);
    await world.close();
  });

  it('tries the candidate that is free first', async () => {
    const world = await new OrchestraWorld().steady();
    await world.barred(1, 10_000);
    await world.failed(failureOf('transient', { retryAfterMs: 15_000 }));

    await world.pass(10_000);

    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });

  it('leaves misconfigured candidates alone', async () => {
    const world = await new OrchestraWorld().steady();
    await world.failed(failureOf('quota'));
    await world.failed();

    await world.pass(MINUTE_MS);

    expect(world.state).toBe('serving.arriving');
    expect(world.dialled).toEqual([0, 1, 1]);
    await world.close();
  });

  it('says when it is served again, and by whom', async () => {
    const world = await new OrchestraWorld().steady();
    await world.barred(1, 2_000);
    const sinceMs = world.clock.nowMs();
    await world.failed(failureOf('transient', { retryAfterMs: 60_000 }));
    await world.pass(2_500);

    await world.served();

    expect(world.signals.slice(1)).toEqual([
      {
        type: 'candidate.changed',
        from: 'first',
        to: 'second',
        reason: 'failover',
        takeoverMs: world.clock.nowMs() - sinceMs,
      },
      { type: 'session.restored', mode: 'recordOnly' },
    ]);
    await world.close();
  });

  it('hands its break on to the next connection', async () => {
    const world = await new OrchestraWorld({ candidates: ALONE }).steady();
    const outage = { sinceMs: 7, downtimeMs: 0, cause: failureOf('transient'), attempts: 6 };

    await world.failed(failureOf('transient'), { outage });
    await world.pass(1_000);

    expect(world.lanes[1]?.input.outage).toEqual(outage);
    await world.close();
  });
});

describe('recording only', () => {
  it.each([
    [19_999, 'degraded'],
    [20_000, 'suspended'],
  ])('with a limit of 20 s is after %d ms %s', async (ms, state) => {
    const world = await degraded({ input: { recordOnlyMs: 20_000 } });
    await world.barred(0, MINUTE_MS);

    await world.pass(ms);

    expect(world.state).toBe(state);
    expect(world.clock.pending).toBe(state === 'suspended' ? 0 : 2);
    await world.close();
  });

  it('has one limit for all of its probes', async () => {
    const world = await degraded({ input: { recordOnlyMs: 20_000 } });
    await world.pass(1_000);
    await world.pass(3_000);
    await world.failed();
    await world.barred(0, MINUTE_MS);

    await world.pass(15_999);

    expect(world.state).toBe('degraded');
    await world.pass(1);
    expect(world.state).toBe('suspended');
    await world.close();
  });

  it('is not begun again when a probe fails at the limit', async () => {
    const world = await degraded({ input: { recordOnlyMs: 1_500 } });
    await world.pass(1_500);

    await world.failed(failureOf('transient', { detail: 'the last' }));

    expect(world.state).toBe('suspended');
    expect(world.signalsOf('session.suspended')).toMatchObject([
      { failure: { detail: 'the last' } },
    ]);
    await world.close();
  });

  it('ends with the number of dials: the loss before them is none', async () => {
    const world = await new OrchestraWorld({
      candidates: ALONE,
      input: { recordOnlyMs: 0 },
    }).steady();
    const outage = { sinceMs: 7, downtimeMs: 0, cause: failureOf('transient'), attempts: 6 };

    await world.failed(failureOf('transient'), { outage });

    expect(world.signalsOf('session.suspended')).toMatchObject([{ attempts: 5 }]);
    await world.close();
  });

  it.each([
    ['is left out where it is set to 0 ms', { recordOnlyMs: 0 }, failureOf('transient')],
    ['is left out where nobody can serve ever again', {}, failureOf('quota')],
  ])('%s', async (_, input, failure) => {
    const world = await new OrchestraWorld({ candidates: ALONE, input }).steady();

    await world.failed(failure);

    expect(world.state).toBe('suspended');
    await world.close();
  });
});

describe('a network that comes back while audio is only recorded', () => {
  it.each([
    [0, 0],
    [0.5, 125],
    [0.996, 249],
  ])('with chance %d is tried within 250 ms, after %d ms', async (unit, waitMs) => {
    const world = await degraded({ input: { recordOnlyMs: 10 * MINUTE_MS } });
    await world.networkLost();
    await world.pass(MINUTE_MS);
    const before = world.lanes.length;

    await world.networkRestored({ unit });
    await world.pass(Math.max(0, waitMs - 1));

    expect(world.lanes).toHaveLength(waitMs === 0 ? before + 1 : before);
    await world.pass(1);
    expect(world.lanes).toHaveLength(before + 1);
    await world.close();
  });

  it('is not tried before it is back', async () => {
    const world = await degraded();
    await world.networkLost();

    await world.pass(MINUTE_MS);

    expect(world.state).toBe('degraded');
    expect(world.lanes).toHaveLength(1);
    await world.close();
  });

  it('does not end what a service asked for', async () => {
    const world = await new OrchestraWorld({ candidates: ALONE }).steady();
    await world.failed(failureOf('rateLimited', { retryAfterMs: 40_000 }));
    await world.networkLost();

    await world.networkRestored();
    const dials = await world.dialsIn(40_000);

    expect(dials).toEqual({ early: 0, due: 1 });
    await world.close();
  });

  it.each([
    [true, 1_000],
    [false, 4_000],
  ])(
    'and resets attempts: %s makes the next failure cost %d ms',
    async (resetsAttempts, waitMs) => {
      const world = await degraded();
      await world.pass(1_000);
      await world.failed();
      await world.networkRestored({ unit: 0, resetsAttempts });
      await world.pass(0);
      await world.failed();

      const dials = await world.dialsIn(waitMs);

      expect(dials).toEqual({ early: 0, due: 1 });
      await world.close();
    },
  );
});

describe('an order to connect while audio is only recorded', () => {
  it('is obeyed at once, and gives misconfigured candidates another chance', async () => {
    const world = await new OrchestraWorld({ candidates: PAIR }).steady();
    await world.failed(failureOf('auth'));
    await world.failed();
    expect(world.state).toBe('degraded');

    await world.connect();

    expect(world.state).toBe('serving.arriving');
    expect(world.dialled).toEqual([0, 1, 0]);
    await world.close();
  });

  it('heeds what a service asked for, where another can be had', async () => {
    const world = await new OrchestraWorld({ candidates: PAIR }).steady();
    await world.failed(failureOf('rateLimited', { retryAfterMs: 60_000 }));
    await world.failed();

    await world.connect();

    expect(world.dialled).toEqual([0, 1, 1]);
    await world.close();
  });
});
