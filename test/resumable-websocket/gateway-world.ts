/** A resumable WebSocket and the gateways of one store, on a virtual clock and a network with faults. */
import { expect } from 'vitest';
import type { WebSocket } from 'ws';

import { closeAll, GatewaysStore, unpurged } from '../gateway/gateways-store.ts';
import type { Housed } from '../gateway/gateways-store.ts';
import type { App } from '../../src/gateway/app.ts';
import { createEchoApp } from '../../src/gateway/apps/echo.ts';
import type { Verify } from '../../src/gateway/auth/principal.ts';
import { Gateway } from '../../src/gateway/gateway.ts';
import { decodeRecord } from '../../src/gateway/records.ts';
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { listenTo, socketOf } from '../../src/gateway/ws-socket.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { decodeFrame } from '../../src/protocol/frames.ts';
import type { ResumableWebSocketOptions } from '../../src/resumable-websocket/options.ts';
import { ResumableWebSocket } from '../../src/resumable-websocket/websocket.node.ts';
import { SimulatedNetwork } from '../../src/simulators/network/simulated-network.ts';
import type { ListeningServer, ServerHandlers } from '../../src/simulators/server/handlers.ts';
import { VirtualClock } from '../../src/testing/virtual-clock.ts';
import { told } from './told.ts';
import type { Told } from './told.ts';

const TICK_MS = 50;

export interface WorldOptions {
  readonly seed?: number;
  readonly app?: App;
  /** Default: nobody is asked who they are. */
  readonly verify?: Verify;
  readonly socket?: ResumableWebSocketOptions;
}

export class GatewayWorld {
  readonly clock = new VirtualClock(1_000);
  readonly random;
  readonly network: SimulatedNetwork;
  readonly store = createMemoryStore();
  readonly server: ListeningServer;
  /** The newest gateway, at another address. */
  readonly elsewhere: ListeningServer;
  readonly #app: App;
  readonly #verify: Verify | null;
  readonly #options: ResumableWebSocketOptions;
  readonly #gateways: Housed[] = [];
  readonly #sockets: ResumableWebSocket[] = [];
  readonly #sessionIds = new Set<string>();

  constructor({ seed = 1, app = createEchoApp(), verify, socket = {} }: WorldOptions = {}) {
    this.random = seededRandom(seed);
    this.network = new SimulatedNetwork({ clock: this.clock, latencyMs: 25 });
    this.#app = app;
    this.#verify = verify ?? null;
    this.#options = socket;
    this.#start();
    const handlers: ServerHandlers = {
      onUpgrade: () => ({
        headers: { 'sec-websocket-protocol': 'tenuto.v1' },
        take: (socket: WebSocket) => {
          listenTo(socket, this.gateway.accept(socketOf(socket, null, '127.0.0.1')));
        },
      }),
      onRequest: () => undefined,
    };
    this.server = this.network.listen(handlers);
    this.elsewhere = this.network.listen(handlers);
  }

  get gateway(): Gateway {
    const { gateway: newest } = this.#gateways.at(-1) ?? {};
    if (newest === undefined) throw new Error('no gateway');
    return newest;
  }

  open(options: ResumableWebSocketOptions = {}): Told {
    const socket = new ResumableWebSocket(`${this.server.socketUrl}/v1/session`, [], {
      transport: this.network,
      clock: this.clock,
      random: this.random,
      token: 'ann',
      ...this.#options,
      ...options,
    });
    this.#sockets.push(socket);
    return told(socket);
  }

  async opened(options: ResumableWebSocketOptions = {}): Promise<Told> {
    const client = this.open(options);
    await this.pass(1_000);
    expect(client.socket.readyState).toBe(1);
    return client;
  }

  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += TICK_MS) {
      await this.clock.advanceAsync(Math.min(TICK_MS, ms - passed));
      for (const { id } of this.gateway.sessions) this.#sessionIds.add(id);
    }
  }

  /** kill -9 and a restart: what it had not written is gone, and nobody was told. */
  crash(): void {
    this.#gateways.at(-1)?.store.die();
    this.network.memory.reset();
    this.#start();
  }

  /** The store of the gateway that serves says nothing any more; the next dial meets another one. */
  stall(): void {
    this.#gateways.at(-1)?.store.die();
    this.#start();
  }

  /** The next dial meets another gateway; the one before goes on, and says so to its clients. */
  replaceGateway(): Gateway {
    const before = this.gateway;
    this.#start();
    return before;
  }

  /** What the client said, as the logs of its sessions hold it. */
  async logged(): Promise<readonly string[]> {
    const said: string[] = [];
    for (const sid of this.#sessionIds) {
      for await (const { bytes } of this.store.read(sid, 0)) {
        for (const logged of decodeRecord(bytes)?.frames ?? []) {
          const frame = decodeFrame(logged.bytes);
          if (!logged.isDown && frame.type === 'data') {
            said.push(new TextDecoder().decode(frame.payload));
          }
        }
      }
    }
    return said;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.close();
    await this.pass(11_000);
    await closeAll(this.#gateways, (ms) => this.pass(ms));
    this.network.memory.heal();
    await this.pass(65_000); // by then both ends know of every socket that is gone
    expect(this.clock.pending).toBe(0);
  }

  #start(): void {
    const store = new GatewaysStore(unpurged(this.store));
    this.#gateways.push({
      store,
      gateway: new Gateway({
        store,
        apps: new Map([['messages', this.#app]]),
        verify: this.#verify,
        clock: this.clock,
        wallClock: () => 1_800_000_000_000 + this.clock.nowMs(),
      }),
    });
  }
}
