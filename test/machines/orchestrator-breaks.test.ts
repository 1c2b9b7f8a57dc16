/** Of which breaks the orchestrator tells, since the connections that they began on tell of none, and when. */
import { describe, expect, it } from 'vitest';

import type { Outage } from '../../machines/connection.owner.ts';
import type { FailureKind } from '../../machines/failure.ts';
import { failureOf } from './chart-world.ts';
import { ending, OrchestraWorld } from './orchestrator-world.ts';

const THREE = [{}, { provider: 'second', component: 'tts' }, { provider: 'third' }] as const;

function steady(): Promise<OrchestraWorld> {
  return new OrchestraWorld({ candidates: THREE }).steady();
}

/** A link that stood gives up at once. */
function lostForGood(world: OrchestraWorld, kind: FailureKind = 'config'): Promise<void> {
  return world.failed(failureOf(kind), { outage: outageOf(world, kind) });
}

function outageOf(world: OrchestraWorld, kind: FailureKind): Outage {
  return { sinceMs: world.clock.nowMs(), downtimeMs: 0, cause: failureOf(kind), attempts: 1 };
}

function causesTold(world: OrchestraWorld): readonly string[] {
  return world.signalsOf('break.begun').map(({ cause }) => cause.kind);
}

describe('a link that is lost for good', () => {
  it('is told of with the candidate that is dialled next', async () => {
    const world = await steady();

    await lostForGood(world);

    expect(world.signals).toEqual([
      { type: 'break.begun', component: 'tts', maxAttempts: 5, cause: failureOf('config') },
    ]);
    await world.close();
  });

  it('is told of once, however many candidates are lost before audio flows', async () => {
    const world = await steady();
    await lostForGood(world);

    await world.pass(300);
    await lostForGood(world, 'quota');

    expect(world.dialled).toEqual([0, 1, 2]);
    expect(causesTold(world)).toEqual(['config']);
    await world.close();
  });

  it('is told of anew once audio has flowed, though what waited for the one before is not out', async () => {
    const world = await steady();
    await lostForGood(world);
    await world.served();

    await lostForGood(world, 'quota');

    expect(causesTold(world)).toEqual(['config', 'quota']);
    await world.close();
  });

  it('is not told of where its connection had told of the break', async () => {
    const world = await steady();
    await world.lost({ outage: outageOf(world, 'transient') });
    await world.pass(300);

    await lostForGood(world);

    expect(world.dialled).toEqual([0, 1]);
    expect(causesTold(world)).toEqual([]);
    await world.close();
  });

  it('is told of when the next candidate may be dialled, where none may be at once', async () => {
    const world = await steady();
    await world.barred(1, 10_000);
    await world.barred(2, 10_000);
    await lostForGood(world);
    const atFirst = [world.state, ...causesTold(world)];

    await world.pass(10_000);

    expect(atFirst).toEqual(['degraded']);
    expect(causesTold(world)).toEqual(['config']);
    await world.close();
  });

  it('is told of anew in a session that was started over', async () => {
    const world = await new OrchestraWorld({ candidates: THREE.slice(0, 2) }).steady();
    await lostForGood(world);
    await lostForGood(world);
    const before = world.state;
    await world.connect();

    await lostForGood(world, 'quota');

    expect(before).toBe('suspended');
    expect(causesTold(world)).toEqual(['config', 'quota']);
    await world.close();
  });
});

describe('of a break nothing is told', () => {
  it('where the connection that lost its socket tells of it, whoever carries next', async () => {
    const world = await steady();

    await world.lost({ outage: outageOf(world, 'transient') });
    await world.pass(5_000);
    await world.pass(5_000);

    expect(world.dialled).toEqual([0, 1, 2]);
    expect(causesTold(world)).toEqual([]);
    await world.close();
  });

  it('before a connection stood: nothing is broken yet', async () => {
    const world = new OrchestraWorld({ candidates: THREE });
    await world.connect();

    await world.failed();
    await world.failed();

    expect(world.dialled).toEqual([0, 1, 2]);
    expect(causesTold(world)).toEqual([]);
    await world.close();
  });

  it('where a planned move begins while what waited for the last one goes out', async () => {
    const world = await steady();
    await lostForGood(world);
    await world.served();

    await movesOn(world);

    expect(world.carrier).toBe(3);
    expect(causesTold(world)).toEqual(['config']);
    await world.close();
  });
});

describe('a planned move that comes to nothing', () => {
  it('is told of as a break, once the next candidate is dialled', async () => {
    const world = await ending([...THREE]);
    await movesOn(world);
    const before = causesTold(world);

    await world.pass(5_000);

    expect(before).toEqual([]);
    expect(world.signalsOf('break.begun')).toMatchObject([{ cause: { code: 'dial' } }]);
    await world.close();
  });
});

/** Its end is near, its successor is ready, and nobody speaks. */
async function movesOn(world: OrchestraWorld): Promise<void> {
  await world.ends(20_000);
  await world.pass(0);
  await world.ready();
  await world.pauses();
  await world.pass(0);
}
