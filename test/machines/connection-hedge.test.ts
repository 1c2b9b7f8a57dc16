import { describe, expect, it } from 'vitest';

import { ChartWorld, failureOf, ways } from './chart-world.ts';

const standing = ['connected.restoring', 'connected.replaying', 'active'] as const;

async function suspectedWorld(options = {}): Promise<ChartWorld> {
  const world = await new ChartWorld(options).active();
  await world.suspected();
  return world;
}

describe.each(standing)('a silent link in %s', (state) => {
  // P15.4
  it('is kept while a second socket is dialled beside it', async () => {
    const world = new ChartWorld();
    await ways[state]!(world);

    await world.suspected(1_500);

    expect(world.state).toBe(state);
    expect(world.sockets).toMatchObject([
      { id: 1, isReleased: false },
      { id: 2, isReleased: false, reason: 'reconnect' },
    ]);
    expect(world.signals).toEqual([
      { type: 'connection.suspected', silentForMs: 1_500, component: 'stt' },
    ]);
    await world.close();
  });

  it('is replaced by the second socket, which begins from connected', async () => {
    const world = new ChartWorld();
    await ways[state]!(world);
    await world.suspected();
    world.restores = null;

    await world.configured(2);

    expect(world.state).toBe('connected.restoring');
    expect(world.socketId).toBe(2);
    expect(world.liveSocketIds).toEqual([2]);
    await world.close();
  });

  it('is let go when it is dead, together with the second socket', async () => {
    const world = new ChartWorld();
    await ways[state]!(world);
    await world.suspected();

    await world.died(6_100);

    expect(world.state).toBe('reconnecting.backingOff');
    expect(world.liveSocketIds).toEqual([]);
    expect(world.signals.at(-1)).toMatchObject({ attempt: 1, bufferedAudioChunks: 9 });
    await world.close();
  });
});

describe('the second socket', () => {
  it('is only one at a time', async () => {
    const world = await suspectedWorld();

    await world.suspected(2_500);

    expect(world.liveSocketIds).toEqual([1, 2]);
    await world.close();
  });

  // P15.4
  it('is let go when the first speaks again', async () => {
    const world = await suspectedWorld();

    await world.recovered();
    await world.configured(2);

    expect(world.state).toBe('active');
    expect(world.liveSocketIds).toEqual([1]);
    expect(world.signals.at(-1)).toEqual({ type: 'connection.recovered', component: 'stt' });
    await world.close();
  });

  it('that fails leaves the first alone, and may be followed by another', async () => {
    const world = await suspectedWorld();

    await world.lost(failureOf('transient'), { id: 2 });
    const afterRefusal = world.liveSocketIds;
    await world.suspected(2_500);

    expect(afterRefusal).toEqual([1]);
    expect(world.state).toBe('active');
    expect(world.liveSocketIds).toEqual([1, 3]);
    await world.close();
  });

  it.each(['auth', 'config', 'quota'] as const)(
    'that is refused for good (%s) is followed by none while the first stands',
    async (kind) => {
      const world = await suspectedWorld();

      await world.lost(failureOf(kind), { id: 2 });
      await world.suspected(2_500);
      await world.recovered();
      await world.pass(20_000);
      await world.suspected();

      expect(world.state).toBe('active');
      expect(world.liveSocketIds).toEqual([1]);
      expect(world.sockets).toHaveLength(2);
      await world.close();
    },
  );

  it('may be dialled again beside the link that follows the one beside which it was refused', async () => {
    const world = await suspectedWorld();
    await world.lost(failureOf('config'), { id: 2 });

    await world.lost();
    await world.pass(world.context.waitMs);
    await world.stands();
    await world.suspected();

    expect(world.liveSocketIds).toEqual([3, 4]);
    await world.close();
  });

  it('that is told when to come again is followed by none before', async () => {
    const world = await suspectedWorld();

    await world.lost({ ...failureOf('rateLimited'), retryAfterMs: 3_000 }, { id: 2 });
    await world.pass(2_999);
    await world.suspected(4_500);
    const early = world.liveSocketIds;
    await world.pass(1);
    await world.suspected(4_501);

    expect(early).toEqual([1]);
    expect(world.liveSocketIds).toEqual([1, 3]);
    await world.close();
  });

  it('is dialled seldom beside a link that is slow again and again, whatever results it brings', async () => {
    const world = await new ChartWorld().active();

    for (let elapsedMs = 0; elapsedMs < 60_000; elapsedMs += 1_000) {
      await world.pass(500);
      await world.suspected(400);
      await world.pass(500);
      await world.committed();
      await world.recovered();
    }

    expect(world.sockets.length).toBeLessThanOrEqual(8);
    expect(world.state).toBe('active');
    await world.close();
  });

  it('is dialled seldom where each takes over and is as slow, whatever results it brings', async () => {
    const world = await new ChartWorld().active();

    for (let elapsedMs = 0; elapsedMs < 60_000; elapsedMs += 500) {
      await world.pass(500);
      await world.suspected(400);
      if (world.context.hedgeId !== null) await world.configured(world.context.hedgeId);
      await world.committed();
    }

    expect(world.sockets.length).toBeLessThanOrEqual(12);
    expect(world.state).toBe('active');
    await world.close();
  });

  it.each([
    ['the policy has no attempts', { policy: { maxAttempts: 0 } }],
    ['the service allows none', { input: { hedges: false } }],
  ])('is not dialled where %s: the silence is told once, and its end', async (_why, options) => {
    const world = await suspectedWorld(options);

    await world.suspected(2_500);
    await world.recovered();
    const first = world.signals.splice(0);
    await world.suspected(1_700);

    expect(world.liveSocketIds).toEqual([1]);
    expect(first).toEqual([
      { type: 'connection.suspected', silentForMs: 1_500, component: 'stt' },
      { type: 'connection.recovered', component: 'stt' },
    ]);
    expect(world.signals).toMatchObject([{ type: 'connection.suspected', silentForMs: 1_700 }]);
    await world.close();
  });

  it('is let go with the first when the first is lost', async () => {
    const world = await suspectedWorld();

    await world.lost();

    expect(world.liveSocketIds).toEqual([]);
    expect(world.context.hedgeId).toBeNull();
    await world.close();
  });

  it('that took over is the current one: the events of the first change nothing', async () => {
    const world = await suspectedWorld();
    await world.configured(2);

    await world.lost(failureOf('config'), { id: 1 });

    expect(world.state).toBe('active');
    await world.close();
  });

  it('that took over ends an outage which began with the last sign of life', async () => {
    const world = await suspectedWorld();
    await world.pass(100);

    await world.configured(2);

    expect(world.signals.at(-1)).toMatchObject({
      type: 'connection.reconnected',
      attempts: 1,
      downtimeMs: 1_600,
      cause: { kind: 'transient', code: 'halfOpen' },
    });
    await world.close();
  });

  it('counts as an attempt: sockets that open and fall silent, for ever, end in error', async () => {
    const world = await new ChartWorld().active();

    for (let round = 0; round < 20; round += 1) {
      await world.pass(8_000);
      await world.suspected();
      const { hedgeId } = world.context;
      if (hedgeId === null) break;
      await world.configured(hedgeId);
    }
    await world.died();

    expect(world.sockets).toHaveLength(6);
    expect(world.state).toBe('error');
    expect(world.signals.at(-1)).toMatchObject({ type: 'connection.failed', attempts: 5 });
  });

  it('may be dialled again and again where each link was healthy in between', async () => {
    const world = await new ChartWorld().active();

    for (let round = 0; round < 12; round += 1) {
      await world.answered();
      await world.pass(10_000);
      await world.suspected();
      await world.configured(world.context.hedgeId ?? 0);
    }

    expect(world.state).toBe('active');
    expect(world.sockets).toHaveLength(13);
    await world.close();
  });
});

