/** Moments at which two things happen at once. */
import { describe, expect, it } from 'vitest';

import { expectBalanced, expectQuiet } from '../support/expect-quiet.ts';
import { fakeProvider, transcriptFrame } from '../support/fake-provider.ts';
import { SessionWorld } from './session-world.ts';

async function end(world: SessionWorld): Promise<void> {
  const closed = world.session.close({ drainTimeoutMs: 0 });
  await world.clock.advanceAsync(100);
  await closed;
  expectQuiet(world);
}

describe('a session that is closed by its own listener', () => {
  it('is disconnected, and its pending connect ends', async () => {
    const world = new SessionWorld({ reconnect: { retryInitialConnect: true } });
    world.transport.outcome = () => ({ code: 1006, reason: '' });
    world.session.on('connection.reconnecting', () => void world.session.close());
    const connected = world.session.connect().catch((error: unknown) => error);

    await world.clock.advanceAsync(60_000);

    expect(await connected).toMatchObject({ code: 'SESSION_CLOSED' });
    expect(world.transport.sockets).toHaveLength(1);
    expectQuiet(world);
  });
});

describe('a link that dies of silence', () => {
  it('leaves no pulse behind', async () => {
    const world = await new SessionWorld({ reconnect: { maxAttempts: 1, persistMs: 0 } }).connect();
    await world.speak(1_000);
    world.transport.outcome = () => 'hangs';
    world.transport.last.isHalfOpen = true;

    await world.clock.advanceAsync(60_000);
    await end(world);
  });

  it('does not count as healthy for the time in which it was silent', async () => {
    const world = await new SessionWorld({ reconnect: { maxAttempts: 3 } }).connect();
    const fallSilent = async (): Promise<void> => {
      await world.speak(2_000);
      world.transport.last.say(transcriptFrame({ fromSample: 0, toSample: 10, isFinal: false }));
      for (const socket of world.transport.live) socket.isHalfOpen = true;
    };
    for (let link = 0; link < 12 && world.session.status !== 'error'; link += 1) {
      await fallSilent();
      await world.speak(4_000);
    }

    expect(world.session.status).toBe('error');
    await end(world);
  });
});

describe('a credential that never comes', () => {
  it('is a failed dial after 10 s', async () => {
    const provider = fakeProvider({ askCredential: () => new Promise(() => undefined) });
    const world = new SessionWorld({ provider });
    const failed = world.session.connect().catch((error: unknown) => error);

    await world.clock.advanceAsync(10_000);

    expect(await failed).toMatchObject({ code: 'CONNECTION_FAILED' });
    await end(world);
  });
});

describe('a provider that throws', () => {
  it('fails the session with its reason, and leaves nothing behind', async () => {
    const provider = fakeProvider({
      openStream: () => {
        throw new Error('no stream today');
      },
    });
    const world = new SessionWorld({ provider });
    const failed = world.session.connect().catch((error: unknown) => error);

    await world.clock.advanceAsync(1_000);

    expect(await failed).toMatchObject({ code: 'CONFIG_REFUSED' });
    expect(world.session.status).toBe('error');
    await end(world);
  });
});

describe('draining while the microphone goes on', () => {
  it('ends when everything written before is delivered', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(1_000);
    let drained: boolean | null = null;
    void world.session.drain().then((result) => (drained = result));

    await world.speak(3_000);

    expect(drained).toBe(true);
    expect(world.session.ledger.buffered).toBeGreaterThan(0);
    await end(world);
  });

  it('serves two who wait', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(1_000);

    const both = Promise.all([world.session.drain(), world.session.drain()]);
    await world.clock.advanceAsync(2_000);

    expect(await both).toEqual([true, true]);
    await end(world);
  });

  it('does not settle by a late answer what was sent after the question', async () => {
    const world = await new SessionWorld({ onFrame: () => undefined }).connect();
    await world.speak(1_000);
    void world.session.drain();
    await world.speak(6_000); // the question is put again meanwhile
    const { last } = world.transport;
    expect(last.texts.filter((text) => text === 'flush').length).toBeGreaterThan(1);

    last.say(transcriptFrame({ fromSample: 0, toSample: 15_900, answersFlush: true }));

    expect(world.session.ledger.delivered).toBe(10);
    expectBalanced(world.session);
    await end(world);
  });
});

describe('the interim of a lost socket', () => {
  it('is taken back by an empty one', async () => {
    const world = await new SessionWorld().connect();
    await world.speak(1_000);
    world.transport.last.say(
      transcriptFrame({ fromSample: 0, toSample: 8_000, text: 'half a sen', isFinal: false }),
    );

    world.transport.last.end();

    expect(world.of('transcript').map(({ text, isFinal }) => [text, isFinal])).toEqual([
      ['half a sen', false],
      ['', false],
    ]);
    await end(world);
  });
});

describe('a link on which nobody speaks', () => {
  it('is lost any number of times over the days without being given up', async () => {
    const world = await new SessionWorld().connect();

    for (let day = 0; day < 8; day += 1) {
      await world.clock.advanceAsync(120_000);
      world.transport.last.end();
      await world.clock.advanceAsync(30_000);
    }

    expect(world.session.status).toBe('active');
    await end(world);
  });
});
