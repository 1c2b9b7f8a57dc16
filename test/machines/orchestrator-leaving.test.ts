/** A carrier that is to be left where a second session takes over from the first: at a moment of its own, in a pause. */
import { describe, expect, it } from 'vitest';

import type { OrchestraWorld } from './orchestrator-world.ts';
import { ending } from './orchestrator-world.ts';

const KEEPER = { takesOver: true } as const;

/** It is told to leave in 10 s, within 30 s. */
async function told(isSpeaking: boolean): Promise<OrchestraWorld> {
  const world = await ending([KEEPER]);
  if (isSpeaking) await world.speaks();
  await world.ends(30_000, world.carrier, 10_000);
  return world;
}

describe('a carrier that is to be left', () => {
  it.each([
    [9_999, 'serving.steady', 1],
    [10_000, 'serving.preparing', 2],
  ])(
    'in a pause is left when its time has come: after %d ms it is %s',
    async (ms, state, lanes) => {
      const world = await told(false);

      await world.pass(ms);

      expect(world.state).toBe(state);
      expect(world.live).toHaveLength(lanes);
      await world.close();
    },
  );

  it('is left in the next pause where somebody speaks', async () => {
    const world = await told(true);
    await world.pass(12_000);
    expect(world.state).toBe('serving.leaving');
    expect(world.live).toHaveLength(1);

    await world.pauses();

    expect(world.state).toBe('serving.preparing');
    expect(world.live).toHaveLength(2);
    await world.close();
  });

  it.each([
    [19_999, 'serving.leaving'],
    [20_000, 'serving.preparing'],
  ])('waits for a pause through half of what is left: after %d ms it is %s', async (ms, state) => {
    const world = await told(true);

    await world.pass(ms);

    expect(world.state).toBe(state);
    await world.close();
  });

  it('carries nothing more as soon as its successor stands, whoever speaks', async () => {
    const world = await told(true);
    await world.pass(20_000);

    await world.ready();

    expect(world.state).toBe('serving.arriving');
    expect(world.live.map(({ id }) => id)).toEqual([2]);
    expect(world.handovers).toEqual([]);
    await world.served();
    expect(world.signals).toMatchObject([{ type: 'candidate.changed', reason: 'rotation' }]);
    await world.close();
  });

  it('is left sooner where it is told so', async () => {
    const world = await told(true);
    await world.pass(12_000);

    await world.ends(2_000, world.carrier, 0);
    await world.pass(1_000);

    expect(world.state).toBe('serving.preparing');
    await world.close();
  });
});
