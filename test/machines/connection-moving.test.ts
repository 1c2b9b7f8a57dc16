import { describe, expect, it } from 'vitest';

import { ChartWorld, failureOf, ways } from './chart-world.ts';
import type { WorldOptions } from './chart-world.ts';

/** Its service has said that it ends in 30 s. */
async function endingWorld(unit = 0.5, options: WorldOptions = {}): Promise<ChartWorld> {
  const world = await new ChartWorld(options).active();
  await world.pass(60_000); // a healthy link
  await world.ending(30_000, unit);
  return world;
}

/** When each socket was dialled, from the moment at which the end was named. */
function dialledAtMs({ sockets }: ChartWorld): readonly number[] {
  return sockets.map(({ atMs }) => atMs - 61_000);
}

// P17.2
describe('a link whose end is named', () => {
  it.each([
    ['soon', 0.001, 15],
    ['by chance', 0.5, 7_500],
    ['in the first half of that at the latest', 0.999, 14_985],
  ])('has another dialled beside it %s', async (_when, unit, afterMs) => {
    const world = await endingWorld(unit);
    await world.pass(afterMs - 1);
    const before = world.liveSocketIds;

    await world.pass(1);

    expect(before).toEqual([1]);
    expect(world.state).toBe('active');
    expect(world.sockets).toMatchObject([
      { id: 1, isReleased: false, isMove: false },
      { id: 2, isReleased: false, isMove: true, reason: 'reconnect' },
    ]);
    await world.close();
  });

  it.each(['connected.restoring', 'connected.replaying'])('may be in %s', async (state) => {
    const world = new ChartWorld();
    await ways[state]!(world);

    await world.ending(30_000);
    await world.pass(7_500);

    expect(world.state).toBe(state);
    expect(world.liveSocketIds).toEqual([1, 2]);
    await world.close();
  });

  it('is left when that one is ready: a planned end, of which no silence is told', async () => {
    const world = await endingWorld();
    await world.pass(7_600);

    await world.configured(2);

    expect(world.liveSocketIds).toEqual([2]);
    expect(world.signals).toMatchObject([
      {
        type: 'connection.reconnected',
        downtimeMs: 0,
        cause: { kind: 'planned', code: 'rotation' },
      },
    ]);
    await world.close();
  });

  it('has another one dialled each second while they fail', async () => {
    const world = await endingWorld();
    for (const id of [2, 3, 4]) {
      await world.pass(id === 2 ? 7_500 : 1_000);
      await world.lost(failureOf('transient'), { id });
    }

    await world.pass(1_000);

    expect(world.state).toBe('active');
    expect(dialledAtMs(world).slice(1)).toEqual([7_500, 8_500, 9_500, 10_500]);
    expect(world.liveSocketIds).toEqual([1, 5]);
    expect(world.signals).toEqual([]);
    await world.close();
  });

  it('has one dialled at a time', async () => {
    const world = await endingWorld();

    await world.pass(12_000);

    expect(world.liveSocketIds).toEqual([1, 2]);
    await world.close();
  });

  it('is told so once: what is said again does not put it off', async () => {
    const world = await endingWorld();
    await world.pass(5_000);

    await world.ending(25_000);
    await world.pass(2_500);

    expect(dialledAtMs(world).slice(1)).toEqual([7_500]);
    await world.close();
  });

  it('and is lost before, is followed as any other', async () => {
    const world = await endingWorld();
    await world.lost();
    await world.pass(world.context.waitMs);
    await world.stands();

    await world.pass(60_000);

    expect(world.state).toBe('active');
    expect(world.sockets).toMatchObject([{ id: 1 }, { id: 2, isMove: false }]);
    expect(world.context.isLeaving).toBe(false);
    await world.close();
  });

  it('is nothing to the one that followed it', async () => {
    const world = await endingWorld();
    await world.pass(7_500);
    await world.configured(2);

    await world.pass(60_000);
    const alone = world.liveSocketIds;
    await world.suspected();

    expect(alone).toEqual([2]);
    expect(world.sockets.slice(1)).toMatchObject([{ isMove: true }, { isMove: false }]);
    await world.close();
  });

  it('and falls silent, is left at once', async () => {
    const world = await endingWorld();

    await world.suspected();

    expect(world.sockets.at(-1)).toMatchObject({ id: 2, isMove: true });
    await world.close();
  });

  it('may be another than the current one: that changes nothing', async () => {
    const world = await new ChartWorld().active();

    await world.ending(30_000, 0, 7);
    await world.pass(30_000);

    expect(world.liveSocketIds).toEqual([1]);
    await world.close();
  });

  it('is kept where the service allows no second socket', async () => {
    const world = await endingWorld(0, { input: { hedges: false } });

    await world.pass(30_000);

    expect(world.liveSocketIds).toEqual([1]);
    await world.close();
  });

  it('leaves no timer behind when it is closed', async () => {
    const world = await endingWorld();

    await world.close();

    expect(world.clock.pending).toBe(0);
  });
});
