/** A gateway's end of a socket in memory. */
import { Backlog } from './backlog.ts';
import type { House } from './house.ts';
import type { SimulatedProcess } from '../process.ts';
import type { Door } from '../../gateway/door.ts';
import type { GatewaySocket } from '../../gateway/gateway-socket.ts';
import type { HelloFrame, PingFrame } from '../../protocol/types.ts';
import type { MemorySocket } from '../../testing/memory-socket.ts';

/** Who reads along, and what becomes of what is sent. */
export interface Wiretap {
  /** To the client. False: it is lost. */
  down(end: ServerEnd, bytes: Uint8Array): boolean;
  /** From the client. What is to be heard instead: once, twice, not at all, or other bytes. */
  up(end: ServerEnd, bytes: Uint8Array): readonly Uint8Array[] | null;
  /** Its gateway is told that it is gone, and has not let go of it. */
  gone(end: ServerEnd): void;
}

export class ServerEnd implements GatewaySocket {
  readonly backlog = new Backlog();
  readonly remoteAddress: string;
  /** The number of the client on the other end, and its name. */
  readonly clientIndex: number;
  readonly client: string;
  readonly socket: MemorySocket;
  readonly house: House;
  /** The life of the gateway that it was accepted in. */
  readonly #process: SimulatedProcess;
  /** Of the session that was welcomed on it; empty before. */
  sessionId = '';
  epoch = 0;
  /** Its client was told that it may send so far, and has had what was sent through there when it was let in. */
  grantedSeq = 0;
  hasThrough = 0;
  /** What its client said first. */
  hello: HelloFrame | null = null;
  /** The last PING that its client was sent. */
  asked: PingFrame | null = null;
  readonly #tap: Wiretap;
  #door: Door | null = null;
  #isShut = false;
  /** Something was said on it, either way. */
  lastAtMs: number;
  /** Something came on it. */
  #heardAtMs: number;

  constructor(socket: MemorySocket, house: House, tap: Wiretap) {
    this.socket = socket;
    this.house = house;
    this.#process = house.process;
    this.#tap = tap;
    this.lastAtMs = house.nowMs;
    this.#heardAtMs = house.nowMs;
    this.remoteAddress = new URL(socket.request.url).searchParams.get('from') ?? '';
    this.clientIndex = Number(this.remoteAddress.split('.')[2]);
    this.client = `client ${this.clientIndex + 1}`;
  }

  get bufferedBytes(): number {
    return this.backlog.bytes;
  }

  /** The gateway has let go of it, whether anybody heard of that or not. */
  get isShut(): boolean {
    return this.#isShut;
  }

  /** Nothing has come on it for so long. */
  get silentMs(): number {
    return this.house.nowMs - this.#heardAtMs;
  }

  open(door: Door): void {
    this.#door = door;
  }

  send(bytes: Uint8Array): void {
    if (this.#isShut || this.#process.isDead) return;
    this.lastAtMs = this.house.nowMs;
    if (!this.#tap.down(this, bytes)) return;
    const copy = new Uint8Array(bytes);
    this.backlog.put(copy.length, () => this.socket.answer(copy));
  }

  close(code: number, reason: string): void {
    if (this.#isShut) return;
    this.#isShut = true;
    this.backlog.put(0, () => this.socket.hangUp(code, reason));
  }

  terminate(): void {
    if (this.#isShut) return;
    this.#isShut = true;
    this.backlog.clear();
    this.socket.hangUp(1006);
  }

  hear(bytes: Uint8Array): void {
    this.lastAtMs = this.house.nowMs;
    this.#heardAtMs = this.lastAtMs;
    const instead = this.#tap.up(this, bytes);
    if (instead === null) this.deliver(bytes);
    else for (const each of instead) this.deliver(each);
  }

  deliver(bytes: Uint8Array): void {
    this.#process.run(() => this.#door?.onMessage(bytes));
  }

  pinged(): void {
    this.#heardAtMs = this.house.nowMs;
    this.#process.run(() => {
      this.#door?.onSign();
      this.backlog.put(0, () => this.socket.pong());
    });
  }

  gone(): void {
    if (!this.#isShut) this.#tap.gone(this);
    this.#isShut = true;
    this.backlog.clear();
    this.#process.run(() => this.#door?.onClose());
  }
}
