/** What is told of a connection beside its signals, and what its chart does when a part of it breaks. */
import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import { afterChoice, initialContext } from '../../machines/connection.rules.ts';
import { ChartWorld, failureOf, ways } from './chart-world.ts';

const OUTAGE = { sinceMs: 1, downtimeMs: 0, cause: failureOf('transient'), attempts: 2 };

function tagsOf(world: ChartWorld): readonly string[] {
  return [...world.actor.getSnapshot().tags];
}

describe('the status of a connection', () => {
  it.each(Object.keys(ways))('in %s is the name of the state', async (state) => {
    const world = new ChartWorld();

    await ways[state]?.(world);

    expect(tagsOf(world)).toEqual([state.split('.')[0]]);
    await world.close();
  });

  it('is disconnected after a close', async () => {
    const world = await new ChartWorld().active();

    await world.close();

    expect(tagsOf(world)).toEqual(['disconnected']);
  });
});

describe('a timer of a wait that breaks', () => {
  it.each([
    ['backingOff', 'backoffTimer'],
    ['waitingForRateLimit', 'rateLimitWait'],
  ])('in %s ends the connection: nothing would dial any more', async (state, actor) => {
    const world = new ChartWorld();
    await ways[`reconnecting.${state}`]?.(world);

    await world.send({ type: `xstate.error.actor.${actor}`, error: new Error('broken') } as never);

    expect(world.state).toBe('error');
    expect(world.context.failure).toMatchObject({ kind: 'config', detail: 'broken' });
    await world.close();
  });
});

describe('what is saved of a connection', () => {
  it.each(Object.keys(ways))('in %s can be cloned, its sockets with it', async (state) => {
    const world = new ChartWorld();
    await ways[state]?.(world);

    const saved = world.actor.getPersistedSnapshot();

    expect(structuredClone(saved)).toEqual(saved);
    await world.close();
  });
});

describe('a restoration', () => {
  it('is told which socket it is for, as a replay is', async () => {
    const inputs: unknown[] = [];
    for (const [state, actor] of [
      ['connected.restoring', 'sessionRestore'],
      ['connected.replaying', 'bufferReplay'],
    ] as const) {
      const world = new ChartWorld();
      await ways[state]?.(world);
      const snapshot = world.actor.getSnapshot().children[actor]?.getSnapshot();
      inputs.push(snapshot && 'input' in snapshot ? snapshot.input : null);
      await world.close();
    }

    expect(inputs[0]).toMatchObject({ id: 1 });
    expect(inputs[1]).toEqual(inputs[0]);
  });
});

describe('a break', () => {
  it('is over once it was told', async () => {
    const world = await new ChartWorld().active();
    await world.lost(failureOf('planned'));

    await world.stands();

    expect(world.signalsOf('connection.reconnected')).toHaveLength(1);
    expect(world.context.outage).toBeNull();
    await world.close();
  });

  it('that another connection left is kept when the dial fails for good', async () => {
    const world = new ChartWorld({ input: { outage: OUTAGE } });
    await world.connect();

    await world.lost(failureOf('config'));

    expect(world.context.outage).toMatchObject({ sinceMs: 1 });
    await world.close();
  });

  it('is none where nothing ever stood', async () => {
    const world = new ChartWorld();
    await world.connect();

    await world.lost(failureOf('config'));

    expect(world.context.outage).toBeNull();
    await world.close();
  });

  it('of a standby that stands is over where the carrier left none: its own was told to nobody', () => {
    const input = { component: 'stt', policy: presets.production } as const;
    const context = { ...initialContext(input), connectedAtMs: 5, outage: OUTAGE };

    expect(afterChoice(context, { atMs: 9, outage: null })).toEqual({
      role: 'carrier',
      outage: null,
    });
  });
});
