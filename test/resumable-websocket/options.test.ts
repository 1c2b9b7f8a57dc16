/** Options by which `reconnecting-websocket` and `partysocket` are used: they do here what they do there. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { PlainWorld } from './plain-world.ts';
import type { ResumableWebSocketOptions } from '../../src/resumable-websocket/options.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';
import { TenutoError } from '../../src/ports/errors.ts';

let world: PlainWorld;

beforeEach(() => {
  world = new PlainWorld();
});

afterEach(() => world.close());

/** Between one dial and the next; all of them are refused. */
async function waitsWith(
  options: ResumableWebSocketOptions,
  ms: number,
): Promise<readonly number[]> {
  const dialledAtMs: number[] = [];
  world.network.memory.outcome = () => {
    dialledAtMs.push(world.clock.nowMs());
    return { code: 1006, reason: '', errorCode: 'ECONNREFUSED' };
  };
  world.open(options);
  await world.pass(ms);
  return dialledAtMs.slice(1).map((atMs, at) => atMs - (dialledAtMs[at] ?? 0) - 25);
}

describe('the options of reconnecting sockets', () => {
  it('left out, have a plain server dialled ever less often, and not pressed as who keeps the session', async () => {
    await world.opened();
    await world.pass(60_000);
    const before = world.network.memory.sockets.length;
    world.network.memory.outcome = () => ({ code: 1006, reason: '', errorCode: 'ECONNREFUSED' });

    world.network.memory.reset();
    await world.pass(15_000);

    const redials = world.network.memory.sockets.length - before;
    expect(redials).toBeGreaterThan(2);
    expect(redials).toBeLessThan(10); // every half second would be thirty
  });

  it('wait minReconnectionDelay, times reconnectionDelayGrowFactor, up to maxReconnectionDelay', async () => {
    const waits = await waitsWith(
      { minReconnectionDelay: 100, reconnectionDelayGrowFactor: 2, maxReconnectionDelay: 500 },
      3_000,
    );

    expect(waits.slice(0, 5)).toEqual([100, 200, 400, 500, 500]);
  });

  it('take the defaults of their companions where one of the three is given', async () => {
    const waits = await waitsWith({ maxReconnectionDelay: 1_500 }, 8_000);

    expect(waits.map(Math.round).slice(0, 4)).toEqual([1_000, 1_300, 1_500, 1_500]);
  });

  it('redial maxRetries times, count them in retryCount, and give up', async () => {
    world.network.memory.refuse();
    const client = world.open({ maxRetries: 3, minReconnectionDelay: 100 });

    await world.pass(10_000);

    expect(world.network.memory.sockets).toHaveLength(4);
    expect(client.socket.retryCount).toBe(0);
    expect(client.closes.map(({ willReconnect }) => willReconnect)).toEqual([
      true,
      true,
      true,
      false,
    ]);
    expect(client.errors).toHaveLength(4);
    expect(client.socket.readyState).toBe(3);
    expect(client.socket.shouldReconnect).toBe(false);
  });

  it('count the retries anew when a connection has stood for minUptime', async () => {
    const client = await world.opened({ minUptime: 1_000, minReconnectionDelay: 100 });
    world.network.memory.refuse(350);
    world.network.memory.reset();
    await world.pass(900);
    const before = client.socket.retryCount;

    await world.pass(1_000);

    expect(before).toBeGreaterThan(1);
    expect(client.socket.retryCount).toBe(0);
  });

  it('give a dial connectionTimeout', async () => {
    world.network.memory.outcome = () => 'hangs';
    const client = world.open({ connectionTimeout: 700, maxRetries: 0 });

    await world.pass(650);
    const before = client.socket.readyState;
    await world.pass(100);

    expect([before, client.socket.readyState]).toEqual([0, 3]);
  });

  it('queue before the first open where maxEnqueuedMessages is given', async () => {
    const client = world.open({ maxEnqueuedMessages: 1 });

    const taken = [client.socket.send('first'), client.socket.send('second')];
    await world.pass(200);

    expect(taken).toEqual([true, false]);
    expect(world.heard.map(({ data }) => data)).toEqual(['first']);
  });

  it('dial nothing with startClosed, until reconnect()', async () => {
    const client = world.open({ startClosed: true, maxEnqueuedMessages: 5 });
    await world.pass(1_000);
    const before = { state: client.socket.readyState, dials: world.connections.length };
    client.socket.send('queued');

    client.socket.reconnect();
    await world.pass(500);

    expect(before).toEqual({ state: 3, dials: 0 });
    expect(client.socket.readyState).toBe(1);
    expect(world.heard.map(({ data }) => data)).toEqual(['queued']);
  });

  it('ask functions for the address and the subprotocols before each dial', async () => {
    let dials = 0;
    const client = world.open(
      { minReconnectionDelay: 10 },
      () => Promise.resolve([`round-${dials}`]),
      () => {
        dials += 1;
        return Promise.resolve(`${world.server.socketUrl}/?dial=${dials}`);
      },
    );
    await world.pass(500);
    world.network.memory.reset();
    await world.pass(500);

    expect(world.offered).toEqual(['round-1', 'round-2']);
    expect(client.socket.url).toBe(`${world.server.socketUrl}/?dial=2`);
    expect(client.socket.protocol).toBe('round-2');
  });

  it('reconnect() closes, tells so, and dials at once; close() ends it', async () => {
    const client = await world.opened();

    client.socket.reconnect(3_000, 'again');
    await world.pass(500);
    client.socket.close();
    await world.pass(500);

    expect(client.types).toEqual(['open', 'loss', 'close', 'open', 'reconnected', 'close']);
    expect(client.closes[0]).toEqual({
      code: 3_000,
      reason: 'again',
      wasClean: true,
      willReconnect: true,
    });
    expect(world.connections).toHaveLength(2);
  });

  it('ask shouldReconnect about a connection that ended', async () => {
    const client = await world.opened({ shouldReconnect: ({ code }) => code !== 1_000 });

    world.connections[0]?.close(4_000, 'once');
    await world.pass(1_000);
    world.connections[1]?.close(1_000, 'done');
    await world.pass(5_000);

    expect(world.connections).toHaveLength(2);
    expect(client.closes).toEqual([
      { code: 4_000, reason: 'once', wasClean: true, willReconnect: true },
      { code: 1_000, reason: 'done', wasClean: true, willReconnect: false },
    ]);
  });

  it('tell debugLogger what happens, and nothing of what is sent', async () => {
    const said: unknown[] = [];
    const client = await world.opened({ debug: true, debugLogger: (...line) => said.push(line) });

    client.socket.send('a secret');
    world.network.memory.reset();
    await world.pass(1_000);

    expect(JSON.stringify(said)).toContain('reconnecting');
    expect(JSON.stringify(said)).not.toContain('a secret');
  });

  it('are checked at the door', () => {
    const given: ResumableWebSocketOptions[] = [
      { maxRetries: -1 },
      { reconnectionDelayGrowFactor: 0.5 },
      { connectionTimeout: Infinity },
      { mode: 'loud' as never },
      { maxRetrys: 3 } as never,
      { WebSocket: {} as never },
    ];

    for (const options of given) {
      expect(() => new ResumableWebSocket('ws://127.0.0.1:1', [], options)).toThrow(TenutoError);
    }
    expect(() => new ResumableWebSocket('ws://elsewhere.example', [], { token: 't' })).toThrow(
      TenutoError,
    );
  });
});
