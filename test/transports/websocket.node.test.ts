import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import type { Frame, SocketEnd } from '../../src/ports/socket.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

let server: WebSocketServer;
let verdict: { status: number; headers?: Record<string, string> } | null;
let peers: { socket: WebSocket; request: IncomingMessage }[];

beforeEach(async () => {
  verdict = null;
  peers = [];
  server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    verifyClient: (_info, done) => {
      if (verdict === null) done(true);
      else done(false, verdict.status, 'No', verdict.headers);
    },
  });
  server.on('connection', (socket, request) => peers.push({ socket, request }));
  await new Promise((resolve) => server.once('listening', resolve));
});

afterEach(async () => {
  for (const { socket } of peers) socket.terminate();
  await new Promise((resolve) => server.close(resolve));
});

interface Seen {
  readonly frames: Frame[];
  readonly ended: Promise<SocketEnd>;
  readonly opened: Promise<void>;
  readonly ponged: Promise<void>;
}

function dial(
  options: { url?: string; headers?: Record<string, string>; timeoutMs?: number } = {},
) {
  const { port } = server.address() as AddressInfo;
  const frames: Frame[] = [];
  let tell!: { opened: () => void; ponged: () => void; ended: (end: SocketEnd) => void };
  const opened = new Promise<void>((resolve) => (tell = { ...tell, opened: resolve }));
  const ponged = new Promise<void>((resolve) => (tell = { ...tell, ponged: resolve }));
  const ended = new Promise<SocketEnd>((resolve) => (tell = { ...tell, ended: resolve }));
  const seen: Seen = { frames, opened, ponged, ended };
  const socket = nodeWebSocketTransport.dial(
    {
      url: options.url ?? `ws://127.0.0.1:${port}/`,
      timeoutMs: options.timeoutMs ?? 5_000,
      ...(options.headers === undefined ? {} : { headers: options.headers }),
    },
    {
      onOpen: () => {
        tell.opened();
      },
      onFrame: (frame) => frames.push(typeof frame === 'string' ? frame : Uint8Array.from(frame)),
      onPong: () => {
        tell.ponged();
      },
      onDrain: () => undefined,
      onEnd: (end) => {
        tell.ended(end);
      },
    },
  );

  return { socket, seen };
}

describe('the WebSocket transport on Node', () => {
  it('carries text as text and bytes as bytes, both ways, with the headers that were asked for', async () => {
    const { socket, seen } = dial({ headers: { authorization: 'Token k' } });
    await seen.opened;
    const received: unknown[] = [];
    const both = new Promise<void>((resolve) => {
      peers[0]?.socket.on('message', (data, isBinary) => {
        received.push(isBinary ? [...(data as Buffer)] : (data as Buffer).toString());
        if (received.length === 2) resolve();
      });
    });

    socket.send(Uint8Array.of(1, 2, 3));
    socket.send('hello');
    peers[0]?.socket.send('text');
    peers[0]?.socket.send(Uint8Array.of(9));
    await both;
    peers[0]?.socket.close(1000, 'done');
    const end = await seen.ended;

    expect(received).toEqual([[1, 2, 3], 'hello']);
    expect(seen.frames).toEqual(['text', Uint8Array.of(9)]);
    expect(end).toEqual({ kind: 'closed', code: 1000, reason: 'done' });
    expect(peers[0]?.request.headers.authorization).toBe('Token k');
  });

  it('lets the caller reuse its bytes as soon as send returns', async () => {
    const { socket, seen } = dial();
    await seen.opened;
    const bytes = new Uint8Array(50_000).fill(7);
    const message = new Promise<Buffer>((resolve) => {
      peers[0]?.socket.once('message', (data) => {
        resolve(data as Buffer);
      });
    });

    socket.send(bytes);
    bytes.fill(0);

    expect((await message).every((byte) => byte === 7)).toBe(true);
    socket.terminate();
  });

  it('tells the status, headers and body of a refused upgrade', async () => {
    verdict = { status: 429, headers: { 'Retry-After': '3' } };

    const end = await dial().seen.ended;

    expect(end).toMatchObject({ kind: 'refused', code: 1006, status: 429, body: 'No' });
    expect(end.headers?.['retry-after']).toBe('3');
  });

  it('tells why a dial came to nothing', async () => {
    const end = await dial({ url: 'ws://127.0.0.1:9/' }).seen.ended;

    expect(end).toMatchObject({ kind: 'refused', errorCode: 'ECONNREFUSED' });
  });

  it('gives a dial up after its time', async () => {
    const mute = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => mute.once('listening', resolve));
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

    const { port } = mute.address() as AddressInfo;
    const { seen } = dial({ url: `ws://127.0.0.1:${port}/`, timeoutMs: 1_000 });
    vi.advanceTimersByTime(1_000);
    const end = await seen.ended;

    expect(end).toMatchObject({ kind: 'refused', code: 1006, errorCode: 'ETIMEDOUT' });
    vi.useRealTimers();
    await new Promise((resolve) => mute.close(resolve));
  });

  it('keeps no timer once it is open, or was let go', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });

    const { socket, seen } = dial();
    await seen.opened;
    const timersOfOpen = vi.getTimerCount();
    dial().socket.terminate();
    const timersOfLetGo = vi.getTimerCount();

    expect([timersOfOpen, timersOfLetGo]).toEqual([0, 0]);
    vi.useRealTimers();
    socket.terminate();
  });

  it('hears what the server says at once', async () => {
    server.once('connection', (peer) => {
      peer.send('first');
      peer.close(1000);
    });

    const { seen } = dial();
    await seen.ended;

    expect(seen.frames).toEqual(['first']);
  });

  it('tells of a reset as 1006', async () => {
    const { seen } = dial();
    await seen.opened;

    peers[0]?.request.socket.resetAndDestroy();

    expect(await seen.ended).toMatchObject({ kind: 'closed', code: 1006 });
  });

  it('pings, and tells of the answer', async () => {
    const { socket, seen } = dial();
    await seen.opened;

    expect(socket.ping()).toBe(true);
    await seen.ponged;

    socket.terminate();
  });

  it('says nothing more once it is let go', async () => {
    const { socket, seen } = dial();
    await seen.opened;
    const closed = new Promise((resolve) => peers[0]?.socket.once('close', resolve));

    socket.terminate();
    await closed;
    const outcome = await Promise.race([seen.ended, Promise.resolve('silent')]);

    expect(outcome).toBe('silent');
  });
});
