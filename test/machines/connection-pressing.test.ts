/** Who keeps our session is dialled at a quick, steady pace for a while. */
import { describe, expect, it } from 'vitest';

import { gatewayLinkPolicy } from '../../machines/backoff.ts';
import { ChartWorld, failureOf } from './chart-world.ts';

const policy = { ...gatewayLinkPolicy, jitter: 'none' } as const;

function kept(): ChartWorld {
  return new ChartWorld({ input: { component: 'gateway', policy } });
}

async function loseDials(world: ChartWorld, count: number): Promise<void> {
  for (let lost = 0; lost < count; lost += 1) {
    await world.pass(world.waits.at(-1)?.waitMs ?? 0);
    await world.lost();
  }
}

describe('a link to who keeps the session', () => {
  // P16.5, with the chance left out
  it('is dialled at once, then every half second for 15 s, and then ever less often', async () => {
    const world = await kept().active();

    await world.lost();
    const firstState = world.state;
    await loseDials(world, 34);

    expect(firstState).toBe('reconnecting.backingOff');
    expect(world.waits.slice(0, 3).map(({ waitMs }) => waitMs)).toEqual([0, 500, 500]);
    const pressed = world.waits.filter(({ waitMs }) => waitMs <= 500);
    expect(pressed.reduce((sum, { waitMs }) => sum + waitMs, 0)).toBe(15_000);
    expect(world.waits.slice(pressed.length).map(({ waitMs }) => waitMs)).toEqual([
      1_000, 2_000, 4_000, 8_000,
    ]);
    await world.close();
  });

  it('is known for one by its first answer at the latest, and dialled as such from then on', async () => {
    const unknown = new ChartWorld({
      input: { component: 'peer', policy: { ...policy, pressForMs: 0, firstDelayMs: 1_000 } },
    });
    const found = { policy, limits: { isPrompt: true } };
    await unknown.connect();
    await unknown.opened();
    const { socketId: id } = unknown;
    await unknown.send({ type: 'socket.configured', id, atMs: unknown.clock.nowMs(), found });

    await unknown.lost();
    await loseDials(unknown, 2);

    expect(unknown.waits.slice(0, 3).map(({ waitMs }) => waitMs)).toEqual([0, 500, 500]);
    await unknown.close();
  });

  // P16.5
  it('is tried beyond the grace and all that goes before it, and then given up', async () => {
    const world = await kept().active();
    const lostAtMs = world.clock.nowMs();

    await world.lost();
    while (world.state !== 'error') await loseDials(world, 1);

    expect(world.clock.nowMs() - lostAtMs).toBeGreaterThan(140_000);
    expect(world.signals.at(-1)).toMatchObject({ type: 'connection.failed' });
  });

  it('is not held back by the retry budget', async () => {
    const world = await kept().active();

    await world.send({
      type: 'socket.lost',
      id: world.socketId,
      failure: failureOf('planned'),
      atMs: world.clock.nowMs(),
      bufferedChunks: 0,
      unit: 0.5,
      holdMs: 30_000,
    });

    expect(world.state).toBe('reconnecting.dialing');
    await world.close();
  });

  // P16.4
  it.each([
    [0, 8_000],
    [0.5, 10_000],
    [1, 12_000],
  ])('comes when it was told to, more or less a fifth (chance %d)', async (unit, waitMs) => {
    const world = await kept().active();

    await world.send({
      type: 'socket.lost',
      id: world.socketId,
      failure: { kind: 'rateLimited', code: '4420', detail: '', retryAfterMs: 10_000 },
      atMs: world.clock.nowMs(),
      bufferedChunks: 0,
      unit,
    });

    expect(world.waits).toEqual([{ actor: 'rateLimitWait', waitMs }]);
    await world.close();
  });

  it('that never stood is not pressed', async () => {
    const world = new ChartWorld({
      input: { component: 'gateway', policy: { ...policy, retryInitialConnect: true } },
    });
    await world.connect();

    await world.lost();
    await loseDials(world, 2);

    expect(world.waits.map(({ waitMs }) => waitMs)).toEqual([1_000, 2_000, 4_000]);
    await world.close();
  });

  // P12.12, P16.5
  it('is pressed, and tried as long, where it stood in another process', async () => {
    const input = { component: 'gateway', policy, hasBeenConnected: true } as const;
    const world = new ChartWorld({ input });
    await world.connect();
    await world.lost();
    const lostAtMs = world.clock.nowMs();

    await loseDials(world, 3);
    const pressed = world.waits.map(({ waitMs }) => waitMs);
    while (world.state !== 'error') await loseDials(world, 1);

    expect(pressed).toEqual([0, 500, 500, 500]);
    expect(world.clock.nowMs() - lostAtMs).toBeGreaterThan(140_000);
  });

  it('is pressed for 15 s anew after a spell that was healthy', async () => {
    const world = await kept().active();
    await world.lost();
    await loseDials(world, 10);
    await world.pass(500);
    await world.stands();
    await world.pass(60_000);
    world.waits.length = 0;

    await world.lost();
    await loseDials(world, 34);

    const pressed = world.waits.filter(({ waitMs }) => waitMs <= 500);
    expect(pressed.reduce((sum, { waitMs }) => sum + waitMs, 0)).toBe(15_000);
    expect(world.waits.slice(pressed.length).map(({ waitMs }) => waitMs)).toEqual([
      1_000, 2_000, 4_000, 8_000,
    ]);
    await world.close();
  });

  it('is not pressed by an attempt that it had put off: the waits after it are the longer', async () => {
    const world = await kept().active();
    await world.lost();
    await world.pass(0);
    await world.lost(failureOf('rateLimited', { retryAfterMs: 20_000 }));

    await loseDials(world, 1);

    expect(world.waits.map(({ waitMs }) => waitMs)).toEqual([0, 20_000, 2_000]);
    await world.close();
  });

  it('is not pressed where it has too much to do', async () => {
    const world = await kept().active();

    await world.lost({ kind: 'transient', code: 'http 503', detail: '' });

    expect(world.waits).toEqual([{ actor: 'backoffTimer', waitMs: 2_000 }]);
    await world.close();
  });
});

