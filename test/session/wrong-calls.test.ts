/** What a call cannot be made with is said at once, and harms nothing. */
import { describe, expect, it } from 'vitest';

import { TalkWorld } from './talk-world.ts';

const refusal = { code: 'OPTION_INVALID' };

describe('a call of a session', () => {
  it.each(['connect', 'drain', 'close'] as const)(
    '%s refuses null, and the session goes on',
    async (name) => {
      const world = new TalkWorld();

      await expect(world.session[name](null as never)).rejects.toMatchObject(refusal);

      const connecting = world.session.connect();
      await world.pass(5);
      await connecting;
      expect(world.session.status).toBe('active');
    },
  );

  it.each(['connect', 'drain'] as const)(
    '%s refuses a signal by itself, which would not be heard',
    async (name) => {
      const { session } = new TalkWorld();
      const { signal } = new AbortController();

      await expect(session[name](signal as never)).rejects.toMatchObject({
        ...refusal,
        remediation: 'Give { signal }.',
      });
      await expect(session[name]({ signal: 'now' } as never)).rejects.toMatchObject(refusal);
      await expect(session[name]({ signals: signal } as never)).rejects.toMatchObject(refusal);
    },
  );

  it.each([NaN, -1, '5'])('close refuses %s milliseconds', async (drainTimeoutMs) => {
    const { session } = new TalkWorld();

    await expect(session.close({ drainTimeoutMs } as never)).rejects.toMatchObject(refusal);
    expect(session.status).toBe('idle');
    await session.close();
  });

  it('close refuses a misspelt option', async () => {
    const { session } = new TalkWorld();

    await expect(session.close({ drainTimeout: 5 } as never)).rejects.toMatchObject({
      message: 'There is no close option "drainTimeout".',
    });
  });
});
