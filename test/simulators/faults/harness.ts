/** A WebSocket server, clients and a clock that stands still, around one fault proxy. */
import type { AddressInfo, Socket } from 'node:net';

import { vi } from 'vitest';
import { WebSocket, WebSocketServer, type RawData } from 'ws';

import type { Clock } from '../../../src/ports/clock.ts';
import { parseFaultPlan } from '../../../src/simulators/faults/plan.ts';
import {
  startFaultProxy,
  type FaultProxy,
  type FaultProxyOptions,
} from '../../../src/simulators/faults/proxy.ts';

class ManualClock implements Clock {
  #nowMs = 1_000;
  #timers: { atMs: number; callback: () => void }[] = [];

  nowMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return timer;
  }

  clearTimeout(handle: unknown): void {
    this.#timers = this.#timers.filter((timer) => timer !== handle);
  }

  get pendingTimers(): number {
    return this.#timers.length;
  }

  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs;
    for (;;) {
      const [next] = this.#timers
        .filter((timer) => timer.atMs <= untilMs)
        .sort((one, other) => one.atMs - other.atMs);
      if (next === undefined) break;
      this.clearTimeout(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
    this.#nowMs = untilMs;
  }
}

interface Heard {
  readonly opened: boolean;
  readonly messages: readonly number[];
  readonly rawBytes: number;
  readonly closeCode: number | null;
  readonly errorCode: string | null;
  readonly refusedStatus: number | null;
}

type Hearing = { -readonly [Key in keyof Heard]: Heard[Key] } & { messages: number[] };

/** What the server heard on one connection, and its own voice there. */
interface ServerSide extends Heard {
  readonly socket: WebSocket;
}

interface UpgradeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

interface Client {
  readonly socket: WebSocket;
  readonly heard: Heard;
  /** Sends a 640-byte message that carries its number; the server answers with the same. */
  speak(number: number): void;
}

export interface World {
  readonly proxy: FaultProxy;
  readonly clock: ManualClock;
  /** What the server heard on each connection, in the order of arrival. */
  readonly server: readonly ServerSide[];
  readonly serverPort: number;
  dial(): Client;
  /** A client that is open and has carried audio, so that a fault that is due may fire. */
  dialAndSpeak(): Promise<Client>;
  close(): Promise<void>;
}

export async function openWorld(
  planText: string,
  options: Partial<FaultProxyOptions> = {},
): Promise<World> {
  const clock = new ManualClock();
  const wss = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => wss.once('listening', resolve));
  const serverPort = (wss.address() as AddressInfo).port;
  const server: (Hearing & { socket: WebSocket })[] = [];
  wss.on('connection', (socket, request) => {
    const heard = { ...hearing(), socket };
    server.push(heard);
    request.socket.on('data', (bytes: Buffer) => (heard.rawBytes += bytes.length));
    noteSocketError(request.socket, heard);
    listenTo(socket, heard);
    socket.on('message', (data: RawData) => socket.send(data));
  });
  const plan = parseFaultPlan(planText, { seed: 7, lengthMs: 10_000 });
  const proxy = await startFaultProxy({ targetPort: serverPort, plan, clock, ...options });

  const clients: WebSocket[] = [];
  const dial = (): Client => {
    const socket = new WebSocket(proxy.url, { perMessageDeflate: false });
    const heard = hearing();
    clients.push(socket);
    listenTo(socket, heard);
    socket.on('upgrade', (response) => noteSocketError(response.socket, heard));
    return { socket, heard, speak: (number) => socket.send(message(number)) };
  };
  return {
    proxy,
    clock,
    server,
    serverPort,
    dial,
    async dialAndSpeak() {
      const client = dial();
      await until(() => client.heard.opened);
      client.speak(1);
      await until(() => client.heard.messages.includes(1));
      return client;
    },
    async close() {
      await proxy.close();
      for (const socket of [...clients, ...wss.clients]) socket.terminate();
      await new Promise((resolve) => wss.close(resolve));
    },
  };
}

/** Asks for an upgrade and hands back the answer that refuses it. */
export function fetchUpgrade(url: string): Promise<UpgradeAnswer> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    socket.once('error', reject);
    socket.once('open', () => reject(new Error('the upgrade was not refused')));
    socket.once('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (bytes: Buffer) => (body += bytes.toString()));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
  });
}

export function until(condition: () => boolean): Promise<void> {
  const check = (): void => {
    if (!condition()) throw new Error(`never true: ${condition.toString()}`);
  };
  return vi.waitFor(check, { interval: 2, timeout: 4_000 });
}

/** Long enough on a real clock for what is going to pass over loopback to have passed. */
export function quietSpell(lengthMs = 60): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, lengthMs));
}

export function message(number: number): Buffer {
  const bytes = Buffer.alloc(640, number);
  bytes.writeUInt32LE(number);
  return bytes;
}

function hearing(): Hearing {
  return {
    opened: false,
    messages: [],
    rawBytes: 0,
    closeCode: null,
    errorCode: null,
    refusedStatus: null,
  };
}

function listenTo(socket: WebSocket, heard: Hearing): void {
  socket.on('open', () => (heard.opened = true));
  socket.on('message', (data: Buffer) => heard.messages.push(data.readUInt32LE()));
  socket.on('close', (code) => (heard.closeCode = code));
  socket.on('error', (error) => {
    heard.errorCode = (error as NodeJS.ErrnoException).code ?? error.message;
    heard.refusedStatus = Number(/response: (\d+)/.exec(error.message)?.[1] ?? NaN);
  });
}

/** How TCP ended: `ws` itself only tells 1006. */
function noteSocketError(socket: Socket, heard: Hearing): void {
  socket.on('error', (error: NodeJS.ErrnoException) => (heard.errorCode = error.code ?? null));
}
