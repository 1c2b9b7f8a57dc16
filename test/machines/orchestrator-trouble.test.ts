import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { OrchestraWorld, PAIR } from './orchestrator-world.ts';

describe('a rate limit', () => {
  it.each([
    [3_000, [0]],
    [3_001, [0, 1]],
  ])('that asks for %d ms leads to candidates %j', async (waitMs, dialled) => {
    const world = await new OrchestraWorld().steady();

    await world.lost({ failure: failureOf('rateLimited', { retryAfterMs: waitMs }), waitMs });

    expect(world.dialled).toEqual(dialled);
    await world.close();
  });

  it('is what a long wait is: one of the backoff is sat out until the limit', async () => {
    const world = await new OrchestraWorld().steady();

    await world.lost({ waitMs: 10_000 });

    expect(world.state).toBe('serving.troubled');
    await world.close();
  });

  it.each([
    ['for as long as the service asked', { retryAfterMs: 20_000 }, 20_000],
    ['for 60 s without a hint', {}, 60_000],
  ])('keeps its candidate from being dialled %s', async (_, hint, forMs) => {
    const world = await new OrchestraWorld({ input: { holdDownMs: 0 } }).steady();
    await world.lost({ failure: failureOf('rateLimited', hint), waitMs: 60_000 });
    await world.served();
    await world.pass(forMs - 1);

    await world.pauses();

    expect(world.dialled).toEqual([0, 1]);
    await world.pass(1);
    await world.pauses();
    expect(world.dialled).toEqual([0, 1, 0]);
    await world.close();
  });
});

describe('without a network', () => {
  it('no dial that fails moves the session on', async () => {
    const world = await new OrchestraWorld().steady();
    await world.networkLost();

    await world.lost();
    await world.dialFailed();
    await world.dialFailed();
    await world.pass(60_000);

    expect(world.state).toBe('serving.troubled');
    expect(world.dialled).toEqual([0]);
    await world.close();
  });

  it('neither does a breaker', async () => {
    const world = await new OrchestraWorld().steady();
    await world.networkLost();

    await world.barred(0, 60_000);

    expect(world.dialled).toEqual([0]);
    await world.close();
  });

  it('a carrier that gives up is not followed by another: audio is recorded', async () => {
    const world = await new OrchestraWorld().steady();
    await world.networkLost();

    await world.failed();

    expect(world.state).toBe('degraded');
    expect(world.dialled).toEqual([0]);
    await world.close();
  });

  it('a first connect tries everybody all the same: the signs may be wrong', async () => {
    const world = new OrchestraWorld();
    await world.networkLost();
    await world.connect();

    await world.failed();

    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });

  it('what is dialled on an order is told that there is none', async () => {
    const world = new OrchestraWorld();
    await world.networkLost();

    await world.connect();

    expect(world.lanes[0]?.told.map(({ type }) => type)).toEqual([
      'network.lost',
      'session.connect',
    ]);
    await world.close();
  });

  it('every connection is told when it goes, changes and comes back', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();

    await world.networkLost();
    await world.send({ type: 'network.changed', atMs: 0, unit: 0.5 });
    await world.networkRestored();

    for (const { told } of world.live) {
      expect(told.slice(1).map(({ type }) => type)).toEqual([
        'network.lost',
        'network.changed',
        'network.restored',
      ]);
    }
    expect(world.live).toHaveLength(2);
    await world.close();
  });

  it('the time is not counted: who is dialled again has 5 s from the return of the network', async () => {
    const world = await new OrchestraWorld().steady();
    await world.networkLost();
    await world.lost();
    await world.pass(60_000);
    await world.networkRestored();

    await world.dialFailed();
    await world.pass(4_999);

    expect(world.dialled).toEqual([0]);
    await world.pass(1);
    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });
});

