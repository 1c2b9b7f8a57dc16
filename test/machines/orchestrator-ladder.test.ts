import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { OrchestraWorld, PAIR } from './orchestrator-world.ts';

const REGIONS = [
  { provider: 'first', region: 'eu' },
  { provider: 'second' },
  { provider: 'first', region: 'us' },
] as const;

describe('the ladder', () => {
  it('begins with the most preferred candidate', async () => {
    const world = new OrchestraWorld();

    await world.connect();

    expect(world.state).toBe('serving.arriving');
    expect(world.dialled).toEqual([0]);
    expect(world.lanes[0]?.told).toEqual([{ type: 'session.connect' }]);
    await world.close();
  });

  it('begins with the next where a breaker bars the first', async () => {
    const world = new OrchestraWorld();
    await world.barred(0, 30_000);

    await world.connect();

    expect(world.dialled).toEqual([1]);
    await world.close();
  });

  it('begins with the one that is free first where breakers bar all', async () => {
    const world = new OrchestraWorld();
    await world.barred(0, 30_000);
    await world.barred(1, 20_000);

    await world.connect();

    expect(world.dialled).toEqual([1]);
    await world.close();
  });

  it('leads to another region before another provider', async () => {
    const world = await new OrchestraWorld({ candidates: REGIONS }).steady();

    await world.failed();

    expect(world.dialled).toEqual([0, 2]);
    await world.close();
  });

  it.each(['auth', 'quota', 'config'] as const)(
    'leads to another provider before another region when %s fails',
    async (kind) => {
      const world = await new OrchestraWorld({ candidates: REGIONS }).steady();

      await world.failed(failureOf(kind));

      expect(world.dialled).toEqual([0, 1]);
      await world.close();
    },
  );

  it('leads to another region with a failure of the account where there is no other provider', async () => {
    const world = await new OrchestraWorld({ candidates: [{}, { region: 'us' }] }).steady();

    await world.failed(failureOf('quota'));

    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });

  it('lets one connection go before it dials the next', async () => {
    const world = await new OrchestraWorld().steady();

    await world.failed();

    expect(world.live.map(({ candidate }) => candidate)).toEqual([1]);
    expect(world.children).toEqual(['connection.2']);
    await world.close();
  });

  it('says who carries now, why, and how long it took since the first sign of trouble', async () => {
    const world = await new OrchestraWorld({ candidates: REGIONS }).steady();
    const outage = {
      sinceMs: world.clock.nowMs() - 400,
      downtimeMs: 0,
      cause: failureOf('transient'),
      attempts: 1,
    };

    await world.failed(failureOf('transient'), { outage });
    await world.pass(600);
    await world.served();

    expect(world.signalsOf('candidate.changed')).toEqual([
      {
        type: 'candidate.changed',
        from: 'first (eu)',
        to: 'first (us)',
        reason: 'failover',
        takeoverMs: 1_000,
      },
    ]);
    await world.close();
  });

  it('hands the break on from candidate to candidate', async () => {
    const world = await new OrchestraWorld({ candidates: REGIONS }).steady();
    const first = { sinceMs: 1, downtimeMs: 0, cause: failureOf('transient'), attempts: 2 };
    const second = { ...first, attempts: 3 };

    await world.failed(failureOf('transient'), { outage: first });
    await world.failed(failureOf('transient'), { outage: second });

    expect(world.lanes.map(({ input }) => input.outage)).toEqual([null, first, second]);
    await world.close();
  });

  it('says nothing of a change that led back to where it was', async () => {
    const world = await new OrchestraWorld().steady();
    await world.failed();
    await world.pass(1_000);

    await world.failed();
    await world.served();

    expect(world.dialled).toEqual([0, 1, 0]);
    expect(world.signals).toEqual([]);
    await world.close();
  });
});

