/** What must be so in the connection chart's states, beside being in them: what runs, and that nothing else does. */
import { expect } from 'vitest';
import type { ContextFrom } from 'xstate';

import type { connectionMachine } from '../../machines/index.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import type { Checks } from './chart-suite.ts';

type World = ActorWorld<typeof connectionMachine>;

export const connectionChecks: Checks<typeof connectionMachine> = {
  '': (world) => {
    const { socketId, hedgeId } = contextOf(world);
    const known = [socketId, hedgeId].map((id) => `socket.${id ?? 'none'}`);

    expect(running(world, 'socket').filter((id) => !known.includes(id))).toEqual([]);
    expect(running(world, 'liveness')).toHaveLength(contextOf(world).isWatched ? 1 : 0);
    const isBackingOff = world.state() === 'reconnecting.backingOff';
    expect(running(world, 'backoffTimer')).toHaveLength(isBackingOff ? 1 : 0);
  },
  connected: (world) => {
    expect(running(world, 'socket')).toContain(`socket.${contextOf(world).socketId}`);
  },
  active: (world) => {
    expect(running(world, 'socket')).toContain(`socket.${contextOf(world).socketId}`);
    expect(running(world, 'bufferReplay')).toEqual([]);
  },
  'reconnecting.backingOff': (world, step) => {
    expect(world.running.map(({ src }) => src)).toEqual(['backoffTimer']);
    expect(contextOf(world).waitMs).toBe(step?.to.snapshot.context.waitMs);
  },
  'reconnecting.waitingForRateLimit': (world) => {
    expect(world.running.map(({ src }) => src)).toEqual(['rateLimitWait']);
  },
  'reconnecting.waitingForNetwork': (world) => {
    expect(world.running).toEqual([]);
  },
  error: (world) => {
    expect(world.running).toEqual([]);
  },
  disconnected: (world) => {
    expect(world.running).toEqual([]);
  },
};

function running(world: World, src: string): readonly string[] {
  return world.running.filter((fake) => fake.src === src).map(({ id }) => id);
}

function contextOf(world: World): ContextFrom<typeof connectionMachine> {
  return world.snapshot.context as ContextFrom<typeof connectionMachine>;
}
