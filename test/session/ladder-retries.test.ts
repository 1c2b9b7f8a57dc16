import { describe, expect, it } from 'vitest';

import { LadderWorld } from './ladder-world.ts';
import { sayFinal } from '../support/fake-provider.ts';

describe('two candidates whose first dials are to be retried', () => {
  it('are left for recording only when both are gone, and given up in time', async () => {
    const ladder = await new LadderWorld([{ name: 'first' }, { name: 'second' }], {
      recordOnlyMs: 15_000,
      reconnect: { retryInitialConnect: true },
    }).connect();
    ladder.kill(0);
    ladder.kill(1);

    await ladder.pass(10_000);
    const degraded = ladder.of('session.degraded');
    await ladder.pass(30_000);

    expect(degraded).toMatchObject([{ mode: 'recordOnly' }]);
    expect(ladder.session.status).toBe('error');
    expect(ladder.of('connection.failed')).toHaveLength(1);
    await ladder.close();
    expect(ladder.clock.pending).toBe(0);
  });
});

describe('a way back before all of a break has been replayed', () => {
  it('ends, once, what was announced as reconnecting', async () => {
    const ladder = await new LadderWorld([{ name: 'first' }, { name: 'second' }], {
      holdDownMs: 100,
    }).connect();
    await ladder.speak(5_000);
    ladder.kill(0);
    await ladder.speak(4_000);
    ladder.revive(0);
    await ladder.speak(4_000);
    const announced = ladder.of('connection.reconnecting').length;
    const backlog = ladder.session.status;

    await ladder.speak(500);
    ladder.pause(ladder.network(1).last);
    await ladder.pass(60_000);

    expect(announced).toBeGreaterThan(0);
    expect(backlog).toBe('connected'); // it replays
    expect(ladder.live).toEqual([1, 0]);
    expect(ladder.of('connection.reconnected')).toHaveLength(1);
    await ladder.close();
  });
});

describe('a standby that was kept open with silence', () => {
  it('tells its results at the time at which they were said', async () => {
    const ladder = await new LadderWorld([
      { name: 'first' },
      { name: 'second', standby: 1, traits: { firstAudioWithinMs: 10_000 } },
    ]).connect();
    await ladder.speak(9_000);
    ladder.settle(ladder.network(0).last);
    const standby = ladder.network(1).last;
    const primerSamples = standby.audio.length / 2;

    ladder.kill(0);
    await ladder.speak(2_000);
    sayFinal(standby, { fromSample: 0, toSample: primerSamples + 16_000 });

    expect(primerSamples).toBeGreaterThan(0);
    expect(ladder.of('transcript').at(-1)).toMatchObject({ startMs: 9_000, endMs: 10_000 });
    expect(ladder.of('gap')).toEqual([]);
    await ladder.close();
  });
});
