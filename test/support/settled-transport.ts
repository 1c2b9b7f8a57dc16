/**
 * Real sockets for virtual time: `settle` waits until all that was sent has arrived, both ways, so that time can go on
 * without outrunning the network of this machine, however slow that is.
 */
import type {
  Frame,
  Socket,
  SocketEnd,
  SocketHandlers,
  Transport,
} from '../../src/ports/socket.ts';
import { nodeWebSocketTransport } from '../../src/transports/websocket.node.ts';

export class SettledTransport implements Transport {
  /** Nobody answers a dial. */
  isDown = false;
  /** What comes in and is true of this is lost on the way. */
  loses: (frame: Frame) => boolean = () => false;
  readonly #wires = new Set<Wire>();

  dial(...[request, handlers]: Parameters<Transport['dial']>): Socket {
    const wire = new Wire(handlers, {
      isLost: (frame) => this.loses(frame),
      onGone: () => this.#wires.delete(wire),
    });
    this.#wires.add(wire);
    wire.socket = this.isDown
      ? nodeWebSocketTransport.dial({ ...request, url: NOBODY }, wire)
      : nodeWebSocketTransport.dial(request, wire);
    return wire;
  }

  async settle(): Promise<void> {
    for (const wire of [...this.#wires]) await wire.settle();
  }
}

/** The port of "discard", which nobody serves. */
const NOBODY = 'ws://127.0.0.1:9/';

class Wire implements Socket, SocketHandlers {
  socket!: Socket;
  readonly #handlers: SocketHandlers;
  readonly #options: { isLost(frame: Frame): boolean; onGone(): void };
  #phase: 'dialing' | 'open' | 'gone' = 'dialing';
  /** Pongs that are to come: the session's, or ours. */
  readonly #pings: ('theirs' | 'ours')[] = [];
  #waiting: (() => void)[] = [];

  constructor(
    handlers: SocketHandlers,
    options: { isLost(frame: Frame): boolean; onGone(): void },
  ) {
    this.#handlers = handlers;
    this.#options = options;
  }

  async settle(): Promise<void> {
    if (this.#phase === 'dialing') await this.#news();
    if (this.#phase !== 'open') return;
    this.#pings.push('ours');
    this.socket.ping();
    await this.#news();
  }

  get bufferedBytes(): number {
    return this.socket.bufferedBytes;
  }

  send(frame: Frame): void {
    this.socket.send(frame);
  }

  ping(): boolean {
    this.#pings.push('theirs');
    return this.socket.ping();
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
  }

  terminate(): void {
    this.socket.terminate();
    this.#gone();
  }

  onOpen(): void {
    this.#phase = 'open';
    this.#tell();
    this.#handlers.onOpen();
  }

  onFrame(frame: Frame): void {
    if (!this.#options.isLost(frame)) this.#handlers.onFrame(frame);
  }

  onPong(): void {
    if (this.#pings.shift() === 'ours') this.#tell();
    else this.#handlers.onPong();
  }

  onDrain(): void {
    this.#handlers.onDrain();
  }

  onEnd(end: SocketEnd): void {
    this.#gone();
    this.#handlers.onEnd(end);
  }

  #news(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #tell(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #gone(): void {
    this.#phase = 'gone';
    this.#options.onGone();
    this.#tell();
  }
}
