import { describe, expect, it } from 'vitest';

import { presets } from '../../machines/backoff.ts';
import { DUE_MS, ending, MINUTE_MS, prepared, REFUSING } from './orchestrator-world.ts';

describe('a service that allows no second session', () => {
  it('is let go first, in a pause', async () => {
    const world = await ending([REFUSING]);
    await world.speaks();
    await world.pass(DUE_MS);
    expect(world.state).toBe('serving.prepared');

    await world.pauses();

    expect(world.state).toBe('serving.troubled');
    expect(world.lane(1)?.told.at(-1)).toEqual({
      type: 'session.rotate',
      atMs: world.clock.nowMs(),
    });
    await world.close();
  });

  it.each([
    [54_999, 'serving.prepared'],
    [55_000, 'serving.troubled'],
  ])('is let go 5 s before the end at the latest: %d ms later it is %s', async (ms, state) => {
    const world = await ending([REFUSING]);
    await world.speaks();
    await world.pass(DUE_MS);

    await world.pass(ms);

    expect(world.state).toBe(state);
    await world.close();
  });

  it('is kept while there is no network to dial it again by', async () => {
    const world = await ending([REFUSING]);
    await world.networkLost();

    await world.pass(DUE_MS);

    expect(world.state).toBe('serving.prepared');
    await world.networkRestored();
    expect(world.state).toBe('serving.troubled');
    await world.close();
  });

  it('is kept where its connection does not reconnect', async () => {
    const world = await ending([{ ...REFUSING, policy: presets.test }]);

    await world.pass(20 * MINUTE_MS);

    expect(world.state).toBe('serving.steady');
    await world.close();
  });
});

describe('an end that is announced', () => {
  it.each([
    ['that is far is met a minute before', 5 * MINUTE_MS, 4 * MINUTE_MS],
    ['that is near is met at once', 20_000, 0],
  ])('%s', async (_, inMs, afterMs) => {
    const world = await ending([{}]);

    await world.ends(inMs);
    await world.pass(Math.max(0, afterMs - 1));

    expect(world.state).toBe(afterMs === 0 ? 'serving.preparing' : 'serving.steady');
    await world.pass(1);
    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('while a pause is waited for brings the last call forward', async () => {
    const world = await prepared();

    await world.ends(8_000);
    await world.pass(2_999);

    expect(world.state).toBe('serving.prepared');
    await world.pass(1);
    expect(world.state).toBe('serving.arriving');
    await world.close();
  });

  it('of a standby is known when it takes over', async () => {
    const world = await ending([{ standby: 1 }]);
    await world.ready();
    await world.ends(2 * MINUTE_MS, 2);
    await world.pass(10_000);

    await world.lost();
    await world.served();
    await world.pass(49_999);

    expect(world.state).toBe('serving.steady');
    await world.pass(1);
    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('by every session as soon as it stands makes one change in 10 s, not a storm', async () => {
    const world = await ending([{}]);

    for (let passedMs = 0; passedMs < MINUTE_MS; passedMs += 100) {
      if (world.state === 'serving.steady') await world.ends(30_000);
      if (world.state === 'serving.preparing') await world.ready();
      if (world.state === 'serving.arriving') await world.served();
      await world.pass(100);
    }

    expect(world.lanes.length).toBeGreaterThan(3);
    expect(world.lanes.length).toBeLessThanOrEqual(8);
    await world.close();
  });
});
