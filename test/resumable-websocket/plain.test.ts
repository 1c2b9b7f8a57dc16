/** To a server that knows nothing of us: it reconnects, and says what may have been lost. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { PlainWorld } from './plain-world.ts';
import { numbered } from './told.ts';

let world: PlainWorld;

beforeEach(() => {
  world = new PlainWorld();
});

afterEach(() => world.close());

function heard(): readonly string[] {
  return world.heard.map(({ data }) => data);
}

describe('a resumable WebSocket to a plain server', () => {
  it('carries messages as they are, and tells their end', async () => {
    const client = await world.opened();

    client.socket.send('hello');
    await world.pass(100);
    world.connections[0]?.send('welcome');
    await world.pass(100);
    client.socket.close(3_001, 'enough');
    await world.pass(200);

    expect(heard()).toEqual(['hello']);
    expect(client.messages).toEqual(['welcome']);
    expect(client.types).toEqual(['open', 'close']);
    expect(client.closes).toEqual([
      { code: 3_001, reason: 'enough', wasClean: true, willReconnect: false },
    ]);
  });

  it('tells what may not have arrived when the connection breaks, and sends it no second time', async () => {
    const client = await world.opened();
    for (const text of numbered(3)) client.socket.send(text);
    await world.pass(2_000);

    world.network.memory.stall(10);
    for (const text of numbered(2, 3)) client.socket.send(text);
    world.network.memory.reset();
    await world.pass(3_000);

    expect(client.losses).toEqual([
      { reason: 'linkLost', messages: 2, bytes: 18, isCertain: false },
    ]);
    expect(heard()).toEqual(numbered(3));
    expect(client.types).toEqual(['open', 'loss', 'close', 'reconnecting', 'open', 'reconnected']);
    expect(client.closes).toEqual([
      { code: 1006, reason: '', wasClean: false, willReconnect: true },
    ]);
  });

  it('knows by an answered ping that everything before it has arrived', async () => {
    const client = await world.opened();
    for (const text of numbered(50)) client.socket.send(text);
    await world.pass(2_000);

    world.network.memory.reset();
    await world.pass(3_000);

    expect(client.losses).toEqual([
      { reason: 'linkLost', messages: 0, bytes: 0, isCertain: false },
    ]);
  });

  it('sends what was queued while it was down, in order and once', async () => {
    const client = await world.opened();
    world.network.memory.refuse(3_000);
    world.network.memory.reset();
    await world.pass(100);

    for (const text of numbered(20)) client.socket.send(text);
    const queued = client.socket.bufferedAmount;
    await world.pass(20_000);

    expect(queued).toBe(numbered(20).join('').length);
    expect(heard()).toEqual(numbered(20));
    expect(client.socket.bufferedAmount).toBe(0);
  });

  it('takes no more than fits, and says so', async () => {
    const client = await world.opened({ maxEnqueuedMessages: 2 });
    world.network.memory.refuse(3_000);
    world.network.memory.reset();
    await world.pass(100);

    const taken = numbered(4).map((text) => client.socket.send(text));
    await world.pass(20_000);

    expect(taken).toEqual([true, true, false, false]);
    expect(heard()).toEqual(numbered(2));
    expect(client.losses.filter(({ reason }) => reason === 'queueFull')).toEqual([
      { reason: 'queueFull', messages: 1, bytes: 9, isCertain: true },
      { reason: 'queueFull', messages: 1, bytes: 9, isCertain: true },
    ]);
    expect(client.errors).toContain('REQUEST_REFUSED');
  });

  it('notices a link that is up and dead, and says so', async () => {
    const client = await world.opened();
    const causes: string[] = [];
    client.socket.addEventListener('close', ({ cause }) => causes.push(cause));
    client.socket.addEventListener('reconnecting', ({ cause }) => causes.push(cause));

    world.network.memory.halfOpen();
    client.socket.send('into the void');
    await world.pass(20_000);

    expect(client.losses).toEqual([
      { reason: 'linkLost', messages: 1, bytes: 13, isCertain: false },
    ]);
    expect(client.socket.readyState).toBe(1);
    expect(world.connections).toHaveLength(2);
    const silence = expect.stringMatching(/^halfOpen nothing came for \d+ ms$/) as string;
    expect(causes).toEqual([silence, silence]);
  });

  it('bridges breaks without a word by close where it is to be transparent', async () => {
    const client = await world.opened({ transparent: true });

    world.network.memory.reset();
    await Promise.resolve();
    const state = client.socket.readyState;
    client.socket.send('after the cut');
    await world.pass(3_000);

    expect(state).toBe(1);
    expect(heard()).toEqual(['after the cut']);
    expect(client.types).toEqual(['open', 'loss', 'reconnecting', 'reconnected']);
  });

  it('reports at its end what was never sent', async () => {
    const client = await world.opened();
    world.network.memory.refuse(60_000);
    world.network.memory.reset();
    await world.pass(100);
    client.socket.send('too late');

    client.socket.close();
    await world.pass(100);

    expect(client.losses.at(-1)).toEqual({
      reason: 'closed',
      messages: 1,
      bytes: 8,
      isCertain: true,
    });
    expect(client.socket.bufferedAmount).toBe(8);
    expect(client.types.at(-1)).toBe('close');
    expect(client.socket.readyState).toBe(3);
  });
});

describe('a resumable WebSocket that does not know its server', () => {
  it('takes a server that chooses no subprotocol of ours for a plain one', async () => {
    const client = world.open({ mode: 'auto' }, ['chat']);
    await world.pass(500);

    client.socket.send('hello');
    await world.pass(100);

    expect(world.offered).toEqual(['chat, tenuto.v1']);
    expect(client.socket.protocol).toBe('chat');
    expect(heard()).toEqual(['hello']);
  });

  it('finds out that a server chooses whatever is offered, and dials it as what it is', async () => {
    const client = world.open({ mode: 'auto', maxEnqueuedMessages: 10 });
    client.socket.send('hello');
    await world.pass(6_000);

    expect(world.offered).toEqual(['tenuto.v1', undefined]);
    expect(client.types).toEqual(['open']);
    expect(world.heard.filter(({ connection }) => connection === 1)).toEqual([
      { connection: 1, data: 'hello' },
    ]);
  });
});
