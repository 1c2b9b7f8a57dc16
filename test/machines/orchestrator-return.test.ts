import { describe, expect, it } from 'vitest';

import { failureOf } from './chart-world.ts';
import { MINUTE_MS, OrchestraWorld, PAIR } from './orchestrator-world.ts';

/** The session fell from the first candidate to the second, just now. */
async function fallen(candidates: readonly object[] = PAIR, input = {}): Promise<OrchestraWorld> {
  const world = await new OrchestraWorld({ candidates, input }).steady();
  await world.failed();
  await world.served();
  return world;
}

describe('the way back to a better candidate', () => {
  it.each([
    [59_999, 'serving.steady', [0, 1]],
    [60_000, 'serving.preparing', [0, 1, 0]],
  ])('%d ms after the fall leads at a pause to %s', async (ms, state, dialled) => {
    const world = await fallen();
    await world.pass(ms);

    await world.pauses();

    expect(world.state).toBe(state);
    expect(world.dialled).toEqual(dialled);
    await world.close();
  });

  it('is not taken in mid-speech', async () => {
    const world = await fallen();

    await world.speaks();
    await world.pass(10 * MINUTE_MS);

    expect(world.state).toBe('serving.steady');
    await world.close();
  });

  it('leads there in the next pause, when the better one is ready', async () => {
    const world = await fallen();
    await world.pass(MINUTE_MS);
    await world.pauses();
    await world.speaks();
    await world.ready();
    expect(world.state).toBe('serving.prepared');

    await world.pauses();
    await world.served();

    expect(world.signals.at(-1)).toMatchObject({ from: 'second', to: 'first', reason: 'return' });
    expect(world.live.map(({ id }) => id)).toEqual([3]);
    await world.close();
  });

  it.each(['lost', 'failed'] as const)(
    'is held down again where the better one is %s, and leaves the carrier alone',
    async (how) => {
      const world = await fallen();
      await world.pass(MINUTE_MS);
      await world.pauses();

      await (how === 'lost'
        ? world.dialFailed({ lane: world.beside })
        : world.failed(failureOf('transient'), { lane: world.beside }));
      await world.pass(59_999);
      await world.pauses();

      expect(world.state).toBe('serving.steady');
      expect(world.live.map(({ id }) => id)).toEqual([2]);
      await world.pass(1);
      await world.pauses();
      expect(world.state).toBe('serving.preparing');
      await world.close();
    },
  );

  it('is put off by a breaker', async () => {
    const world = await fallen();
    await world.barred(0, 2 * MINUTE_MS);
    await world.pass(2 * MINUTE_MS - 1);

    await world.pauses();

    expect(world.state).toBe('serving.steady');
    await world.pass(1);
    await world.pauses();
    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('is closed where the better one is misconfigured', async () => {
    const world = await new OrchestraWorld().steady();
    await world.failed(failureOf('auth'));
    await world.served();
    await world.pass(10 * MINUTE_MS);

    await world.pauses();

    expect(world.dialled).toEqual([0, 1]);
    await world.close();
  });

  it('is closed without a network', async () => {
    const world = await fallen();
    await world.networkLost();
    await world.pass(MINUTE_MS);

    await world.pauses();

    expect(world.state).toBe('serving.steady');
    await world.close();
  });

  it('is not put off because the lesser one had to dial again', async () => {
    const world = await fallen();
    await world.pass(50_000);
    await world.lost();
    await world.served();
    await world.pass(10_000);

    await world.pauses();

    expect(world.state).toBe('serving.preparing');
    await world.close();
  });

  it('takes the standby that is ready there', async () => {
    const world = await fallen([{ standby: 1 }, { provider: 'second' }]);
    await world.pass(MINUTE_MS);
    await world.ready();

    await world.pauses();

    expect(world.dialled).toEqual([0, 0, 1, 0]);
    expect(world.live).toMatchObject([{ id: 4, candidate: 0 }]);
    await world.close();
  });

  it('is given up where the better one is not ready when the carrier is lost', async () => {
    const world = await fallen();
    await world.pass(MINUTE_MS);
    await world.pauses();

    await world.lost();

    expect(world.state).toBe('serving.troubled');
    expect(world.live.map(({ id }) => id)).toEqual([2]);
    await world.close();
  });

  it('ends in time for a known end of the lesser one', async () => {
    const world = await fallen([{}, { provider: 'second', endsAfterMs: 3 * MINUTE_MS }]);
    await world.pass(MINUTE_MS);
    await world.pauses();
    await world.speaks();
    await world.ready();

    await world.pass(2 * MINUTE_MS - 5_001);

    expect(world.state).toBe('serving.prepared');
    await world.pass(1);
    expect(world.carrier).toBe(3);
    await world.close();
  });
});

describe('what is left of a session', () => {
  const both = { faculties: ['hearing', 'speaking'] } as const;

  it.each([
    ['hearing', 'textOnly', ['speaking']],
    ['speaking', 'noSpeech', ['hearing']],
  ] as const)('by a candidate that has only %s is %s', async (faculty, mode, missing) => {
    const world = await fallen([both, { provider: 'second', faculties: [faculty] }]);

    expect(world.signalsOf('session.degraded')).toEqual([
      { type: 'session.degraded', mode, missing },
    ]);
    await world.close();
  });

  it.each([
    ['speaking', 'textOnly'],
    ['hearing', 'noSpeech'],
  ] as const)('without %s is %s, and whole when it is back', async (faculty, mode) => {
    const world = await new OrchestraWorld({ candidates: [both] }).steady();

    await world.faculty('faculty.lost', faculty);
    await world.faculty('faculty.lost', faculty);
    await world.faculty('faculty.restored', faculty);

    expect(world.signals).toEqual([
      { type: 'session.degraded', mode, missing: [faculty] },
      { type: 'session.restored', mode },
    ]);
    await world.close();
  });

  it('is whole again by a candidate that has everything', async () => {
    const world = await fallen([both, { provider: 'second', faculties: ['hearing'] }]);
    await world.pass(MINUTE_MS);
    await world.pauses();
    await world.ready();

    await world.served();

    expect(world.signals.at(-1)).toEqual({ type: 'session.restored', mode: 'textOnly' });
    await world.close();
  });

  it('is whole again on a new socket until the service says otherwise', async () => {
    const world = await new OrchestraWorld({ candidates: [both] }).steady();
    await world.faculty('faculty.lost', 'speaking');

    await world.lost();
    await world.served();

    expect(world.signals.at(-1)).toEqual({ type: 'session.restored', mode: 'textOnly' });
    await world.close();
  });

  it('is not announced before the candidate that is on its way serves', async () => {
    const world = new OrchestraWorld({ candidates: [both] });
    await world.connect();

    await world.faculty('faculty.lost', 'speaking');

    expect(world.signals).toEqual([]);
    await world.served();
    expect(world.signals).toMatchObject([{ type: 'session.degraded', mode: 'textOnly' }]);
    await world.close();
  });

  it('is not less than what was asked for by the first candidate', async () => {
    const world = await fallen([{}, { ...both, provider: 'second' }]);

    expect(world.signalsOf('session.degraded')).toEqual([]);
    await world.close();
  });
});
