/** A gateway on real sockets, and what comes to it that is no good client. */
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';

import { NotingApp, helloFacts } from '../gateway-world.ts';
import { startGateway } from '../../../src/gateway/server.ts';
import type { GatewayServer, GatewayServerOptions } from '../../../src/gateway/server.ts';
import { createMemoryStore } from '../../../src/gateway/stores/memory-store.ts';
import { decodeFrame, encodeFrame } from '../../../src/protocol/frames.ts';
import type { HelloFrame, ProtocolFrame } from '../../../src/protocol/types.ts';

export class Served {
  app = new NotingApp();
  readonly #closers: (() => unknown)[] = [];
  #server: GatewayServer | null = null;

  get server(): GatewayServer {
    if (this.#server === null) throw new Error('not started');
    return this.#server;
  }

  async start(options: Partial<GatewayServerOptions> = {}): Promise<GatewayServer> {
    this.app = new NotingApp();
    this.#server = await startGateway({
      store: createMemoryStore(),
      apps: new Map([['speech', this.app]]),
      verify: async (bearer) => ({ subject: bearer }),
      ...options,
    });
    return this.#server;
  }

  async close(): Promise<void> {
    for (const close of this.#closers.splice(0)) close();
    await this.#server?.close();
    this.#server = null;
  }

  /** The HTTP status of the answer to an upgrade: 101 where it was taken. */
  async upgrade(path: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const all = {
      Host: 'localhost',
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      'Sec-WebSocket-Protocol': 'tenuto.v1',
      ...headers,
    };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
    const socket = this.raw();
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    const head = await firstOf(socket);
    socket.destroy();
    return Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]);
  }

  raw(): Socket {
    const socket = connect(this.server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    this.#closers.push(() => socket.destroy());
    return socket;
  }

  async socket(options: ClientOptions = {}): Promise<Peer> {
    const socket = new WebSocket(this.server.url, ['tenuto.v1'], options);
    this.#closers.push(() => socket.terminate());
    const peer = new Peer(socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    return peer;
  }
}

export class Peer {
  readonly socket: WebSocket;
  readonly frames: ProtocolFrame[] = [];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  #woken: (() => void)[] = [];

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const frame = decodeFrame(data);
      if (frame.type !== 'malformed' && frame.type !== 'unknown') this.frames.push(frame);
      for (const wake of this.#woken.splice(0)) wake();
    });
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
  }

  send(frame: ProtocolFrame): void {
    this.socket.send(encodeFrame(frame));
  }

  async hello(facts: Partial<HelloFrame> = {}): Promise<ProtocolFrame> {
    this.send({ type: 'hello', ...helloFacts(), ...facts });
    while (this.frames.length === 0) await new Promise<void>((wake) => this.#woken.push(wake));
    return this.frames[0]!;
  }
}

export function firstOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (bytes) => resolve(bytes.toString('latin1')));
    socket.once('close', () => resolve(''));
  });
}

/** A client's frame of WebSocket (RFC 6455, section 5.2), its mask all zeros. */
export function wsFrame(opcode: number, payload: Uint8Array, flags = 0x80): Buffer {
  const { length } = payload;
  const size =
    length < 126
      ? [0x80 | length]
      : length < 65_536
        ? [0x80 | 126, length >>> 8, length & 255]
        : [
            0x80 | 127,
            0,
            0,
            0,
            0,
            (length >>> 24) & 255,
            (length >>> 16) & 255,
            (length >>> 8) & 255,
            length & 255,
          ];
  return Buffer.concat([Buffer.from([flags | opcode, ...size, 0, 0, 0, 0]), payload]);
}
