import { describe, expect, it } from 'vitest';

import { gatewayLinkPolicy } from '../../machines/backoff.ts';
import { ChartWorld, failureOf } from './chart-world.ts';

const fatal = ['quota', 'config', 'auth'] as const;

describe('a fatal failure', () => {
  it.each(fatal)('of kind %s never loops', async (kind) => {
    const world = await new ChartWorld().active();

    await world.lost(failureOf(kind));
    await world.pass(3_600_000);

    expect(world.state).toBe('error');
    expect(world.sockets).toHaveLength(1);
    expect(world.signals.map(({ type }) => type)).toEqual(['connection.failed']);
  });

  it.each(fatal)('of kind %s ends a loop that runs, with the attempts it took', async (kind) => {
    const world = await new ChartWorld().active();
    await world.lost();
    await world.pass(1_000);

    await world.lost(failureOf(kind));

    expect(world.signals.at(-1)).toMatchObject({ type: 'connection.failed', attempts: 1 });
    expect(world.clock.pending).toBe(0);
  });

  it('does not loop at a first connection that may be retried either', async () => {
    const world = new ChartWorld({ policy: { retryInitialConnect: true } });
    await world.connect();

    await world.lost(failureOf('auth'));

    expect(world.state).toBe('error');
  });
});

describe('a refused credential that can be refreshed', () => {
  const refreshing = { input: { refreshesCredential: true } };

  it.each(['first connection', 'reconnection'])('is refreshed once: %s', async (when) => {
    const world = new ChartWorld(refreshing);
    if (when === 'reconnection') await world.active();
    else await world.connect();

    await world.lost(failureOf('auth'));

    expect(world.state).toBe('reconnecting.dialing');
    expect(world.sockets.at(-1)).toMatchObject({ reason: 'refused', atMs: 1_000 });
    await world.close();
  });

  it('is fatal when it is refused again', async () => {
    const world = new ChartWorld(refreshing);
    await world.connect();
    await world.lost(failureOf('auth'));

    await world.lost(failureOf('auth'));

    expect(world.state).toBe('error');
    expect(world.sockets).toHaveLength(2);
    expect(world.signals.at(-1)).toMatchObject({ failure: { kind: 'auth' } });
  });

  it('is refreshed where the last attempt is refused, and counts as that one', async () => {
    const world = await new ChartWorld({ ...refreshing, policy: { maxAttempts: 1 } }).active();
    await world.lost(failureOf('transient'));
    await world.pass(60_000);

    await world.lost(failureOf('auth'));

    expect(world.state).toBe('reconnecting.dialing');
    expect(world.signals.at(-1)).toMatchObject({ attempt: 1, maxAttempts: 1 });
    await world.close();
  });

  it('takes nothing back of the attempts of a connection that persists', async () => {
    const policy = { ...gatewayLinkPolicy, jitter: 'none' } as const;
    const world = await new ChartWorld({ ...refreshing, policy }).active();
    for (let dial = 0; dial < 31; dial += 1) {
      await world.lost(failureOf('transient'));
      await world.pass(500);
    }

    await world.lost(failureOf('auth'));
    await world.lost(failureOf('transient'));
    await world.pass(2_000);
    await world.lost(failureOf('transient'));

    const told = world.signals
      .slice(-3)
      .map((signal) =>
        signal.type === 'connection.reconnecting' ? [signal.attempt, signal.backoffDelayMs] : [],
      );
    expect(told).toEqual([
      [31, 0],
      [32, 2_000],
      [33, 4_000],
    ]);
    await world.close();
  });

  it.each(['a healthy spell', 'a committed result'])('is refreshed anew after %s', async (what) => {
    const world = await new ChartWorld(refreshing).active();
    await world.lost(failureOf('auth'));
    await world.stands();
    if (what === 'a committed result') await world.committed();
    else {
      await world.answered();
      await world.pass(10_000);
    }

    await world.lost(failureOf('auth'));

    expect(world.state).toBe('reconnecting.dialing');
    expect(world.sockets.at(-1)).toMatchObject({ reason: 'refused' });
    await world.close();
  });
});

describe('a rate limit', () => {
  it.each([
    ['the hint', { retryAfterMs: 7_500 }, 7_500],
    ['60 s without a hint', {}, 60_000],
  ])('is waited for: %s', async (_what, facts, waitMs) => {
    const world = await new ChartWorld().active();

    await world.lost(failureOf('rateLimited', facts));
    await world.pass(waitMs - 1);
    const dialsBefore = world.sockets.length;
    await world.pass(1);

    expect(world.waits).toEqual([{ actor: 'rateLimitWait', waitMs }]);
    expect(dialsBefore).toBe(1);
    expect(world.state).toBe('reconnecting.dialing');
    expect(world.signals).toMatchObject([{ attempt: 1, backoffDelayMs: waitMs }]);
    await world.close();
  });

  it('is not cut short by impatience: the server said when', async () => {
    const world = await new ChartWorld().active();
    await world.lost(failureOf('rateLimited'));

    await world.connect();
    await world.networkRestored();

    expect(world.state).toBe('reconnecting.waitingForRateLimit');
    await world.close();
  });
});