describe('failing dials', () => {
  it('move the session on when two fail within 3,000 ms', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();

    await world.dialFailed();
    await world.pass(3_000);
    await world.dialFailed();

    expect(world.state).toBe('serving.arriving');
    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });

  it('do not when the second fails after 3,001 ms', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();

    await world.dialFailed();
    await world.pass(3_001);
    await world.dialFailed();

    expect(world.state).toBe('serving.troubled');
    expect(world.dialled).toEqual([0]);
    await world.close();
  });

  it('are not counted together with the loss of a link', async () => {
    const world = await new OrchestraWorld().steady();

    await world.lost();
    await world.dialFailed();

    expect(world.state).toBe('serving.troubled');
    await world.close();
  });

  it('are forgotten once audio flowed', async () => {
    const world = await new OrchestraWorld().steady();
    await world.dialFailed();
    await world.served();

    await world.dialFailed();

    expect(world.state).toBe('serving.troubled');
    await world.close();
  });

  it('lead nowhere while nobody else is usable', async () => {
    const world = await new OrchestraWorld().steady();
    await world.barred(1, 60_000);

    await world.dialFailed();
    await world.dialFailed();
    await world.pass(10_000);

    expect(world.state).toBe('serving.troubled');
    expect(world.live.map(({ candidate }) => candidate)).toEqual([0]);
    await world.close();
  });

  it.each(['auth', 'quota'] as const)(
    'bar nobody for good: a %s that a dial met may be gone with the next credential',
    async (kind) => {
      const world = await new OrchestraWorld().steady();

      await world.dialFailed({ failure: failureOf(kind) });
      await world.dialFailed({ failure: failureOf(kind) });

      expect(world.dialled).toEqual([0, 1]);
      expect(world.context.standings[0]).toMatchObject({ isBarred: false });
      await world.close();
    },
  );
});

describe('a dial that hangs', () => {
  it('is waited for 5,000 ms', async () => {
    const world = new OrchestraWorld();
    await world.connect();

    await world.pass(4_999);

    expect(world.dialled).toEqual([0]);
    await world.pass(1);
    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });

  it('has 5 s from the loss on, however often a dial fails meanwhile', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();
    await world.pass(4_000);
    await world.dialFailed();

    await world.pass(999);

    expect(world.dialled).toEqual([0]);
    await world.pass(1);
    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });

  it('counts as an attempt of the break', async () => {
    const world = await new OrchestraWorld().steady();
    const outage = { sinceMs: 1, downtimeMs: 0, cause: failureOf('transient'), attempts: 1 };

    await world.lost({ outage });
    await world.pass(5_000);

    expect(world.lanes[1]?.input.outage).toEqual({ ...outage, attempts: 2 });
    await world.close();
  });

  it('makes its candidate be left alone for 30 s, so that two do not take turns', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();

    await world.pass(34_999);

    expect(world.dialled).toEqual([0, 1]);
    await world.pass(1);
    expect(world.dialled).toEqual([0, 1, 0]);
    await world.close();
  });

  it('is waited for longer where another is usable only later, and no longer than that', async () => {
    const world = await new OrchestraWorld().steady();
    await world.barred(1, 8_000);
    await world.lost();

    await world.pass(7_999);

    expect(world.dialled).toEqual([0]);
    await world.pass(1);
    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });
});

describe('a first connect', () => {
  it('that fails everywhere ends with the last failure, each candidate tried once', async () => {
    const world = new OrchestraWorld({ candidates: [...PAIR, { provider: 'third' }] });
    await world.connect();

    await world.failed(failureOf('quota'));
    await world.pass(5_000);
    await world.pass(4_000);
    await world.failed({ kind: 'transient', code: 'the last', detail: '' });

    expect(world.dialled).toEqual([0, 1, 2]);
    expect(world.state).toBe('suspended');
    expect(world.signals).toMatchObject([
      { type: 'session.suspended', failure: { code: 'the last' }, attempts: 0 },
    ]);
    expect(world.children).toEqual([]);
    await world.close();
  });

  it('after that begins anew, and barred candidates have another chance', async () => {
    const world = new OrchestraWorld();
    await world.connect();
    await world.failed(failureOf('quota'));
    await world.failed(failureOf('auth'));

    await world.connect();

    expect(world.state).toBe('serving.arriving');
    expect(world.dialled).toEqual([0, 1, 0]);
    await world.close();
  });

  it('after that still keeps to what a breaker and a service asked for', async () => {
    const world = new OrchestraWorld({ candidates: [...PAIR, { provider: 'third' }] });
    await world.barred(0, 60_000);
    await world.connect();
    await world.failed(failureOf('rateLimited', { retryAfterMs: 30_000 }));
    await world.failed(failureOf('config'));

    await world.connect();

    expect(world.dialled).toEqual([1, 2, 2]);
    await world.close();
  });
});
