/** Sessions in which everything was said: by the client, or by the app. What is told is told, whoever vanishes when. */
import { afterEach, describe, expect, it } from 'vitest';

import { audioFrame, GatewayWorld, settled, resumption } from './gateway-world.ts';
import type { RawClient } from './gateway-world.ts';
import type { App } from '../../src/gateway/app.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import type { DataFrame, WelcomeFrame } from '../../src/protocol/types.ts';

let world: GatewayWorld;

afterEach(async () => {
  await world.gateway.close();
  expect(world.clock.pending).toBe(0);
});

/** A client that has said FIN, was answered, and has vanished before it acknowledged the last words. */
async function vanished(): Promise<WelcomeFrame> {
  world.app.onFinish = () => {
    world.app.session?.send({ type: 'last words' });
    return Promise.resolve();
  };
  const { client, welcome } = await world.begun();
  client.audio(welcome.epoch);
  client.send({ type: 'fin', lastSeq: 1 });
  await settled();
  expect(toldTo(client)).toEqual(['welcome', 'data', 'finAck']);
  client.lose();
  return welcome;
}

function toldTo(client: RawClient): readonly string[] {
  return client.frames.map(({ type }) => type).filter((type) => type !== 'ack');
}

describe('a session whose FIN was answered, and whose client has vanished', () => {
  it('P17.5 holds neither its app nor a place of its principal', async () => {
    world = new GatewayWorld(undefined, undefined, { limits: { sessionsPerPrincipal: 1 } });
    await vanished();

    const isClosed = world.app.isClosed;
    const next = await world.client().hello();

    expect(isClosed).toBe(true);
    expect(next).toMatchObject({ type: 'welcome', resumed: false });
  });

  it('P17.5 tells its last words again, and FIN_ACK once FIN has come again', async () => {
    world = new GatewayWorld();
    const welcome = await vanished();

    const again = world.client();
    await again.hello(resumption(welcome));
    const beforeFin = toldTo(again);
    again.send({ type: 'fin', lastSeq: 1 });
    await settled();
    const beforeAck = { told: toldTo(again), closed: again.closed };
    again.send(ackOf(2, 1));
    await settled();

    expect(beforeFin).toEqual(['welcome', 'data']);
    expect(beforeAck).toEqual({ told: ['welcome', 'data', 'finAck'], closed: null });
    expect(again.of('finAck')).toMatchObject([{ up: 1, lastSeq: 1 }]);
    expect(again.closed).toMatchObject({ code: 1000 });
    expect(world.app.starts).toHaveLength(1);
  });

  it('P17.5 has ended as finished when nobody comes back within the grace', async () => {
    world = new GatewayWorld();
    const welcome = await vanished();

    await world.clock.advanceAsync(119_000);
    const before = Array.from(world.gateway.sessions).length;
    await world.clock.advanceAsync(2_000);
    const late = await world.client().hello(resumption(welcome));

    expect(before).toBe(1);
    expect(Array.from(world.gateway.sessions)).toEqual([]);
    expect(world.gateway.counters.endings).toMatchObject({ finished: 1, expired: 0 });
    expect(late).toMatchObject({ type: 'refused', code: 4411, up: 1, lastSeq: 1 }); // P17.7
  });
});

describe('an app that ends its session', () => {
  it('P17.5 has all that it said before sent, then FIN_ACK, and 1000 once the client has it', async () => {
    world = new GatewayWorld();
    const { client, epoch } = await world.begun();

    client.audio(epoch);
    world.app.session?.send({ type: 'last words' });
    world.app.session?.end();
    world.app.session?.send({ type: 'after the end' });
    await settled();
    const before = { closed: client.closed, told: client.frames.map(({ type }) => type) };
    client.send(ackOf(epoch, 1));
    await settled();

    expect(before.closed).toBeNull();
    expect(before.told).toEqual(['welcome', 'data', 'ack', 'finAck']);
    expect(client.of('data')).toHaveLength(1);
    expect(client.of('finAck')).toMatchObject([{ up: 1, lastSeq: 1 }]);
    expect(client.closed).toMatchObject({ code: 1000 });
    expect(Array.from(world.gateway.sessions)).toEqual([]);
  });

  it('P17.6 in the turn of its last message has that message sent first, with its answers before it', async () => {
    const echo = createEchoApp();
    const app: App = {
      open: (session, start) => {
        const handlers = echo.open(session, start);
        return {
          ...handlers,
          message: (seq, data) => {
            handlers.message?.(seq, data);
            if (data === 'bye') session.end();
          },
        };
      },
    };
    world = new GatewayWorld(undefined, undefined, { apps: new Map([['echo', app]]) });
    const { client, epoch } = await world.begun({ app: 'echo' });

    ['one', 'two', 'bye'].forEach((word, at) => client.send(messageFrame(epoch, at + 1, word)));
    await settled();
    const told = client.frames.map(({ type }) => type).filter((type) => type !== 'ack');
    client.send(ackOf(epoch, 3));
    await settled();

    expect(told).toEqual(['welcome', 'data', 'data', 'data', 'finAck']);
    expect(client.of('data').map(({ payload }) => new TextDecoder().decode(payload))).toEqual([
      'one',
      'two',
      'bye',
    ]);
    expect(client.of('finAck')).toMatchObject([{ up: 3, lastSeq: 3 }]);
    expect(client.closed).toMatchObject({ code: 1000 });
  });

  it('P17.5 while its client is away tells it when it is back', async () => {
    world = new GatewayWorld();
    const { client, welcome } = await world.begun();
    client.lose();

    world.app.session?.send({ type: 'last words' });
    world.app.session?.end();
    await settled();
    const again = world.client();
    await again.hello(resumption(welcome));
    again.send(ackOf(2, 1));
    await settled();

    expect(again.frames.map(({ type }) => type).slice(-2)).toEqual(['data', 'finAck']);
    expect(again.closed).toMatchObject({ code: 1000 });
  });
});

function ackOf(epoch: number, committed: number) {
  return { type: 'ack', epoch, committed, maxSeq: 0, ackDelayMs: 0, ranges: [] } as const;
}

function messageFrame(epoch: number, seq: number, text: string): DataFrame {
  const payload = new TextEncoder().encode(text);
  return { ...audioFrame(epoch, seq), channel: 0, position: 0, codec: 'text', payload };
}
