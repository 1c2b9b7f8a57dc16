import type { AnyStateNode } from 'xstate';
import { describe, expect, it } from 'vitest';

import { connectionInput, laneName, nameOf } from '../../machines/orchestrator.names.ts';
import { orchestratorMachine } from '../../machines/orchestrator.machine.ts';
import { failureOf } from './chart-world.ts';
import { MINUTE_MS, OrchestraWorld } from './orchestrator-world.ts';

const ENDING = { endsAfterMs: 10 * MINUTE_MS, standby: 1 } as const;
/** Of a service whose second session takes over from the first. */
const LEAVING = { ...ENDING, takesOver: true } as const;

/** How to get into each state. */
const ways: Readonly<Record<string, (world: OrchestraWorld) => Promise<void>>> = {
  idle: async () => undefined,
  'serving.arriving': (world) => world.connect(),
  'serving.steady': async (world) => {
    await world.steady();
  },
  'serving.troubled': async (world) => {
    await world.steady();
    await world.lost();
  },
  'serving.leaving': async (world) => {
    await world.steady();
    await world.speaks();
    await world.ends(MINUTE_MS, world.carrier, MINUTE_MS / 6);
    await world.pass(MINUTE_MS / 6);
  },
  'serving.preparing': async (world) => {
    await world.steady();
    await world.pass(9 * MINUTE_MS);
  },
  'serving.prepared': async (world) => {
    await world.steady();
    await world.pass(9 * MINUTE_MS);
    await world.speaks();
    await world.ready();
  },
  'serving.finishing': async (world) => {
    await world.steady();
    await world.closes();
  },
  'serving.handingOver': async (world) => {
    world.handover = 'hangs';
    await world.steady();
    await world.pass(9 * MINUTE_MS);
    await world.ready();
  },
  degraded: async (world) => {
    await world.steady();
    await world.failed();
  },
  suspended: async (world) => {
    await world.connect();
    await world.failed();
  },
};

function worldFor(state: string): OrchestraWorld {
  return new OrchestraWorld({ candidates: [state === 'serving.leaving' ? LEAVING : ENDING] });
}

function statesOf(node: AnyStateNode): readonly AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(statesOf)];
}

describe('an explicit close', () => {
  it.each(Object.entries(ways))(
    'in %s leaves nothing, and nothing dials after',
    async (state, way) => {
      const world = worldFor(state);
      await way(world);
      const dials = world.lanes.length;

      await world.close();
      await world.pass(20 * MINUTE_MS);

      expect(world.state).toBe('closed');
      expect(world.children).toEqual([]);
      expect(world.live).toEqual([]);
      expect(world.clock.pending).toBe(0);
      expect(world.lanes).toHaveLength(dials);
      expect(world.actor.getSnapshot().status).toBe('done');
    },
  );

  it.each(Object.entries(ways))('in %s restores nothing, and says nothing', async (state, way) => {
    const world = worldFor(state);
    await way(world);
    const told = world.signals.length;

    await world.close();

    expect(world.signals.slice(told)).toEqual([]);
  });
});

describe('the orchestrator chart', () => {
  const [, ...states] = statesOf(orchestratorMachine.root);

  it.each(Object.entries(ways))('can be in %s', async (state, way) => {
    const world = worldFor(state);

    await way(world);

    expect(world.state).toBe(state);
    await world.close();
  });

  it('has no other states but the final one', () => {
    const leaves = states.filter(({ type }) => type === 'atomic').map(({ path }) => path.join('.'));

    expect(Object.keys(ways).sort()).toEqual([...leaves].sort());
  });

  it('describes every state', () => {
    for (const { id, description } of states) expect(description, id).toMatch(/^[A-Z].*\.$/s);
  });

  it('is no deeper than three', () => {
    for (const { path } of states) expect(path.length).toBeLessThanOrEqual(3);
  });

  it('keeps no timer in a state that waits for nothing', () => {
    const timed = states.filter(({ after }) => after.length > 0).map(({ key }) => key);

    expect(timed.sort()).toEqual([
      'arriving',
      'degraded',
      'handingOver',
      'leaving',
      'prepared',
      'steady',
      'troubled',
    ]);
  });

  it('never gives two connections one name', async () => {
    const world = await new OrchestraWorld({ candidates: [ENDING, { provider: 'b' }] }).steady();
    for (let round = 0; round < 5; round += 1) {
      await world.ready();
      await world.failed();
      await world.failed();
      await world.served();
      await world.pass(30_000);
    }

    const ids = world.lanes.map(({ id }) => id);

    expect(ids.length).toBeGreaterThan(5);
    expect(new Set(ids).size).toBe(ids.length);
    expect(world.live).toHaveLength(world.children.length);
    await world.close();
  });
});

describe('the time of the chart', () => {
  it('does not go back with a fact that is told late', async () => {
    const world = await new OrchestraWorld().steady();
    const nowMs = world.clock.nowMs();

    await world.dialFailed({ atMs: nowMs - 500 });

    expect(world.context.nowMs).toBe(nowMs);
    await world.close();
  });

  it('goes on with a timer that nothing was told before', async () => {
    const world = await new OrchestraWorld().steady();
    await world.lost();

    await world.pass(5_000);

    expect(world.context.nowMs).toBe(world.clock.nowMs());
    await world.close();
  });

  it('outlives a handover that says nothing', async () => {
    const world = new OrchestraWorld({ candidates: [ENDING] });
    await ways['serving.handingOver']?.(world);

    await world.send({ type: 'xstate.done.actor.handover', output: undefined } as never);

    expect(world.actor.getSnapshot().status).toBe('active');
    expect(world.state).toBe('serving.arriving');
    await world.close();
  });
});

describe('the names of candidates', () => {
  it('tell the region where there is one', () => {
    const { candidates } = new OrchestraWorld({ candidates: [{}, { region: 'eu' }] }).context;

    expect([...candidates.map(nameOf), nameOf(undefined)]).toEqual(['first', 'first (eu)', 'none']);
    expect([laneName(3), laneName(undefined)]).toEqual(['connection.3', 'connection.none']);
  });

  it('a standby begins without the break that the carrier is in', async () => {
    const world = await new OrchestraWorld().steady();
    const outage = { sinceMs: 1, downtimeMs: 0, cause: failureOf('transient'), attempts: 1 };
    await world.lost({ outage });

    const lane = { id: 9, candidate: 1 };

    expect(connectionInput(world.context, lane, 'standby')).toMatchObject({
      lane: 9,
      outage: null,
    });
    expect(connectionInput(world.context, lane, 'carrier')).toMatchObject({ outage });
    await world.close();
  });
});
