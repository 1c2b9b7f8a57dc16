/** A server's end of a socket in memory: what `ws` offers of one, as far as the stand-ins use it. */
import { Buffer } from 'node:buffer';
import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import type { Clock } from '../../ports/clock.ts';
import type { Frame, SocketEnd } from '../../ports/socket.ts';
import type { MemorySocket } from '../../testing/memory-socket.ts';
import type { ServedEnd } from './served-end.ts';

const STATES = { OPEN: 1, CLOSING: 2, CLOSED: 3 } as const;

/** The code of a close frame that has none (RFC 6455, section 7.1.5). */
const NO_STATUS = 1_005;
const BROKEN = 1_006;

/** As long as the servers on real sockets wait for their close frame's answer. */
const CLOSE_TIMEOUT_MS = 2_000;

export class ServedSocket extends EventEmitter implements ServedEnd {
  readonly OPEN = STATES.OPEN;
  readonly bufferedAmount = 0;
  readyState: number = STATES.OPEN;
  readonly #socket: MemorySocket;
  readonly #clock: Clock;
  /** The code that this side closed with. */
  #closing: number | null = null;
  #timer: unknown = null;

  constructor(socket: MemorySocket, clock: Clock) {
    super();
    this.#socket = socket;
    this.#clock = clock;
  }

  /** It has what the stand-ins ask of one. */
  asWebSocket(): WebSocket {
    return this as unknown as WebSocket;
  }

  send(frame: Frame): void {
    if (this.readyState !== STATES.OPEN) return;
    this.#socket.answer(typeof frame === 'string' ? frame : new Uint8Array(frame));
  }

  /** A client's platform answers it, and no stand-in asks whether it did. */
  ping(): void {}

  pong(): void {
    if (this.readyState !== STATES.CLOSED) this.#socket.pong();
  }

  close(code = NO_STATUS, reason = ''): void {
    if (this.readyState !== STATES.OPEN) return;
    this.readyState = STATES.CLOSING;
    this.#closing = code;
    this.#socket.hangUp(code, reason);
    this.#timer = this.#clock.setTimeout(() => this.#end(BROKEN), CLOSE_TIMEOUT_MS);
  }

  terminate(): void {
    if (this.readyState === STATES.CLOSED) return;
    this.readyState = STATES.CLOSING;
    this.#socket.hangUp(BROKEN);
    queueMicrotask(() => this.#end(BROKEN));
  }

  hear(frame: Frame): void {
    if (this.readyState === STATES.CLOSED) return;
    const isBinary = typeof frame !== 'string';
    this.emit('message', Buffer.from(frame as string), isBinary);
  }

  pinged(): void {
    this.pong(); // whoever is slow about it has put another one in its place
  }

  gone({ code, reason }: Omit<SocketEnd, 'kind'>): void {
    this.#end(this.#closing ?? code, reason);
  }

  #end(code: number, reason = ''): void {
    if (this.readyState === STATES.CLOSED) return;
    this.readyState = STATES.CLOSED;
    this.#clock.clearTimeout(this.#timer);
    this.emit('close', code, Buffer.from(reason));
  }
}
