import { expect } from 'vitest';
import type { ContextFrom } from 'xstate';

import { requestMachine } from '../../machines/request.machine.ts';
import type { ActorWorld } from '../../src/testing/model/actor-world.ts';
import { requestModel } from '../../src/testing/model/catalogues/request.ts';
import { runChart } from './chart-suite.ts';

type World = ActorWorld<typeof requestMachine>;

runChart(requestMachine, requestModel, {
  '': (world) => {
    const { current } = contextOf(world);
    const asked = world.running.map(({ id, input }) => [id, input]);

    if (world.state().startsWith('asking')) {
      expect(asked).toMatchObject([['exchange', { candidate: current }]]);
    } else {
      expect(asked).toEqual([]);
    }
  },
  waiting: (world) => {
    const { dueAtMs, standings, current } = contextOf(world);

    expect(dueAtMs).toBeGreaterThan(world.clock.nowMs());
    expect(standings[current]?.isPassed).toBe(false);
    expect(world.clock.pending).toBe(1);
  },
  answered: (world) => {
    expect(endOf(world)).toMatchObject({ outcome: 'answered', memory: { outage: null } });
  },
  refused: (world) => {
    expect(endOf(world)).toMatchObject({ outcome: 'refused', failure: { detail: '' } });
  },
  givenUp: (world) => {
    expect(contextOf(world).standings.every(({ isPassed }) => isPassed)).toBe(true);
    expect(world.emitted.at(-1)?.type).toBe('connection.failed');
    expect(endOf(world)).toMatchObject({ outcome: 'givenUp', memory: { outage: null } });
  },
  cancelled: (world) => {
    expect(world.clock.pending).toBe(0);
    expect(endOf(world)).toMatchObject({ outcome: 'cancelled' });
  },
});

function endOf(world: World): unknown {
  return world.sent.at(-1)?.['output'];
}

function contextOf(world: World): ContextFrom<typeof requestMachine> {
  return world.snapshot.context as ContextFrom<typeof requestMachine>;
}
