import { describe, expect, it } from 'vitest';

import { ChartWorld, failureOf, PLAIN_REPLAY } from './chart-world.ts';

describe('the first connection', () => {
  it('dials nothing before it is told to', async () => {
    const world = new ChartWorld();

    await world.pass(60_000);

    expect(world.state).toBe('idle');
    expect(world.sockets).toEqual([]);
  });

  it('goes from dialing over configuring, restoring and replaying to active', async () => {
    const world = new ChartWorld();
    const seen = [world.state];
    world.actor.subscribe(() => seen.push(world.state));

    await world.active();

    expect(new Set(seen)).toEqual(
      new Set([
        'idle',
        'connecting.dialing',
        'connecting.configuring',
        'connected.restoring',
        'connected.replaying',
        'active',
      ]),
    );
    expect(world.sockets).toMatchObject([{ id: 1, reason: 'connect', isReleased: false }]);
    expect(world.signals).toEqual([]);
  });

  it.each(['restores', 'replays'] as const)('waits while %s take their time', async (actor) => {
    const world = new ChartWorld();
    world[actor] = null;

    await world.active();
    await world.pass(60_000);

    expect(world.state).toBe(actor === 'restores' ? 'connected.restoring' : 'connected.replaying');
    await world.close();
  });

  it('is dialled once, however often it is asked for', async () => {
    const world = new ChartWorld();

    await world.connect();
    await world.connect();
    await world.opened();
    await world.connect();
    await world.configured();
    await world.connect();

    expect(world.sockets).toHaveLength(1);
    expect(world.state).toBe('active');
    await world.close();
  });

  it.each(['restores', 'replays'] as const)('ends in error where %s break', async (actor) => {
    const world = new ChartWorld();
    world[actor] = new Error('broken inside');

    await world.active();

    expect(world.state).toBe('error');
    expect(world.liveSocketIds).toEqual([]);
    expect(world.signalsOf('connection.failed')).toMatchObject([
      { reason: 'actor: broken inside', failure: { kind: 'config' } },
    ]);
  });
});

describe('a first connection that is refused', () => {
  it.each(['dialled', 'opened'])('is not tried again: %s', async (when) => {
    const world = new ChartWorld();
    await world.connect();
    if (when === 'opened') await world.opened();

    await world.lost(failureOf('transient', { code: 'ECONNREFUSED', detail: 'nobody there' }));
    await world.pass(120_000);

    expect(world.state).toBe('error');
    expect(world.sockets).toHaveLength(1);
    expect(world.liveSocketIds).toEqual([]);
    expect(world.signals).toEqual([
      {
        type: 'connection.failed',
        attempts: 0,
        reason: 'ECONNREFUSED: nobody there',
        component: 'stt',
        failure: { kind: 'transient', code: 'ECONNREFUSED', detail: 'nobody there' },
      },
    ]);
  });

  it('with a planned end is dialled once more, at once: it may be sent elsewhere', async () => {
    const world = new ChartWorld();
    await world.connect();

    await world.lost(failureOf('planned', { retryAfterMs: 7_000 }));
    const first = world.state;
    await world.lost(failureOf('planned', { retryAfterMs: 7_000 }));

    expect([first, world.state]).toEqual(['reconnecting.dialing', 'error']);
    expect([world.sockets.length, world.waits]).toEqual([2, []]);
  });

  it.each([
    ['planned', 'auth'],
    ['auth', 'planned'],
  ] as const)('is dialled for each of what is met so: %s, then %s', async (...kinds) => {
    const world = new ChartWorld({ input: { refreshesCredential: true } });
    await world.connect();
    for (const kind of kinds) await world.lost(failureOf(kind));

    await world.stands();

    expect(world.state).toBe('active');
    expect(world.sockets).toHaveLength(3);
    await world.close();
  });

  it('is no more than that where these take turns', async () => {
    const world = new ChartWorld({ input: { refreshesCredential: true } });
    await world.connect();

    for (const kind of ['planned', 'auth', 'planned', 'auth'] as const) {
      await world.lost(failureOf(kind));
    }

    expect(world.state).toBe('error');
    expect(world.sockets).toHaveLength(4);
  });

  it('is tried again by the envelopes where the policy says so', async () => {
    const world = new ChartWorld({ policy: { retryInitialConnect: true } });
    await world.connect();

    for (const waitMs of [1_000, 2_000, 4_000, 8_000, 16_000]) {
      await world.lost();
      await world.pass(waitMs);
    }
    await world.lost();

    expect(world.state).toBe('error');
    expect(world.waits.map(({ waitMs }) => waitMs)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000]);
    expect(world.sockets).toHaveLength(6);
    expect(world.signalsOf('connection.failed')).toMatchObject([{ attempts: 5 }]);
  });

  it('ends what it announced when a later attempt succeeds', async () => {
    const world = new ChartWorld({ policy: { retryInitialConnect: true } });
    await world.connect();
    await world.lost();
    await world.pass(1_000);

    await world.stands();

    expect(world.state).toBe('active');
    expect(world.sockets.map(({ reason }) => reason)).toEqual(['connect', 'connect']);
    expect(world.signalsOf('connection.reconnecting')).toHaveLength(1);
    expect(world.signalsOf('connection.reconnected')).toMatchObject([{ attempts: 1 }]);
    await world.close();
  });
});

describe('session.connect after an error', () => {
  it('starts over with all attempts', async () => {
    const world = new ChartWorld({ policy: { maxAttempts: 1 } });
    await world.active();
    await world.lost();
    await world.pass(1_000);
    await world.lost();
    expect(world.state).toBe('error');

    await world.active();
    await world.lost();

    expect(world.state).toBe('reconnecting.backingOff');
    expect(world.context.attempts).toBe(1);
    await world.close();
  });

  it('asks for the credential as for a first connection', async () => {
    const world = new ChartWorld({ input: { refreshesCredential: true } });
    await world.active();
    await world.lost(failureOf('auth'));
    await world.lost(failureOf('auth'));
    expect(world.state).toBe('error');

    await world.connect();

    expect(world.state).toBe('connecting.dialing');
    expect(world.sockets.at(-1)).toMatchObject({ reason: 'connect' });
    await world.close();
  });

  it('is a first connection again: refused, it is not retried', async () => {
    const world = new ChartWorld();
    await world.active();
    await world.lost(failureOf('config'));

    await world.connect();
    await world.lost();

    expect(world.state).toBe('error');
    expect(world.sockets).toHaveLength(2);
  });

  it('tells of no reconnection', async () => {
    const world = new ChartWorld();
    world.replays = { ...PLAIN_REPLAY, replayedChunks: 3 };
    await world.active();
    await world.lost(failureOf('config'));

    await world.active();

    expect(world.state).toBe('active');
    expect(world.signalsOf('connection.reconnected')).toEqual([]);
    await world.close();
  });
});
