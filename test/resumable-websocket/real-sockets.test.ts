/** Over real sockets, with a proxy that breaks them, and a gateway that dies and comes back to its files. */
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

import { numbered, told } from './told.ts';
import type { Told } from './told.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import { startGateway } from '../../src/gateway/server.ts';
import type { GatewayServer } from '../../src/gateway/server.ts';
import { openFileStore } from '../../src/gateway/stores/file-store.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';
import type { ResumableWebSocketOptions } from '../../src/resumable-websocket/options.ts';
import { startFaultProxy } from '../../src/simulators/faults/proxy.ts';

const closers: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function served(store: LogStore, port = 0): Promise<GatewayServer> {
  const server = await startGateway({
    store,
    port,
    apps: new Map([['messages', createEchoApp()]]),
  });
  closers.push(() => server.close());
  return server;
}

async function opened(url: string, options: ResumableWebSocketOptions = {}): Promise<Told> {
  const socket = new ResumableWebSocket(url, [], {
    minReconnectionDelay: 20,
    maxReconnectionDelay: 100,
    ...options,
  });
  closers.push(async () => {
    if (socket.readyState === 3) return;
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    socket.close();
    await closed;
  });
  const client = told(socket);
  await new Promise((resolve) => socket.addEventListener('open', resolve, { once: true }));
  return client;
}

/** Resolves when so many messages have come back. */
function echoed({ socket, messages }: Told, count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (messages.length >= count) resolve();
    };
    socket.addEventListener('message', look);
    look();
  });
}

async function inFolder(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tenuto-messages-'));
  closers.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe('a resumable WebSocket over real sockets', () => {
  it('finds the gateway by its subprotocol, and closes with everything on both sides', async () => {
    const { url } = await served(createMemoryStore());
    const client = await opened(url);

    for (const text of numbered(200)) client.socket.send(text);
    const closed = new Promise((resolve) => client.socket.addEventListener('close', resolve));
    await echoed(client, 200);
    client.socket.close(3_000, 'enough');
    await closed;

    expect(client.socket.protocol).toBe('tenuto.v1');
    expect(client.messages).toEqual(numbered(200));
    expect(client.closes).toEqual([
      { code: 3_000, reason: 'enough', wasClean: true, willReconnect: false },
    ]);
    expect(client.socket.bufferedAmount).toBe(0);
  });

  it('carries 200 messages both ways through resets, cuts in frames, stalls and half-open links', async () => {
    const { port } = await served(createMemoryStore());
    const proxy = await startFaultProxy({
      targetPort: port,
      plan: {
        seed: null,
        faults: [
          { kind: 'reset', atMs: 150 },
          { kind: 'midframe', atMs: 500 },
          { kind: 'stall', atMs: 900, durationMs: 300 },
          { kind: 'half-open', atMs: 1_400, durationMs: 200 },
        ],
      },
    });
    closers.push(() => proxy.close());
    const client = await opened(`${proxy.url}/v1/session`);

    for (const text of numbered(200)) {
      client.socket.send(text);
      await new Promise((resolve) => setTimeout(resolve, 8));
    }
    await echoed(client, 200);

    expect(proxy.faults().length).toBeGreaterThan(1);
    expect(client.messages).toEqual(numbered(200));
    expect(client.losses).toEqual([]);
    expect(client.types.filter((type) => type === 'open' || type === 'close')).toEqual(['open']);
  }, 30_000);

  it('goes on where the log in files ends, when the gateway dies and another one comes', async () => {
    const directory = await inFolder();
    let store = await openFileStore({ directory });
    let server = await served(store);
    const { port, url } = server;
    const client = await opened(url);

    for (let restart = 0; restart < 4; restart += 1) {
      for (const text of numbered(50, restart * 50)) client.socket.send(text);
      await server.close();
      await store.close();
      store = await openFileStore({ directory });
      server = await served(store, port);
    }
    await echoed(client, 200);
    const last = store;
    closers.splice(1, 0, () => last.close()); // after its servers, and before its folder goes

    expect(client.messages).toEqual(numbered(200));
    expect(client.losses).toEqual([]);
  }, 30_000);

  it('goes on in a new session where the gateway has forgotten the one before', async () => {
    const server = await served(createMemoryStore());
    const client = await opened(server.url);
    client.socket.send('message 0');
    await echoed(client, 1);

    const down = new Promise((resolve) => client.socket.addEventListener('reconnecting', resolve));
    await server.close();
    await down;
    client.socket.send('message 1'); // on no socket yet: it cannot have arrived anywhere
    await served(createMemoryStore(), server.port);
    await echoed(client, 2);

    expect(client.messages).toEqual(numbered(2));
    expect(client.types.filter((type) => type === 'open' || type === 'close')).toEqual(['open']);
  });
});

describe('a server that answers the upgrade by an HTTP status', () => {
  /** @returns its address. */
  async function answering(head: string): Promise<string> {
    const server = createServer();
    server.on('upgrade', (_request, stream) => stream.end(`HTTP/1.1 ${head}\r\n\r\n`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  it.each(['auto', 'plain'] as const)(
    'is told by that, each time, where the standard has no more than 1006: %s',
    async (mode) => {
      const url = await answering('404 Not Found');
      const delays = { minReconnectionDelay: 20, maxRetries: 1 };
      const socket = new ResumableWebSocket(url, [], { mode, ...delays });
      const client = told(socket);
      const causes: string[] = [];
      socket.addEventListener('close', ({ cause }) => causes.push(cause));
      socket.addEventListener('reconnecting', ({ cause }) => causes.push(cause));

      await new Promise<void>((resolve) => {
        socket.addEventListener('close', ({ willReconnect }) => willReconnect || resolve());
      });

      expect(causes).toEqual(Array(3).fill('http 404 Not Found'));
      expect(client.words[0]).toBe('The connection could not be opened: http 404 Not Found.');
      expect(client.closes).toMatchObject([
        { code: 1_006, reason: '', wasClean: false, willReconnect: true },
        { code: 1_006, reason: '', wasClean: false, willReconnect: false },
      ]);
    },
  );

  it('is not dialled again where the application finds that in the cause', async () => {
    const url = await answering('404 Not Found');
    const shouldReconnect = ({ cause }: { cause: string }) => !cause.startsWith('http 404');
    const socket = new ResumableWebSocket(url, [], { mode: 'plain', shouldReconnect });
    const client = told(socket);

    await new Promise((resolve) => socket.addEventListener('close', resolve));

    expect(client.types).toEqual(['error', 'close']);
  });
});
