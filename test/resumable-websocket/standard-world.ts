/** A plain server that echoes, over real sockets, and sockets that do not reconnect: as the platform's own are. */
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';
import type { ResumableWebSocketOptions } from '../../src/resumable-websocket/options.ts';

let server: WebSocketServer;
export let url: string;
export const sockets: ResumableWebSocket[] = [];

/** To be called once in a file of tests. */
export function serveEach(): void {
  beforeEach(async () => {
    server = new WebSocketServer({
      port: 0,
      host: '127.0.0.1',
      handleProtocols: (offered) => (offered.has('echo') ? 'echo' : false),
    });
    await new Promise((resolve) => server.once('listening', resolve));
    url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket: WebSocket) => {
      socket.on('message', (data: Buffer, isBinary) => {
        if (data.toString() === 'goodbye') socket.close(3_456, 'as you wish');
        else socket.send(data, { binary: isBinary });
      });
    });
  });

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.close();
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  });
}

/** As the platform's own is: it does not reconnect. */
export function created(
  address = url,
  protocols: string | string[] = [],
  options: ResumableWebSocketOptions = {},
): ResumableWebSocket {
  const socket = new ResumableWebSocket(address, protocols, {
    mode: 'plain',
    maxRetries: 0,
    ...options,
  });
  sockets.push(socket);
  return socket;
}

export function next(socket: ResumableWebSocket, type: 'open' | 'error'): Promise<Event>;
export function next(socket: ResumableWebSocket, type: 'message'): Promise<MessageEvent>;
export function next(
  socket: ResumableWebSocket,
  type: 'close',
): Promise<{ code: number; reason: string; wasClean: boolean }>;
export function next(socket: ResumableWebSocket, type: string): Promise<never> {
  return new Promise((resolve) => {
    socket.addEventListener(type, (event) => resolve(event as never), { once: true });
  });
}

export async function opened(protocols: string | string[] = []): Promise<ResumableWebSocket> {
  const socket = created(url, protocols);
  await next(socket, 'open');
  return socket;
}

export function nameOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof DOMException) return error.name;
    throw error;
  }
  return 'nothing was thrown';
}
