import { describe, expect, it } from 'vitest';

import { ChartWorld, failureOf, PLAIN_REPLAY, ways } from './chart-world.ts';

const standing = ['connected.restoring', 'connected.replaying', 'active'] as const;
const envelopes = [1_000, 2_000, 4_000, 8_000, 16_000];

async function losesEveryDial(world: ChartWorld, dials: number): Promise<void> {
  for (let dial = 0; dial < dials; dial += 1) {
    await world.pass(world.context.waitMs);
    await world.opened();
    await world.lost();
  }
}

describe.each(standing)('a link that is lost in %s', (state) => {
  it('is let go and dialled again after the first envelope', async () => {
    const world = new ChartWorld();
    await ways[state]!(world);

    await world.lost();
    const waitingState = world.state;
    await world.pass(999);
    const dialsBefore = world.sockets.length;
    await world.pass(1);

    expect(waitingState).toBe('reconnecting.backingOff');
    expect(dialsBefore).toBe(1);
    expect(world.state).toBe('reconnecting.dialing');
    expect(world.sockets).toMatchObject([
      { id: 1, isReleased: true },
      { id: 2, isReleased: false, reason: 'reconnect', atMs: 2_000 },
    ]);
    await world.close();
  });

  it('leaves no actor behind that belonged to it', async () => {
    const world = new ChartWorld();
    await ways[state]!(world);

    await world.lost();

    expect(world.children).toEqual(['backoffTimer']);
    await world.close();
  });
});

describe('the reconnect loop', () => {
  it('waits exactly 1, 2, 4, 8 and 16 s and then gives up', async () => {
    const world = await new ChartWorld().active();
    await world.lost();

    await losesEveryDial(world, 5);

    expect(world.waits).toEqual(envelopes.map((waitMs) => ({ actor: 'backoffTimer', waitMs })));
    expect(world.sockets.map(({ atMs }) => atMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 32_000,
    ]);
    expect(world.state).toBe('error');
    expect(world.clock.pending).toBe(0);
    expect(world.liveSocketIds).toEqual([]);
  });

  it('announces each attempt once, with its delay and what is buffered', async () => {
    const world = await new ChartWorld().active();
    await world.lost();

    await losesEveryDial(world, 5);

    expect(world.signalsOf('connection.reconnecting')).toEqual(
      envelopes.map((backoffDelayMs, index) => ({
        type: 'connection.reconnecting',
        attempt: index + 1,
        maxAttempts: 5,
        backoffDelayMs,
        persistsForMs: 0,
        component: 'stt',
        bufferedAudioChunks: 7,
        cause: failureOf('transient'),
      })),
    );
  });

  it('ends with connection.failed, its attempts, reason and component', async () => {
    const world = await new ChartWorld({ input: { component: 'realtime' } }).active();
    await world.lost();

    await losesEveryDial(world, 4);
    await world.pass(16_000);
    await world.lost(failureOf('transient', { code: '1011', detail: 'overloaded' }));

    expect(world.signals.at(-1)).toEqual({
      type: 'connection.failed',
      attempts: 5,
      reason: '1011: overloaded',
      component: 'realtime',
      failure: { kind: 'transient', code: '1011', detail: 'overloaded' },
    });
  });

  it('scales the envelope by chance under full jitter', async () => {
    const world = await new ChartWorld({ policy: { jitter: 'full' } }).active();

    await world.lost(failureOf('transient'), { unit: 0.25 });

    expect(world.waits).toEqual([{ actor: 'backoffTimer', waitMs: 250 }]);
    await world.close();
  });

  it('dials within 250 ms after a healthy spell under full jitter', async () => {
    const world = await new ChartWorld({ policy: { jitter: 'full' } }).active();
    await world.answered();
    await world.pass(10_000);

    await world.lost(failureOf('transient'), { unit: 0.5 });

    expect(world.waits).toEqual([{ actor: 'backoffTimer', waitMs: 125 }]);
    await world.close();
  });

  it('dials at once when session.connect comes during the wait', async () => {
    const world = await new ChartWorld().active();
    await world.lost();

    await world.connect();

    expect(world.state).toBe('reconnecting.dialing');
    expect(world.clock.pending).toBe(0);
    await world.close();
  });

  it('does not begin where the policy has no attempts', async () => {
    const world = await new ChartWorld({ policy: { maxAttempts: 0 } }).active();

    await world.lost();

    expect(world.state).toBe('error');
    expect(world.sockets).toHaveLength(1);
  });

  it('goes on beyond its count for as long as the policy persists, and no longer', async () => {
    const policy = { maxAttempts: 2, capMs: 2_000, persistMs: 9_000 };
    const world = await new ChartWorld({ policy }).active();
    await world.lost();

    await losesEveryDial(world, 4);
    const stateAt7s = world.state;
    await losesEveryDial(world, 1);

    expect(world.waits.map(({ waitMs }) => waitMs)).toEqual([1_000, 2_000, 2_000, 2_000, 2_000]);
    expect(stateAt7s).toBe('reconnecting.backingOff');
    expect(world.state).toBe('error');
    expect(
      world.signalsOf('connection.reconnecting').map((signal) => {
        return [signal.attempt, signal.maxAttempts, signal.persistsForMs];
      }),
    ).toEqual([
      [1, Infinity, 9_000],
      [2, Infinity, 8_000],
      [3, Infinity, 6_000],
      [4, Infinity, 4_000],
      [5, Infinity, 2_000],
    ]);
  });
});

