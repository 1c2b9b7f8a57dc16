import { describe, expect, it } from 'vitest';

import { TenutoError } from '../../src/ports/errors.ts';
import { expectQuiet, watchSlabs } from '../support/expect-quiet.ts';
import { fakeProvider, GOODBYE, sayFinal } from '../support/fake-provider.ts';
import { SessionWorld } from './session-world.ts';

const PAUSE = JSON.stringify({ kind: 'utteranceEnded', atSample: 16_000 });
const ENDING = JSON.stringify({ kind: 'endAnnounced', inMs: 50_000 });
const DOWN = { code: 1006, reason: '' };

/** How to bring a session into each state of the reconnect loop, and into the others. */
const ways: Readonly<Record<string, (world: SessionWorld) => Promise<void>>> = {
  idle: async () => undefined,
  'connecting.dialing': async (world) => {
    world.transport.outcome = () => 'hangs';
    void world.session.connect().catch(() => undefined);
    await world.clock.advanceAsync(100);
  },
  'connected.replaying': async (world) => {
    for (let chunk = 0; chunk < 50; chunk += 1) world.write();
    await world.connect();
  },
  active: async (world) => {
    await world.connect();
    await world.speak(1_000);
  },
  'reconnecting.backingOff': async (world) => {
    await world.connect();
    await world.speak(1_000);
    world.transport.outcome = () => DOWN;
    world.transport.last.end();
    await world.clock.advanceAsync(1_500);
  },
  'reconnecting.waitingForRateLimit': async (world) => {
    await world.connect();
    await world.speak(1_000);
    world.transport.last.end(1006, 'rateLimited');
    await world.clock.advanceAsync(100);
  },
  'reconnecting.waitingForNetwork': async (world) => {
    await world.connect();
    await world.speak(1_000);
    world.session.actor.send({ type: 'network.lost', atMs: world.clock.nowMs() });
    world.transport.last.end();
    await world.clock.advanceAsync(100);
  },
  'reconnecting.dialing': async (world) => {
    await world.connect();
    await world.speak(1_000);
    world.transport.outcome = () => 'hangs';
    world.transport.last.end(1006, 'planned');
    await world.clock.advanceAsync(100);
  },
  'active, with a second socket tried': async (world) => {
    await world.connect();
    await world.speak(1_000);
    world.transport.outcome = () => 'hangs';
    world.transport.last.isHalfOpen = true;
    await world.speak(3_000);
    expect(world.transport.live).toHaveLength(2);
  },
  error: async (world) => {
    await world.connect();
    await world.speak(1_000);
    world.transport.last.end(1006, 'config');
    await world.clock.advanceAsync(100);
  },
};

function pathOf(world: SessionWorld): string {
  const { value } = world.session.actor.getSnapshot();
  return typeof value === 'string' ? value : Object.entries(value).flat().join('.');
}

