/** What the connection chart makes of a network that goes, comes back and changes. */
import { describe, expect, it } from 'vitest';

import { ChartWorld, ways } from './chart-world.ts';

const STANDING = ['connected.restoring', 'connected.replaying', 'active'];

async function in_(state: string): Promise<ChartWorld> {
  const world = new ChartWorld();
  await ways[state]!(world);
  return world;
}

function probesOf(world: ChartWorld): number {
  return world.sockets.find(({ id }) => id === world.socketId)!.probes;
}

describe.each(STANDING)('a link that stands (%s)', (state) => {
  it('is asked for a sign of life where the network is back, and stays', async () => {
    const world = await in_(state);

    await world.networkLost();
    const whileLost = { probes: probesOf(world), isOnline: world.context.isOnline };
    await world.networkRestored();

    expect(whileLost).toEqual({ probes: 0, isOnline: false });
    expect(probesOf(world)).toBe(1);
    expect(world.context.isOnline).toBe(true);
    expect(world.state).toBe(state);
    expect(world.sockets).toHaveLength(1);
    await world.close();
  });

  it('is asked where the network is another, and stays', async () => {
    const world = await in_(state);

    await world.networkChanged();

    expect(probesOf(world)).toBe(1);
    expect(world.state).toBe(state);
    expect(world.sockets).toHaveLength(1);
    await world.close();
  });
});

describe('a dial that was made without a network', () => {
  it('is followed by another when the network is back', async () => {
    const world = await in_('connecting.dialing');
    await world.networkLost();
    await world.pass(500);

    await world.networkRestored();

    expect(world.state).toBe('connecting.dialing');
    expect(world.sockets).toHaveLength(2);
    expect(world.liveSocketIds).toEqual([world.socketId]);
    await world.close();
  });

  it('is followed by another where it was a reconnection, and no attempt is spent', async () => {
    const world = await in_('reconnecting.dialing');
    const before = { sockets: world.sockets.length, attempts: world.context.attempts };
    await world.networkLost();

    await world.networkRestored();

    expect(world.state).toBe('reconnecting.dialing');
    expect(world.sockets).toHaveLength(before.sockets + 1);
    expect(world.liveSocketIds).toEqual([world.socketId]);
    expect(world.context.attempts).toBe(before.attempts);
    await world.close();
  });

  it('is left alone where the network was never lost, however often it is said to be back', async () => {
    const world = await in_('reconnecting.dialing');
    const { socketId } = world;

    await world.networkRestored();
    await world.networkRestored();

    expect(world.socketId).toBe(socketId);
    expect(world.state).toBe('reconnecting.dialing');
    await world.close();
  });
});
