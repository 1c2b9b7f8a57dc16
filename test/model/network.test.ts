import { expect } from 'vitest';

import { networkMachine } from '../../machines/network.machine.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import { networkModel } from '../../src/testing/model/catalogues/network.ts';
import { runChart } from './chart-suite.ts';

runChart(networkMachine, networkModel, {
  '': (world) => {
    const told = verdicts(world);

    const again = told.filter((type, index) => type === 'network.lost' && told[index - 1] === type);
    expect(again).toEqual([]);
  },
  online: (world) => {
    expect(verdicts(world).at(-1)).not.toBe('network.lost');
  },
  doubtful: (world) => {
    expect(verdicts(world).at(-1)).not.toBe('network.lost');
  },
  offline: (world) => {
    expect(verdicts(world).at(-1)).toBe('network.lost');
  },
  returning: (world) => {
    expect(verdicts(world).at(-1)).toBe('network.restored');
  },
});

function verdicts(world: ActorWorld<typeof networkMachine>): readonly string[] {
  return world.emitted.map(({ type }) => type).filter((type) => type !== 'network.changed');
}