describe('what is dialled again at once', () => {
  it.each(['planned', 'staleHandle'] as const)('is %s', async (kind) => {
    const world = await new ChartWorld().active();

    await world.lost(failureOf(kind));

    expect(world.state).toBe('reconnecting.dialing');
    expect(world.signals).toMatchObject([{ attempt: 1, backoffDelayMs: 0 }]);
    await world.close();
  });

  it.each(['planned', 'staleHandle'] as const)(
    'is not %s twice in a row: that would be a storm',
    async (kind) => {
      const policy = { maxAttempts: 10, persistMs: 118_000 };
      const world = await new ChartWorld({ policy }).active();
      await world.lost(failureOf(kind));

      await world.lost(failureOf(kind));

      expect(world.state).toBe('reconnecting.backingOff');
      expect(world.waits).toEqual([{ actor: 'backoffTimer', waitMs: 2_000 }]);
      await world.close();
    },
  );

  it('is dialled when it said, where it ends twice in a row and says when to come again', async () => {
    const planned = failureOf('planned', { retryAfterMs: 7_000 });
    const world = await new ChartWorld().active();
    await world.lost(planned);
    const first = world.state;

    await world.lost(planned);

    expect(first).toBe('reconnecting.dialing');
    expect(world.waits).toEqual([{ actor: 'rateLimitWait', waitMs: 7_000 }]);
    await world.close();
  });

  it('is a stale handle after another failure too', async () => {
    const world = await new ChartWorld().active();
    await world.lost();
    await world.pass(1_000);

    await world.lost(failureOf('staleHandle'));

    expect(world.state).toBe('reconnecting.dialing');
    await world.close();
  });
});

describe('the network', () => {
  it('that is gone is waited for without a timer', async () => {
    const world = await new ChartWorld().active();
    await world.networkLost();

    await world.lost();
    await world.pass(3_600_000);

    expect(world.state).toBe('reconnecting.waitingForNetwork');
    expect(world.clock.pending).toBe(0);
    expect(world.sockets).toHaveLength(1);
    await world.close();
  });

  it('that is gone ends a wait that runs', async () => {
    const world = await new ChartWorld().active();
    await world.lost();

    await world.networkLost();

    expect(world.state).toBe('reconnecting.waitingForNetwork');
    expect(world.clock.pending).toBe(0);
    await world.close();
  });

  it.each(['reconnecting.waitingForNetwork', 'reconnecting.backingOff'])(
    'that comes back is dialled within 250 ms, by chance, from %s',
    async (state) => {
      const world = await new ChartWorld().active();
      if (state.endsWith('Network')) await world.networkLost();
      await world.lost();
      expect(world.state).toBe(state);

      await world.networkRestored({ unit: 0.5 });
      await world.pass(124);
      const stateBefore = world.state;
      await world.pass(1);

      expect(stateBefore).toBe('reconnecting.backingOff');
      expect(world.state).toBe('reconnecting.dialing');
      expect(world.clock.pending).toBe(0);
      expect(world.context.isOnline).toBe(true);
      await world.close();
    },
  );

  it.each(['network.restored', 'session.connect'])(
    'leaves each attempt announced exactly once, also through a wait for it ended by %s',
    async (order) => {
      const world = await new ChartWorld().active();
      const goOn = async () => {
        await (order === 'session.connect' ? world.connect() : world.networkRestored());
        await world.pass(250);
      };
      await world.lost();
      await world.networkLost();
      await goOn();
      await world.networkLost();
      await world.lost();
      await goOn();

      const attempts = world.signalsOf('connection.reconnecting').map(({ attempt }) => attempt);
      expect(attempts).toEqual([1, 2]);
      expect(world.sockets).toHaveLength(3);
      await world.close();
    },
  );

  it.each([
    [true, 1],
    [false, 3],
  ])('that comes back lets the attempts count anew: %s', async (resetsAttempts, attempts) => {
    const world = await new ChartWorld().active();
    for (let loss = 0; loss < 3; loss += 1) {
      await world.lost();
      if (loss < 2) await world.connect(); // no wait is sat out
    }

    await world.networkRestored({ resetsAttempts });

    expect(world.context.attempts).toBe(attempts);
    await world.close();
  });

  it('that became another one ends a wait, and keeps the count', async () => {
    const world = await new ChartWorld().active();
    await world.lost();

    await world.networkChanged();
    await world.pass(125);

    expect(world.state).toBe('reconnecting.dialing');
    expect(world.context.attempts).toBe(1);
    await world.close();
  });

  it('that became another one makes a standing link prove itself, whether it is watched or not', async () => {
    const world = await new ChartWorld().active();

    await world.networkChanged();
    await world.networkChanged();

    expect(world.children).toContain('liveness');
    expect(world.sockets[0]?.probes).toBeGreaterThan(0);
    expect(world.state).toBe('active');
    await world.close();
  });

  it('does not disturb a link that stands', async () => {
    const world = await new ChartWorld().active();

    await world.networkLost();
    await world.networkRestored();

    expect(world.state).toBe('active');
    expect(world.sockets).toHaveLength(1);
    await world.close();
  });
});
