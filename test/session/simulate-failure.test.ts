import { afterEach, describe, expect, it } from 'vitest';

import { ManualNetwork } from '../../src/network/manual-signals.ts';
import type { SimulatedFailure } from '../../src/session/rehearsal.ts';
import { expectQuiet } from '../support/expect-quiet.ts';
import { SessionWorld } from './session-world.ts';
import { LadderWorld } from './ladder-world.ts';

let world: SessionWorld | null = null;

async function connected(...args: ConstructorParameters<typeof SessionWorld>) {
  world = new SessionWorld(...args);
  return world.connect();
}

afterEach(async () => {
  if (world === null) return;
  const closed = world.session.close({ drainTimeoutMs: 0 });
  await world.clock.advanceAsync(10);
  await closed;
  expectQuiet(world);
  world = null;
});

const misspelt: object = { dial: 2 };

describe('a failure that an application rehearses', () => {
  it.each([
    ['transient', 'reconnecting'],
    ['rateLimited', 'reconnecting'],
    ['quota', 'error'],
    ['config', 'error'],
    ['auth', 'error'],
  ] as const)('%s leads where the real one leads: %s', async (kind, status) => {
    const { session, clock } = await connected();

    const wasHit = session.simulateFailure(kind);
    await clock.advanceAsync(1);

    expect(wasHit).toBe(true);
    expect(session.status).toBe(status);
  });

  it('planned is met by a dial at once', async () => {
    const { session, clock, transport } = await connected();

    session.simulateFailure('planned');
    await clock.advanceAsync(50);

    expect(transport.sockets).toHaveLength(2);
    expect(session.status).toBe('active');
  });

  it('can last for some dials, which are not made', async () => {
    const { session, clock, transport, of } = await connected();
    const events = of.bind(world);

    session.simulateFailure('transient', { dials: 2 });
    await clock.advanceAsync(10_000);

    expect(transport.sockets).toHaveLength(2);
    expect(events('connection.reconnecting').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(events('connection.reconnected')).toHaveLength(1);
  });

  it('waits as long as its hint says', async () => {
    const { session, clock, transport } = await connected();

    session.simulateFailure('rateLimited', { retryAfterMs: 7_000 });
    await clock.advanceAsync(6_999);
    const before = transport.sockets.length;
    await clock.advanceAsync(50);

    expect(before).toBe(1);
    expect(transport.sockets).toHaveLength(2);
  });

  it('half-open is noticed by silence alone, and loses nothing', async () => {
    const talk = await connected();
    await talk.speak(1_000);

    talk.session.simulateFailure('halfOpen');
    await talk.speak(2_000);
    const drained = talk.session.drain();
    await talk.clock.advanceAsync(30_000);
    await drained;

    expect(talk.of('connection.suspected').length).toBeGreaterThan(0);
    expect(talk.of('connection.reconnected')).toMatchObject([{ cause: { code: 'halfOpen' } }]);
    expect(talk.session.ledger).toMatchObject({ captured: 30, delivered: 30, gap: 0 });
  });

  it('of one request is told as a warning, and the link stands', async () => {
    const { session } = await connected();

    session.simulateFailure('perRequest');

    expect(world?.of('warning')).toMatchObject([{ error: { code: 'REQUEST_REFUSED' } }]);
    expect(session.status).toBe('active');
  });

  it('waits for the next dial where no link stands', async () => {
    world = new SessionWorld();

    const wasHit = world.session.simulateFailure('quota', { dials: 1 });
    const refused = expect(world.session.connect()).rejects.toMatchObject({
      code: 'QUOTA_EXHAUSTED',
    });
    await world.clock.advanceAsync(10);
    await refused;

    expect(wasHit).toBe(false);
    expect(world.transport.sockets).toHaveLength(0);
  });

  it.each([
    ['transient', { dials: -1 }],
    ['transient', { dials: NaN }],
    ['transient', { dials: 0.5 }],
    ['rateLimited', { retryAfterMs: -1 }],
    ['nonsense' as SimulatedFailure, {}],
    ['transient', misspelt],
    ['halfOpen', { dials: 2 }],
  ] as const)('refuses what it cannot rehearse: %s %o', async (kind, options) => {
    const { session } = await connected();

    const rehearse = (): boolean => session.simulateFailure(kind, options);

    expect(rehearse).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    expect(session.status).toBe('active');
  });

  it('is refused once the session is closed', async () => {
    const { session } = await connected();
    const closed = session.close({ drainTimeoutMs: 0 });

    expect(() => session.simulateFailure('transient')).toThrow(/closed/);
    await closed;
  });

  it('moves a session with two candidates to the second', async () => {
    const ladder = await new LadderWorld([{ name: 'first' }, { name: 'second' }]).connect();

    ladder.session.simulateFailure('quota');
    await ladder.pass(100);

    expect(ladder.live).toEqual([0, 1]);
    await ladder.close();
  });
});

describe('what the platform says about the network', () => {
  const NAMES = [{ name: 'first' }, { name: 'second' }];

  it.each([1, 2])(
    'holds dials back, and lets them go within 250 ms (%i candidates)',
    async (count) => {
      const signals = new ManualNetwork(['one', 'two']);
      const talk = await new LadderWorld(NAMES.slice(0, count), {}, signals).connect();
      signals.offline();

      talk.network(0).reset();
      await talk.pass(20_000);
      const whileOffline = talk.networks.map(({ sockets }) => sockets.length);
      const statusOffline = talk.session.status;
      signals.online();
      await talk.pass(270);

      expect(whileOffline).toEqual([1, 0].slice(0, count));
      expect(statusOffline).toBe('reconnecting');
      expect(talk.session.status).toBe('active');
      await talk.close();
      expect(talk.clock.pending).toBe(0);
    },
  );

  it('makes a standing link prove itself when the network changed', async () => {
    const signals = new ManualNetwork(['one']);
    const talk = await new LadderWorld(NAMES, {}, signals).connect();
    const [socket] = talk.network(0).sockets;
    const before = socket?.pings ?? 0;

    signals.changed();
    await talk.pass(600);

    expect(socket?.pings).toBeGreaterThan(before);
    expect(talk.live).toEqual([1, 0]);
    await talk.close();
  });

  it('is heard from the start: a session that begins offline knows it', async () => {
    const signals = new ManualNetwork(['one', 'two']);
    signals.offline();
    const talk = new LadderWorld(NAMES, {}, signals);

    expect(talk.session.actor.getSnapshot().context).toMatchObject({ isOnline: false });
    await talk.close();
  });
});

describe('a machine that slept', () => {
  it('asks a link that stood before whether it still does, and blames it for nothing', async () => {
    const talk = await connected();
    await talk.clock.advanceAsync(1_000);
    const [socket] = talk.transport.sockets;
    const pingsBefore = socket?.pings ?? 0;

    talk.clock.sleep(3_000); // as long as a busy machine may take
    const afterNap = socket?.pings;
    talk.clock.sleep(60_000);
    await talk.clock.advanceAsync(100);

    expect(afterNap).toBe(pingsBefore);
    expect(socket?.pings).toBeGreaterThan(pingsBefore);
    expect(talk.of('connection.suspected')).toEqual([]);
    expect(talk.session.status).toBe('active');
  });
});