describe('an explicit close', () => {
  it.each(Object.keys(ways))('ends quiet from: %s', async (state) => {
    const slabs = watchSlabs();
    const world = new SessionWorld();
    await ways[state]?.(world);
    expect(pathOf(world)).toBe(state.split(',')[0]);
    const dials = world.transport.sockets.length;

    const closed = world.session.close({ drainTimeoutMs: 0 });
    await world.clock.advanceAsync(5_000);
    const result = await closed;
    await world.clock.advanceAsync(200_000);

    expectQuiet(world);
    expect(world.transport.sockets).toHaveLength(dials);
    expect(slabs.held).toBe(0);
    expect(result.left.chunks).toBe(world.session.ledger.buffered);
    expect(world.session.ledger.captured).toBe(
      world.session.ledger.delivered + world.session.ledger.gap + result.left.chunks,
    );
  });

  it('delivers what is left over a standing link, and says goodbye', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(1_000);

    const closed = world.session.close();
    await world.clock.advanceAsync(5_000);

    expect(await closed).toMatchObject({ drained: true, left: { chunks: 0, ms: 0 } });
    expect(world.transport.last.texts.at(-1)).toBe('goodbye');
    expectQuiet(world);
  });

  it('does not wait for a service that says nothing', async () => {
    const world = await new SessionWorld({ onFrame: () => undefined }).connect();
    await world.speak(1_000);

    const closed = world.session.close();
    await world.clock.advanceAsync(10_000);

    expect(await closed).toMatchObject({ drained: false, left: { chunks: 10, ms: 1_000 } });
    expectQuiet(world);
  });

  it('goes on sending silence to a service that ends a turn only in silence', async () => {
    const secondBytes = 32_000;
    const provider = fakeProvider({
      traits: { fillsSilenceAfterMs: 500, keepAliveIntervalMs: null },
      openStream: () => ({ encodeFlush: () => null }),
    });
    const world = new SessionWorld({
      provider,
      onFrame: (socket, frame) => {
        if (frame === GOODBYE) socket.endsAfter(900, { code: 1000, reason: '' });
        else if (socket.heard.length > 4 * secondBytes) {
          sayFinal(socket, { fromSample: 0, toSample: secondBytes / 2 });
        }
      },
    });
    await world.connect();
    await world.speak(1_000);

    const closed = world.session.close({ drainTimeoutMs: 20_000 });
    await world.clock.advanceAsync(30_000);

    expect(await closed).toMatchObject({ drained: true, left: { chunks: 0, ms: 0 } });
    expect(world.transport.last.sent.at(-1)?.frame).toBe(GOODBYE);
    expectQuiet(world);
  });

  it('hears the last words where the service announces its end meanwhile', async () => {
    const provider = fakeProvider({
      traits: { announcesEnd: true, makesBeforeBreaks: false },
      openStream: () => ({ encodeFlush: () => ENDING }),
    });
    const world = new SessionWorld({
      provider,
      onFrame: (socket, frame) => {
        if (frame === GOODBYE) socket.endsAfter(900, { code: 1000, reason: '' });
        if (frame !== ENDING) return;
        socket.say(PAUSE);
        socket.say(ENDING);
        world.clock.setTimeout(() => sayFinal(socket, { fromSample: 0, toSample: 16_000 }), 1_000);
      },
    });
    await world.connect();
    await world.speak(1_000);

    const closed = world.session.close();
    await world.clock.advanceAsync(10_000);

    expect(await closed).toMatchObject({ drained: true, left: { chunks: 0, ms: 0 } });
    expect(world.transport.sockets).toHaveLength(1);
    expectQuiet(world);
  });

  it('does not dial with a credential that comes too late', async () => {
    let give = (): void => undefined;
    const provider = fakeProvider({
      askCredential: () => new Promise<void>((resolve) => (give = resolve)),
    });
    const world = new SessionWorld({ provider });
    const connected = world.session.connect().catch((error: unknown) => error);
    await world.clock.advanceAsync(100);

    await world.session.close();
    give();
    await world.clock.advanceAsync(1_000);

    expect(world.transport.sockets).toHaveLength(0);
    expect(await connected).toMatchObject({ code: 'SESSION_CLOSED' });
    expectQuiet(world);
  });

  it('is the end: nothing is taken and nothing is dialled after it', async () => {
    const world = new SessionWorld();
    await world.session.close();

    expect(() => world.write()).toThrow(TenutoError);
    await expect(world.session.connect()).rejects.toMatchObject({ code: 'SESSION_CLOSED' });
    expectQuiet(world);
  });
});

describe('connecting', () => {
  it.each([
    [401, 'AUTH_REFUSED', false],
    [402, 'QUOTA_EXHAUSTED', false],
    [400, 'CONFIG_REFUSED', false],
    [503, 'CONNECTION_FAILED', true],
  ])(
    'fails once, with the right error, where the service answers %i',
    async (status, code, retryable) => {
      const world = new SessionWorld();
      world.transport.outcome = () => ({ ...DOWN, status });
      const failed = world.session.connect().catch((error: unknown) => error);

      await world.clock.advanceAsync(60_000);

      expect(await failed).toMatchObject({ code, retryable });
      expect(world.transport.sockets).toHaveLength(1);
      expect(world.session.status).toBe('error');
      await world.session.close();
      expectQuiet(world);
    },
  );

  it('is given up when its signal is aborted', async () => {
    const world = new SessionWorld();
    world.transport.outcome = () => 'hangs';
    const controller = new AbortController();
    const failed = world.session.connect({ signal: controller.signal }).catch((e: unknown) => e);
    await world.clock.advanceAsync(100);

    controller.abort();
    await world.clock.advanceAsync(100);

    expect(await failed).toMatchObject({ code: 'CONNECT_ABORTED' });
    expectQuiet(world);
  });

  it('starts over after it was given up', async () => {
    const world = new SessionWorld();
    world.transport.outcome = (dial) => (dial === 1 ? DOWN : 'opens');
    const failed = world.session.connect().catch((error: unknown) => error);
    await world.clock.advanceAsync(1_000);
    expect(await failed).toMatchObject({ code: 'CONNECTION_FAILED' });

    await world.connect();

    expect(world.session.status).toBe('active');
    const closed = world.session.close({ drainTimeoutMs: 0 });
    await world.clock.advanceAsync(10);
    await closed;
    expectQuiet(world);
  });
});