describe('a breaker that opens', () => {
  it('on a carrier that serves leaves it until another is ready, and moves then', async () => {
    const world = await new OrchestraWorld().steady();

    await world.barred(0, 30_000);
    expect(world.live).toMatchObject([{ candidate: 0 }, { candidate: 1, role: 'standby' }]);
    await world.ready();
    await world.served();

    expect(world.live).toMatchObject([{ candidate: 1 }]);
    expect(world.signals).toMatchObject([{ reason: 'failover', to: 'second', takeoverMs: 0 }]);
    await world.close();
  });

  it('on a carrier that serves tries one after another beside it, and keeps it where none serves', async () => {
    const world = new OrchestraWorld({ candidates: [...PAIR, { provider: 'third' }] });
    await world.steady();
    await world.barred(0, 30_000);

    await world.failed(failureOf('transient'), { lane: world.beside });
    await world.failed(failureOf('transient'), { lane: world.beside });

    expect(world.dialled).toEqual([0, 1, 2]);
    expect(world.state).toBe('serving.steady');
    expect(world.live).toMatchObject([{ candidate: 0 }]);
    await world.close();
  });

  it.each([
    [29_999, [0, 1]],
    [30_000, [0]],
  ])('makes others be tried until it closes: free after %d ms, %j', async (ms, dialled) => {
    const world = await new OrchestraWorld().steady();
    await world.barred(1, ms);

    await world.barred(0, 30_000);
    await world.pass(60_000);

    expect(world.dialled).toEqual(dialled);
    await world.close();
  });

  it('on a carrier that is waited for moves the session on at once', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();

    await world.barred(0, 30_000);

    expect(world.live).toMatchObject([{ candidate: 1, role: 'carrier' }]);
    await world.close();
  });

  it('on another candidate does not', async () => {
    const world = await new OrchestraWorld().steady();

    await world.barred(1, 30_000);

    expect(world.state).toBe('serving.steady');
    expect(world.dialled).toEqual([0]);
    await world.close();
  });

  it('on the last candidate does not', async () => {
    const world = await new OrchestraWorld().steady();
    await world.barred(1, 30_000);

    await world.barred(0, 30_000);

    expect(world.state).toBe('serving.steady');
    expect(world.dialled).toEqual([0]);
    await world.close();
  });

  it.each([
    [1, [0, 1]],
    [0, [0]],
  ])('for %d ms more leads to candidates %j', async (forMs, dialled) => {
    const world = await new OrchestraWorld().steady();

    await world.barred(0, forMs);

    expect(world.dialled).toEqual(dialled);
    await world.close();
  });

  it('makes what stands ready elsewhere take over at once', async () => {
    const world = new OrchestraWorld({ candidates: [{}, { provider: 'second', standby: 1 }] });
    await world.steady();
    await world.ready();

    await world.barred(0, 30_000);

    expect(world.dialled).toEqual([0, 1]);
    await world.served();
    expect(world.signals).toMatchObject([{ reason: 'failover', to: 'second', takeoverMs: 0 }]);
    await world.close();
  });

  it('bars what stands ready at the same candidate as well', async () => {
    const world = new OrchestraWorld({ candidates: [{ standby: 1 }, { provider: 'second' }] });
    await world.steady();
    await world.ready();

    await world.barred(0, 30_000);

    expect(world.live).toMatchObject([
      { id: 1, candidate: 0 },
      { id: 3, candidate: 1 },
    ]);
    await world.close();
  });
});

describe('an order to connect', () => {
  it('while the session is served hurries the connection that carries', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();

    await world.connect();

    expect(world.lanes[0]?.told).toEqual([
      { type: 'session.connect' },
      { type: 'session.connect' },
    ]);
    await world.close();
  });
});

describe('facts of connections that are gone', () => {
  it('change nothing', async () => {
    const world = await new OrchestraWorld({ candidates: PAIR }).steady();
    await world.failed();
    await world.served();
    const before = world.actor.getSnapshot();

    await world.served(1);
    await world.ready(1);
    await world.lost({ lane: 1 });
    await world.failed(failureOf('quota'), { lane: 1 });
    await world.send(
      { type: 'faculty.lost', lane: 1, faculty: 'hearing', atMs: world.clock.nowMs() },
      { type: 'candidate.confirmed', lane: 1, atMs: world.clock.nowMs() },
      { type: 'end.announced', lane: 1, endsAtMs: 5, atMs: world.clock.nowMs() },
    );

    expect(world.actor.getSnapshot().value).toEqual(before.value);
    expect(world.context).toEqual(before.context);
    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });
});
