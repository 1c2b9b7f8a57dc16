import { createActor } from 'xstate';
import { describe, expect, it } from 'vitest';

import type { OwnerFact } from '../../machines/connection.owner.ts';
import { ownerFact } from '../../machines/orchestrator.owned.ts';
import { ChartWorld, failureOf } from './chart-world.ts';

const CAUSE = failureOf('transient');

function standby(): ChartWorld {
  return new ChartWorld({ input: { role: 'standby', lane: 7 } });
}

describe('a standby', () => {
  it('is configured, and carries nothing until it is chosen', async () => {
    const world = await standby().active();

    expect(world.state).toBe('connected.standingBy');
    expect(world.children).toEqual(['socket.1']);

    await world.send({ type: 'carrier.chosen', atMs: world.clock.nowMs(), outage: null });

    expect(world.state).toBe('active');
    expect(world.signals).toEqual([]);
    await world.close();
  });

  it('that dies is dialled again, and waits again', async () => {
    const world = await standby().active();

    await world.lost();
    await world.pass(1_000);
    await world.stands();

    expect(world.state).toBe('connected.standingBy');
    expect(world.liveSocketIds).toEqual([2]);
    await world.close();
  });

  it('chosen while it dials carries as soon as it can', async () => {
    const world = standby();
    await world.connect();

    await world.send({ type: 'carrier.chosen', atMs: world.clock.nowMs(), outage: null });
    await world.stands();

    expect(world.state).toBe('active');
    await world.close();
  });

  it('ends the break that another connection left behind, and says how long it was', async () => {
    const world = await standby().active();
    const sinceMs = world.clock.nowMs();
    await world.pass(40);

    await world.send({
      type: 'carrier.chosen',
      atMs: world.clock.nowMs(),
      outage: { sinceMs, downtimeMs: 100, cause: CAUSE, attempts: 2 },
    });

    expect(world.signalsOf('connection.reconnected')).toMatchObject([
      { downtimeMs: 140, attempts: 2, cause: CAUSE },
    ]);
    await world.close();
  });

  it('leaves nothing when it is closed while it waits', async () => {
    const world = await standby().active();

    await world.close();

    expect(world.liveSocketIds).toEqual([]);
    expect(world.clock.pending).toBe(0);
    expect(world.children).toEqual([]);
  });
});

describe('a connection that is to end the break of another', () => {
  it('counts its own failed dials into it', async () => {
    const outage = { sinceMs: 0, downtimeMs: 0, cause: CAUSE, attempts: 2 };
    const world = new ChartWorld({ input: { outage }, policy: { retryInitialConnect: true } });
    await world.connect();

    await world.lost();
    await world.pass(1_000);
    await world.stands();

    expect(world.signalsOf('connection.reconnected')).toMatchObject([
      { attempts: 3, downtimeMs: world.clock.nowMs(), cause: CAUSE },
    ]);
    await world.close();
  });
});

describe('a rotation', () => {
  it('lets go and dials at once', async () => {
    const world = await new ChartWorld().active();

    await world.send({ type: 'session.rotate', atMs: world.clock.nowMs() });

    expect(world.state).toBe('reconnecting.dialing');
    expect(world.liveSocketIds).toEqual([2]);
    expect(world.context.failure).toMatchObject({ kind: 'planned' });
    await world.close();
  });

  it.each(['offline', 'without reconnection'])('is left alone %s', async (why) => {
    const world = await new ChartWorld({
      policy: { maxAttempts: why === 'offline' ? 5 : 0 },
    }).active();
    if (why === 'offline') await world.networkLost();

    await world.send({ type: 'session.rotate', atMs: world.clock.nowMs() });

    expect(world.state).toBe('active');
    await world.close();
  });
});

describe('the retry budget', () => {
  it.each([
    [0, 1_000],
    [999, 1_000],
    [7_000, 7_000],
  ])('of %d ms to wait makes the wait %d ms', async (holdMs, waitMs) => {
    const world = await new ChartWorld().active();

    await world.send({
      type: 'socket.lost',
      id: world.socketId,
      failure: CAUSE,
      atMs: world.clock.nowMs(),
      bufferedChunks: 0,
      unit: 0.5,
      holdMs,
    });

    expect(world.waits).toEqual([{ actor: 'backoffTimer', waitMs }]);
    await world.close();
  });

  it('holds back even a dial that would be made at once', async () => {
    const world = await new ChartWorld().active();

    await world.send({
      type: 'socket.lost',
      id: world.socketId,
      failure: failureOf('planned'),
      atMs: world.clock.nowMs(),
      bufferedChunks: 0,
      unit: 0.5,
      holdMs: 4_000,
    });

    expect(world.waits).toEqual([{ actor: 'backoffTimer', waitMs: 4_000 }]);
    await world.close();
  });
});

describe('a service that has too much to do', () => {
  it.each(['http 503', '1013'])('(%s) is asked later than another', async (code) => {
    const world = await new ChartWorld().active();

    await world.lost({ kind: 'transient', code, detail: '' });

    expect(world.waits).toEqual([{ actor: 'backoffTimer', waitMs: 2_000 }]);
    await world.close();
  });
});

describe('the owner of a connection', () => {
  it('is told of readiness, service, the end of a replay, results, losses and the end', async () => {
    const world = new ChartWorld();
    const facts: OwnerFact[] = [];
    const told = createActor(
      world.actor.logic.provide({
        actions: {
          tellOwner: ({ context }, { fact }) => void facts.push(ownerFact(context, fact)),
        },
      }),
      { clock: world.clock, input: { component: 'stt', policy: world.context.policy, lane: 3 } },
    ).start();
    const at = { id: 1, atMs: 5 };

    told.send({ type: 'session.connect' });
    told.send({ type: 'socket.opened', ...at });
    told.send({ type: 'socket.configured', ...at });
    await world.pass(0);
    told.send({ type: 'result.committed', ...at });
    told.send({ type: 'socket.lost', ...at, failure: CAUSE, bufferedChunks: 0, unit: 0.5 });
    await world.pass(1_000);
    told.send({
      type: 'socket.lost',
      id: 2,
      atMs: 6,
      failure: failureOf('quota'),
      bufferedChunks: 0,
      unit: 0,
    });

    expect(facts).toMatchObject([
      { type: 'candidate.ready', lane: 3, atMs: 5 },
      { type: 'candidate.served', lane: 3 },
      { type: 'candidate.caughtUp', lane: 3 },
      { type: 'candidate.confirmed', lane: 3, atMs: 5 },
      { type: 'candidate.lost', lane: 3, atMs: 5, wasDial: false, outage: { attempts: 1 } },
      { type: 'candidate.failed', lane: 3, atMs: 6, failure: { kind: 'quota' } },
    ]);
    told.stop();
  });
});