// P15.5
describe('a link to who keeps the session, and that is let go for silence', () => {
  it('is dialled at once: the silence took its time already, and is counted as no pressing', async () => {
    const world = await kept().active();
    await world.pass(6_000);

    await world.died(6_000);
    await loseDials(world, 33);

    expect(world.waits.slice(0, 3).map(({ waitMs }) => waitMs)).toEqual([0, 500, 500]);
    const pressed = world.waits.filter(({ waitMs }) => waitMs <= 500);
    expect(pressed.reduce((sum, { waitMs }) => sum + waitMs, 0)).toBe(15_000);
    expect(world.waits.slice(pressed.length).map(({ waitMs }) => waitMs)).toEqual([
      2_000, 4_000, 8_000,
    ]);
    await world.close();
  });

  it.each([
    [14_999, 500],
    [15_000, 1_000],
  ])('is dialled soon for 15 s after the last healthy spell: %d ms', async (afterMs, waitMs) => {
    const world = await kept().active();
    await world.lost();
    await world.pass(0);
    await world.stands();

    await world.pass(afterMs);
    await world.died(6_000);

    expect(world.waits.map((wait) => wait.waitMs)).toEqual([0, waitMs]);
    await world.close();
  });
});

// P15.4
describe('a dial to who keeps the session', () => {
  it('is made again and again beside a link that is silent, and after one that was', async () => {
    const world = await kept().active();

    await world.suspected();
    await world.died();
    await world.pass(0);

    expect(world.sockets).toMatchObject([
      { id: 1, redialEveryMs: null },
      { id: 2, redialEveryMs: 500 },
      { id: 3, redialEveryMs: 500 },
    ]);
    await world.close();
  });

  it('is made once after a loss that was told', async () => {
    const world = await kept().active();

    await world.lost();
    await world.pass(0);

    expect(world.sockets).toMatchObject([{ redialEveryMs: null }, { redialEveryMs: null }]);
    await world.close();
  });

  it.each([
    ['is not pressed', { pressForMs: 0 }],
    ['is pressed without a pause', { pressEveryMs: 0 }],
  ])('is made once, silence or not, where it %s', async (_where, facts) => {
    const world = await new ChartWorld({ policy: { ...policy, ...facts } }).active();

    await world.suspected();
    await world.died();
    await world.pass(world.context.waitMs);

    expect(world.sockets.map(({ redialEveryMs }) => redialEveryMs)).toEqual([null, null, null]);
    await world.close();
  });
});