describe('connection.reconnected', () => {
  it('tells the whole outage', async () => {
    const world = await new ChartWorld().active();
    const cause = failureOf('transient', { code: 'ECONNRESET' });
    await world.lost(cause);
    await losesEveryDial(world, 1);
    await world.pass(2_250);
    world.replays = {
      replayedChunks: 40,
      audioReplayedMs: 800,
      audioLostMs: 20,
      duplicatesDropped: 1,
    };

    await world.stands();

    expect(world.signals.at(-1)).toEqual({
      type: 'connection.reconnected',
      attempts: 2,
      component: 'stt',
      outcome: 'replayed',
      downtimeMs: 3_250,
      audioReplayedMs: 800,
      audioLostMs: 20,
      duplicatesDropped: 1,
      toolCallsCarried: 0,
      cause,
    });
    await world.close();
  });

  it.each([
    ['restarted', false, 0],
    ['replayed', false, 5],
    ['resumed', true, 5],
  ] as const)('says %s', async (outcome, resumed, replayedChunks) => {
    const world = await new ChartWorld().active();
    await world.lost(failureOf('planned'));
    world.restores = { resumed, toolCallsCarried: 2, atMs: 0 };
    world.replays = { ...PLAIN_REPLAY, replayedChunks };

    await world.stands();

    expect(world.signals.at(-1)).toMatchObject({ outcome, toolCallsCarried: 2, attempts: 1 });
    await world.close();
  });

  it('comes once for an outage with a second loss during the replay, and counts both dials', async () => {
    const world = await new ChartWorld().active();
    await world.lost(failureOf('transient', { code: 'first' }));
    await world.pass(1_000);
    world.replays = null;
    await world.stands();
    await world.pass(500);
    await world.lost(failureOf('transient', { code: 'second' }));
    world.replays = PLAIN_REPLAY;

    await world.pass(2_000);
    await world.stands();

    expect(world.signalsOf('connection.reconnected')).toMatchObject([
      { attempts: 2, downtimeMs: 3_000, cause: { code: 'first' } },
    ]);
    await world.close();
  });
});

describe('attempts', () => {
  it('are not reset because a socket opened: one that drops at once, for ever, ends in error', async () => {
    const world = await new ChartWorld().active();

    for (let round = 0; round < 6; round += 1) {
      await world.answered();
      await world.lost();
      await world.pass(world.context.waitMs);
      if (world.state === 'reconnecting.dialing') await world.stands();
    }

    expect(world.state).toBe('error');
    expect(world.sockets).toHaveLength(6);
  });

  it.each([
    ['an answer and 10 s', true, 10_000, 1],
    ['an answer and less than 10 s', true, 9_999, 2],
    ['10 s without an answer', false, 10_000, 2],
  ])('after %s', async (_what, isAnswered, healthyMs, attempt) => {
    const world = await new ChartWorld().active();
    await world.lost();
    await world.pass(1_000);
    await world.stands();
    if (isAnswered) await world.answered();
    await world.pass(healthyMs);

    await world.lost();

    expect(world.signalsOf('connection.reconnecting').at(-1)).toMatchObject({ attempt });
    await world.close();
  });

  it('are reset by a committed result at once', async () => {
    const world = await new ChartWorld().active();
    await world.lost();
    await world.pass(1_000);
    await world.stands();

    await world.committed();
    await world.lost();

    expect(world.signalsOf('connection.reconnecting').at(-1)).toMatchObject({ attempt: 1 });
    await world.close();
  });
});

describe('an event of another socket', () => {
  it.each(['connecting.dialing', ...standing, 'reconnecting.backingOff', 'reconnecting.dialing'])(
    'changes nothing in %s',
    async (state) => {
      const world = new ChartWorld();
      await ways[state]!(world);
      const before = world.context;

      for (const id of [99, world.context.lastSocketId + 1]) {
        await world.opened(id);
        await world.configured(id);
        await world.lost(failureOf('config'), { id });
        await world.send({ type: 'server.answered', id, atMs: 1 });
        await world.send({ type: 'result.committed', id, atMs: 1 });
      }

      expect(world.state).toBe(state);
      expect(world.context).toEqual(before);
      await world.close();
    },
  );

  it('is that of the lost socket, once it was lost: a loss told twice counts once', async () => {
    const world = await new ChartWorld().active();
    const id = world.socketId;
    await world.lost();

    await world.lost(failureOf('transient'), { id });
    await world.opened(id);

    expect(world.context.attempts).toBe(1);
    expect(world.state).toBe('reconnecting.backingOff');
    await world.close();
  });
});
