import { describe, expect, it } from 'vitest';

import { ChartWorld, failureOf, ways } from './chart-world.ts';

const everywhere: readonly (readonly [string, (world: ChartWorld) => Promise<void>])[] = [
  ...Object.entries(ways),
  [
    'active with a second socket beside it',
    async (world) => {
      await world.active();
      await world.suspected();
    },
  ],
  [
    'connected.replaying with a second socket beside it',
    async (world) => {
      world.replays = null;
      await world.active();
      await world.suspected();
    },
  ],
  [
    'active under watch',
    async (world) => {
      await world.active();
      await world.send({
        type: 'link.measured',
        atMs: 2_000,
        lastInboundAtMs: 1_000,
        rttMs: null,
        isAudioFlowing: true,
        lateByMs: 0,
        bufferedChunks: 0,
        unit: 0,
      });
    },
  ],
];

describe.each(everywhere)('an explicit close in %s', (_state, way) => {
  it('ends quiet: every socket released, every actor stopped, no timer', async () => {
    const world = new ChartWorld();
    await way(world);
    const children = Object.values(world.actor.getSnapshot().children);

    await world.close();

    expect(world.state).toBe('disconnected');
    expect(world.actor.getSnapshot().status).toBe('done');
    expect(world.liveSocketIds).toEqual([]);
    expect(world.clock.pending).toBe(0);
    for (const child of children) expect(child?.getSnapshot().status).not.toBe('active');
  });

  it('lets nothing dial after it, whatever comes', async () => {
    const world = new ChartWorld();
    await way(world);
    const dialsBefore = world.sockets.length;
    await world.close();
    world.signals.length = 0;

    await world.pass(3_600_000);

    expect(world.sockets).toHaveLength(dialsBefore);
    expect(world.signals).toEqual([]);
  });

  it('announces no failure and no attempt', async () => {
    const world = new ChartWorld();
    await way(world);
    world.signals.length = 0;

    await world.close();

    expect(world.signals).toEqual([]);
  });
});

describe('an explicit close', () => {
  it('comes through in the same turn as the loss that it follows', async () => {
    const world = await new ChartWorld().active();

    await Promise.all([world.lost(failureOf('planned')), world.close()]);
    await world.pass(60_000);

    expect(world.state).toBe('disconnected');
    expect(world.liveSocketIds).toEqual([]);
    expect(world.clock.pending).toBe(0);
  });

  it('of an embedding parent that stops the actor instead releases everything too', async () => {
    for (const way of Object.values(ways)) {
      const world = new ChartWorld();
      await way(world);

      world.actor.stop();
      await world.pass(60_000);

      expect(world.liveSocketIds).toEqual([]);
      expect(world.clock.pending).toBe(0);
    }
  });
});
