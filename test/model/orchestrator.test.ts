import { expect } from 'vitest';
import type { ContextFrom } from 'xstate';

import { laneName, orchestratorMachine } from '../../machines/index.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import { orchestratorModel } from '../../src/testing/model/catalogues/orchestrator.ts';
import { runChart } from './chart-suite.ts';

type World = ActorWorld<typeof orchestratorMachine>;

runChart(orchestratorMachine, orchestratorModel, {
  '': (world) => {
    const { carrier, beside } = contextOf(world);
    const lanes = [carrier, beside].filter((lane) => lane !== null);

    expect(connections(world)).toEqual(lanes.map(({ id }) => laneName(id)).sort());
  },
  serving: (world) => {
    expect(contextOf(world).carrier).not.toBeNull();
  },
  degraded: (world) => {
    expect(world.emitted.map(({ type }) => type)).toContain('session.degraded');
    expect(world.running).toEqual([]);
  },
  suspended: (world) => {
    expect(world.emitted.at(-1)?.type).toBe('session.suspended');
    expect(world.running).toEqual([]);
  },
  closed: (world) => {
    expect(world.running).toEqual([]);
  },
});

function connections(world: World): readonly string[] {
  return world.running
    .filter(({ src }) => src === 'connection')
    .map(({ id }) => id)
    .sort();
}

function contextOf(world: World): ContextFrom<typeof orchestratorMachine> {
  return world.snapshot.context as ContextFrom<typeof orchestratorMachine>;
}
