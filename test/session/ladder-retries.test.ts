import { describe, expect, it } from 'vitest';

import { LadderWorld } from './ladder-world.ts';

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
