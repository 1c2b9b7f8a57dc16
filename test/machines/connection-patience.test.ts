/** How long the connection chart bears a socket that is not answered, and a link that keeps nothing of what it is sent. */
import { describe, expect, it } from 'vitest';

import { ChartWorld, failureOf } from './chart-world.ts';
import { isVain } from '../../machines/connection.patience.ts';
import type { SocketUnanswered } from '../../machines/connection.peer.ts';

const OPENED_AT_MS = 10_000;

/** A dial of 40 ms, pinged with its greeting. */
function look(forMs: number, facts: Partial<SocketUnanswered> = {}): SocketUnanswered {
  return {
    type: 'socket.unanswered',
    id: 1,
    atMs: OPENED_AT_MS + forMs,
    madeAtMs: OPENED_AT_MS - 40,
    openedAtMs: OPENED_AT_MS,
    isRaced: false,
    isPingUnanswered: false,
    withinMs: 5_000,
    ...facts,
  };
}

describe('a socket that opened and is not answered', () => {
  const slow = { madeAtMs: OPENED_AT_MS - 3_000 };

  it.each<readonly [string, number, Partial<SocketUnanswered>]>([
    ['as long as its service may take', 5_000, {}],
    ['P2.4 for a second, where not even the ping is answered', 1_000, { isPingUnanswered: true }],
    ['P2.4 as long as its dial took, then', 3_000, { ...slow, isPingUnanswered: true }],
    [
      'P2.4 as long as any of several dials had, then',
      2_000,
      { ...slow, isRaced: true, isPingUnanswered: true },
    ],
    ['for its own second, of several dials too', 1_000, { isRaced: true, isPingUnanswered: true }],
  ])('is waited for %s', (_, forMs, facts) => {
    expect(isVain(look(forMs - 1, facts))).toBe(false);
    expect(isVain(look(forMs, facts))).toBe(true);
  });

  it('is abandoned by a command, as silent where nothing came and as slow where the path is sound', async () => {
    const world = new ChartWorld();
    await world.connect();
    await world.opened();

    await world.send(look(999, { isPingUnanswered: true }));
    const early = [...world.faults];
    await world.send(
      look(1_000, { isPingUnanswered: true }),
      look(5_000, { isPingUnanswered: true }),
    );

    expect(early).toEqual([]);
    expect(world.faults).toMatchObject([
      { id: 1, type: 'socket.abandon', failure: { kind: 'transient', code: 'halfOpen' } },
      { id: 1, type: 'socket.abandon', failure: { kind: 'transient', code: 'configure' } },
    ]);
    expect(world.faults.map(({ failure }) => failure.detail)).toEqual([
      'nothing came for 1000 ms',
      'the service took no configuration in time',
    ]);
    expect(world.state).toBe('connecting.configuring'); // its loss moves the chart
    await world.close();
  });

  it('is abandoned beside a silent link too, and only there where it is a former one', async () => {
    const world = new ChartWorld();
    await world.active();
    await world.suspected(500);
    const { socketId, hedgeId } = world.context;

    await world.send(look(5_000, { id: 99 }), look(5_000, { id: hedgeId ?? -1 }));

    expect(hedgeId).not.toBe(socketId);
    expect(world.faults.map(({ id }) => id)).toEqual([hedgeId]);
    await world.close();
  });
});

describe('a link that keeps nothing of what it is sent', () => {
  async function standing() {
    const world = new ChartWorld();
    await world.active();
    const stall = (forMs: number, sinceMs = 7, id = world.socketId) =>
      world.send({ type: 'link.stalled', id, atMs: world.clock.nowMs(), sinceMs, forMs });
    return { world, stall };
  }

  it('P15.6 is told to the application once after 12 s, and abandoned after 30 s', async () => {
    const { world, stall } = await standing();

    for (let seconds = 1; seconds <= 30; seconds += 1) await stall(seconds * 1_000);

    expect(world.faults).toEqual([
      {
        id: world.socketId,
        type: 'socket.warn',
        failure: failureOf('perRequest', {
          code: 'stalled',
          detail: 'for 12 s it lives and has kept nothing of what it was sent',
        }),
      },
      {
        id: world.socketId,
        type: 'socket.abandon',
        failure: failureOf('transient', {
          code: 'stalled',
          detail: 'for 30 s it lives and has kept nothing of what it was sent',
        }),
      },
    ]);
    await world.close();
  });

  it('is told again of the next standstill, not a moment before its 12 s', async () => {
    const { world, stall } = await standing();
    await stall(12_000);

    await stall(13_000);
    await stall(11_999, 8);
    const before = world.faults.length;
    await stall(12_000, 8);

    expect([before, world.faults.length]).toEqual([1, 2]);
    await world.close();
  });

  it('is the current one: of the one beside it nothing is told', async () => {
    const { world, stall } = await standing();
    await world.suspected();
    const { hedgeId } = world.context;

    await stall(12_000, 7, hedgeId!);
    await stall(30_000, 7, hedgeId!);

    expect(world.liveSocketIds).toEqual([1, hedgeId]);
    expect(world.faults).toEqual([]);
    await world.close();
  });

  it('is not told of a link that was let go', async () => {
    const { world, stall } = await standing();

    await stall(12_000, 7, 99);
    await stall(30_000, 7, 99);

    expect(world.faults).toEqual([]);
    await world.close();
  });
});
