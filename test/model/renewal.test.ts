import { expect } from 'vitest';

import { renewalMachine } from '../../machines/renewal.machine.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import { renewalModel } from '../../src/testing/model/catalogues/renewal.ts';
import { runChart } from './chart-suite.ts';

type World = ActorWorld<typeof renewalMachine>;

runChart(renewalMachine, renewalModel, {
  '': (world) => {
    expect(world.clock.pending).toBe(world.state() === 'brought' ? 0 : 1);
    expect(world.running).toHaveLength(world.state() === 'asking' ? 1 : 0);
    expect(told(world)).toBeLessThanOrEqual(world.fakes.length);
  },
  asking: (world) => {
    expect(told(world)).toBe(world.fakes.length - 1); // each asking ends in one word, or goes on
  },
  brought: (world) => {
    expect(world.emitted.at(-1)).toEqual({ type: 'credential.bring' });
  },
  missed: (world) => {
    expect(world.emitted.at(-1)).toMatchObject({ type: 'credential.missed' });
  },
});

function told(world: World): number {
  return world.emitted.length;
}