describe('a dead link', () => {
  it('was not healthy while it was silent: one that answers once, for ever, ends in error', async () => {
    const world = await new ChartWorld({ input: { canProbe: false } }).active();

    for (let round = 0; round < 6; round += 1) {
      await world.answered();
      await world.pass(5_000);
      await world.suspected(5_000);
      await world.lost(failureOf('transient'), { id: world.context.hedgeId ?? 0 });
      await world.pass(10_000);
      await world.died(15_000);
      await world.pass(world.context.waitMs);
      if (world.state === 'reconnecting.dialing') await world.stands();
    }

    expect(world.state).toBe('error');
    expect(world.signals.at(-1)).toMatchObject({ type: 'connection.failed', attempts: 5 });
  });

  it('tells how long it was silent', async () => {
    const world = await new ChartWorld({ policy: { maxAttempts: 0 } }).active();

    await world.died(6_123.4);

    expect(world.signals.at(-1)).toMatchObject({
      type: 'connection.failed',
      reason: 'halfOpen: nothing came for 6123 ms',
    });
  });
});

describe('liveness inside the chart', () => {
  it('begins when the link is quiet, probes it, and leaves when it answered and idles', async () => {
    const world = await new ChartWorld().active();
    const look = (lastInboundAtMs: number, rttMs: number | null = null, isAudioFlowing = true) =>
      world.send({
        type: 'link.measured',
        atMs: world.clock.nowMs(),
        lastInboundAtMs,
        rttMs,
        isAudioFlowing,
        lateByMs: 0,
        bufferedChunks: 0,
        unit: 0,
      });

    await look(world.clock.nowMs(), 20);
    const whileSpeaking = world.children;
    await world.pass(400);
    await look(1_000, 20);
    const whileQuiet = world.children;
    await world.pass(200);
    await look(1_420, 20);
    const whileFlowing = world.children;
    await look(1_420, 20, false);

    expect(whileSpeaking).toEqual(['socket.1']);
    expect(whileQuiet).toEqual(['socket.1', 'liveness']);
    expect(whileFlowing).toEqual(['socket.1', 'liveness']);
    expect(world.sockets[0]).toMatchObject({ probes: 1 });
    expect(world.children).toEqual(['socket.1']);
    await world.close();
  });
});
