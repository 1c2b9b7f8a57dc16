/** A resumable WebSocket and a plain server, on a virtual clock and a network with faults. */
import { expect } from 'vitest';
import type { WebSocket } from 'ws';

import { told } from './told.ts';
import type { Told } from './told.ts';
import { seededRandom } from '../../src/ports/random.ts';
import type { ResumableWebSocketOptions } from '../../src/resumable-websocket/options.ts';
import type {
  ProtocolsProvider,
  UrlProvider,
} from '../../src/resumable-websocket/resumable-socket.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';
import { SimulatedNetwork } from '../../src/simulators/network/simulated-network.ts';
import type { ListeningServer } from '../../src/simulators/server/handlers.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';

const TICK_MS = 50;

export class PlainWorld {
  readonly clock = new VirtualClock(1_000);
  readonly network = new SimulatedNetwork({ clock: this.clock, latencyMs: 25 });
  readonly server: ListeningServer;
  /** What the server heard, and on which connection. */
  readonly heard: { readonly connection: number; readonly data: string }[] = [];
  readonly connections: WebSocket[] = [];
  readonly offered: (string | undefined)[] = [];
  readonly dialledAtMs: number[] = [];
  #sockets: ResumableWebSocket[] = [];

  constructor() {
    this.server = this.network.listen({
      onUpgrade: ({ headers }) => {
        this.offered.push(headers['sec-websocket-protocol']);
        this.dialledAtMs.push(this.clock.nowMs());
        return (socket: WebSocket) => {
          const connection = this.connections.push(socket) - 1;
          socket.on('message', (data: Buffer) => {
            this.heard.push({ connection, data: data.toString() });
          });
        };
      },
      onRequest: () => undefined,
    });
  }

  open(
    options: ResumableWebSocketOptions = {},
    protocols: ProtocolsProvider = [],
    url: UrlProvider = this.server.socketUrl,
  ): Told {
    const socket = new ResumableWebSocket(url, protocols, {
      transport: this.network,
      clock: this.clock,
      random: seededRandom(1),
      mode: 'plain',
      ...options,
    });
    this.#sockets.push(socket);
    return told(socket);
  }

  async opened(options: ResumableWebSocketOptions = {}): Promise<Told> {
    const client = this.open(options);
    await this.pass(500);
    expect(client.socket.readyState).toBe(1);
    return client;
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += TICK_MS) await this.clock.advanceAsync(TICK_MS);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    this.network.memory.heal();
    await this.pass(95_000);
    expect(this.clock.pending).toBe(0);
  }
}
