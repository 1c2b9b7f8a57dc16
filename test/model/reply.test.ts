import { expect } from 'vitest';

import { replyMachine } from '../../machines/reply.machine.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import { replyModel } from '../../src/testing/model/catalogues/reply.ts';
import { runChart } from './chart-suite.ts';

type World = ActorWorld<typeof replyMachine>;

runChart(replyMachine, replyModel, {
  '': (world) => {
    expect(world.clock.pending).toBe(world.state() === 'waiting' ? 1 : 0);
    expect(world.running).toHaveLength(world.state() === 'looking' ? 1 : 0);
  },
  settled: (world) => {
    expect(orders(world)).toBeLessThanOrEqual(looks(world));
  },
  askedAgain: (world) => {
    expect(orders(world)).toBeGreaterThan(0);
    expect(orders(world)).toBeLessThanOrEqual(looks(world));
  },
});

/** How often the service was to be asked. */
function orders(world: World): number {
  return world.emitted.length;
}

function looks(world: World): number {
  return world.fakes.length;
}
