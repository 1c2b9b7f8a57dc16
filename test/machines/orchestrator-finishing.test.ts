/** A session that closes: what is left is delivered by who serves now, and nothing that was planned begins. */
import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import {
  DUE_MS,
  ending,
  ENDING,
  MINUTE_MS,
  OrchestraWorld,
  PAIR,
  prepared,
  REFUSING,
} from './orchestrator-world.ts';

/** The session fell from the first candidate to the second, which carries it. */
async function fallen(): Promise<OrchestraWorld> {
  const world = await new OrchestraWorld({ candidates: PAIR }).steady();
  await world.failed();
  await world.served();
  return world;
}

describe('a session that closes', () => {
  it('is told from one that is spoken in', async () => {
    const world = await ending();

    await world.closes();

    expect(world.state).toBe('serving.finishing');
    expect(world.context).toMatchObject({ isClosing: true, isSpeaking: false });
    await world.close();
  });

  it('looks for no successor of one that is to end', async () => {
    const world = await ending();
    await world.closes();

    await world.pass(10 * MINUTE_MS);

    expect(world.dialled).toEqual([0]);
    expect(world.state).toBe('serving.finishing');
    await world.close();
  });

  it('does not come back to a better candidate, in no pause', async () => {
    const world = await fallen();
    await world.closes();
    await world.pass(2 * MINUTE_MS);

    await world.pauses();

    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });

  it('lets go of a successor that is on its way', async () => {
    const world = await ending();
    await world.pass(DUE_MS);
    const before = world.live.length;

    await world.closes();

    expect([before, world.live.map(({ id }) => id)]).toEqual([2, [1]]);
    expect(world.state).toBe('serving.finishing');
    await world.close();
  });

  it('lets go of one that stands ready, and does not hand over at the last call', async () => {
    const world = await prepared();

    await world.closes();
    await world.pauses();
    await world.pass(MINUTE_MS);

    expect(world.handovers).toEqual([]);
    expect(world.live.map(({ id }) => id)).toEqual([1]);
    expect(world.signals).toEqual([]);
    await world.close();
  });

  it('does not let the carrier go where no second session is allowed', async () => {
    const world = await ending([REFUSING]);
    await world.speaks();
    await world.pass(DUE_MS);

    await world.closes();
    await world.pass(MINUTE_MS);

    expect(world.state).toBe('serving.finishing');
    expect(world.lane(1)?.told.map(({ type }) => type)).not.toContain('session.rotate');
    await world.close();
  });

  it('does not leave a carrier whose breaker opens', async () => {
    const world = await new OrchestraWorld({ candidates: PAIR }).steady();
    await world.closes();

    await world.barred(0, MINUTE_MS);

    expect(world.dialled).toEqual([0]);
    await world.close();
  });

  it('keeps the standby that it has, and dials no other', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
    await world.ready();

    await world.closes();
    const kept = world.live.length;
    await world.lost({ lane: world.beside });
    await world.failed(failureOf('transient'), { lane: world.beside });
    await world.pass(5 * MINUTE_MS);

    expect(kept).toBe(2);
    expect(world.dialled).toEqual([0, 0]);
    await world.close();
  });

  it('is served by the standby where the carrier is lost, and closes on it', async () => {
    const world = await new OrchestraWorld({ candidates: [{ standby: 1 }] }).steady();
    await world.ready();
    await world.closes();

    await world.lost();
    await world.served();
    await world.pass(5 * MINUTE_MS);

    expect(world.state).toBe('serving.finishing');
    expect(world.dialled).toEqual([0, 0]);
    await world.close();
  });

  it('ends a handover that has begun', async () => {
    const world = new OrchestraWorld({ candidates: [ENDING] });
    world.handover = 'hangs';
    await world.steady();
    await world.pass(DUE_MS);
    await world.ready();

    await world.closes();
    const during = world.state;
    await world.pass(1_500);
    await world.served();

    expect([during, world.state]).toEqual(['serving.handingOver', 'serving.finishing']);
    expect(world.signals.at(-1)).toMatchObject({ reason: 'rotation' });
    await world.close();
  });
});
