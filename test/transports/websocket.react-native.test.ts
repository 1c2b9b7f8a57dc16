/** The transport of phones, over a real server by a class with the arguments of React Native's, and by its own `fetch`. */
import type { AddressInfo } from 'node:net';
import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import WebSocket, { WebSocketServer } from 'ws';

import type { HttpEnd } from '../../src/ports/http.ts';
import type { SocketEnd } from '../../src/ports/socket.ts';
import { reactNativeWebSocketTransport } from '../../src/transports/websocket.react-native.ts';

/** As React Native's: headers are its one option, and `bufferedAmount` is never set. */
const PhonesWebSocket = new Proxy(WebSocket, {
  construct: (Own, given: ConstructorParameters<typeof WebSocket>) =>
    new Proxy(new Own(...given), {
      get: (socket, name) => {
        const value: unknown = name === 'bufferedAmount' ? undefined : Reflect.get(socket, name);
        return typeof value === 'function' ? (value.bind(socket) as unknown) : value;
      },
      set: (socket, name, value) => Reflect.set(socket, name, value),
    }),
});

const servers: WebSocketServer[] = [];
afterEach(async () => {
  vi.unstubAllGlobals();
  await Promise.all(
    servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))),
  );
});

async function serve(): Promise<{ url: string; requests: IncomingMessage[] }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const requests: IncomingMessage[] = [];
  server.on('connection', (socket, request) => {
    requests.push(request);
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  return { url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`, requests };
}

describe('a socket of a phone', () => {
  it('brings its headers and subprotocols along, and carries bytes and text', async () => {
    vi.stubGlobal('WebSocket', PhonesWebSocket);
    const { url, requests } = await serve();
    const frames: unknown[] = [];

    const end = await new Promise<SocketEnd>((onEnd) => {
      const socket = reactNativeWebSocketTransport.dial(
        { url, headers: { authorization: 'Token k' }, protocols: ['a'], timeoutMs: 5_000 },
        {
          onOpen: () => {
            expect(socket.bufferedBytes).toBe(0);
            expect(socket.protocol).toBe('a');
            socket.send(new Uint8Array([1, 2, 3]));
            socket.send('text');
          },
          onFrame: (frame) => {
            frames.push(frame);
            if (frames.length === 2) socket.close(1_000, 'done');
          },
          onPong: () => undefined,
          onDrain: () => undefined,
          onEnd,
        },
      );
    });

    expect(requests[0]!.headers).toMatchObject({
      authorization: 'Token k',
      'sec-websocket-protocol': 'a',
    });
    expect(frames).toEqual([new Uint8Array([1, 2, 3]), 'text']);
    expect(end).toMatchObject({ kind: 'closed', code: 1_000 });
  });

  it('needs no options where there are no headers', async () => {
    const given: unknown[][] = [];
    vi.stubGlobal(
      'WebSocket',
      class {
        constructor(...args: unknown[]) {
          given.push(args);
        }
        close(): void {}
      },
    );
    const socket = reactNativeWebSocketTransport.dial(
      { url: 'ws://x/', timeoutMs: 1_000 },
      {
        onOpen: () => undefined,
        onFrame: () => undefined,
        onPong: () => undefined,
        onDrain: () => undefined,
        onEnd: () => undefined,
      },
    );

    socket.terminate();

    expect(given).toEqual([['ws://x/', []]]);
  });
});

describe('a request of a phone', () => {
  it('gives its body when it is whole, where there are no streams', async () => {
    vi.stubGlobal('fetch', async () => ({
      status: 200,
      headers: new Headers({ 'content-type': 'text/plain' }),
      arrayBuffer: async () => new TextEncoder().encode('whole').buffer,
    }));
    const told: unknown[] = [];

    const end = await new Promise<HttpEnd>((onEnd) => {
      reactNativeWebSocketTransport.http.send(
        { method: 'GET', url: 'https://x/', headers: {}, timeoutMs: 1_000 },
        {
          onHead: (status) => told.push(status),
          onData: (bytes) => told.push(new TextDecoder().decode(bytes)),
          onEnd,
        },
      );
    });

    expect(told).toEqual([200, 'whole']);
    expect(end).toEqual({ kind: 'complete', reason: '' });
  });
});
