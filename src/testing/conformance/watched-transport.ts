/** A transport under watch: real sockets, and the facts about them that a test waits for. */
import type { Frame, Socket, SocketEnd, SocketHandlers, Transport } from '../../ports/socket.ts';
import type { DialRequest } from '../../ports/socket.ts';
import type { Http } from '../../ports/http.ts';

export class WatchedTransport implements Transport {
  /** One for each dial, in order. */
  readonly sockets: WatchedSocket[] = [];
  readonly http?: Http;
  readonly #transport: Transport;
  readonly #workIn: (frame: Frame) => number;
  readonly #onFact: () => void;

  /**
   * @param workIn how much of what the service is for stands in a frame: bytes of audio, characters of text.
   * @param onFact told after everything that happened to a socket.
   */
  constructor(transport: Transport, workIn: (frame: Frame) => number, onFact: () => void) {
    this.#transport = transport;
    this.#workIn = workIn;
    this.#onFact = onFact;
    if (transport.http !== undefined) this.http = transport.http;
  }

  /** Sockets that nobody has let go of. */
  get live(): readonly WatchedSocket[] {
    return this.sockets.filter(({ isLive }) => isLive);
  }

  /** The most sockets that stood at once. */
  most = 0;

  dial(request: DialRequest, handlers: SocketHandlers): Socket {
    return this.#dialOver(this.#transport, request, handlers);
  }

  /** The sockets that a provider makes by itself are watched as those of the platform are. */
  over(made: Transport): Transport {
    return {
      ...made,
      dial: (request, handlers) => this.#dialOver(made, request, handlers),
    };
  }

  #dialOver(transport: Transport, request: DialRequest, handlers: SocketHandlers): Socket {
    const socket = new WatchedSocket(handlers, this.#workIn, this.#onFact);
    this.sockets.push(socket);
    this.most = Math.max(this.most, this.live.length);
    socket.wrap(transport.dial(request, socket));
    return socket;
  }
}

let workFrames = 0;

export class WatchedSocket implements Socket, SocketHandlers {
  isLive = true;
  isOpen = false;
  /** The dial has reached the service. */
  hasArrived = false;
  /** Frames that came in. */
  frames = 0;
  /** How much of what the service is for went out. */
  sentWork = 0;
  /** Counts on across all sockets, so that the greatest one was sent work last; 0 before the first. */
  workSentAs = 0;
  /** Pings that no pong has answered. */
  openPings = 0;
  #socket: Socket | null = null;
  readonly #handlers: SocketHandlers;
  readonly #workIn: (frame: Frame) => number;
  readonly #onFact: () => void;

  constructor(handlers: SocketHandlers, workIn: (frame: Frame) => number, onFact: () => void) {
    this.#handlers = handlers;
    this.#workIn = workIn;
    this.#onFact = onFact;
  }

  wrap(socket: Socket): void {
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes ?? 0;
  }

  send(frame: Frame): void {
    const work = this.#workIn(frame);
    this.sentWork += work;
    if (work > 0) this.workSentAs = workFrames += 1;
    this.#socket?.send(frame);
  }

  ping(): boolean {
    this.openPings += 1; // first: the answer may come at once
    const isSent = this.#socket?.ping() === true;
    if (!isSent) this.openPings -= 1;
    return isSent;
  }

  close(code: number, reason: string): void {
    this.#socket?.close(code, reason);
  }

  terminate(): void {
    this.isLive = false;
    this.#socket?.terminate();
    this.#onFact();
  }

  onOpen(): void {
    this.isOpen = true;
    this.#handlers.onOpen();
    this.#onFact();
  }

  onFrame(frame: Frame): void {
    this.frames += 1;
    this.#handlers.onFrame(frame);
    this.#onFact();
  }

  onPong(): void {
    this.openPings = Math.max(0, this.openPings - 1);
    this.#handlers.onPong();
    this.#onFact();
  }

  onDrain(): void {
    this.#handlers.onDrain();
    this.#onFact();
  }

  onEnd(end: SocketEnd): void {
    this.isLive = false;
    this.#handlers.onEnd(end);
    this.#onFact();
  }
}
