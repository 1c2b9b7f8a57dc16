/** A transport under watch: real sockets, and the facts about them that a test waits for. */
import type { Frame, Socket, SocketEnd, SocketHandlers, Transport } from '../../ports/socket.ts';
import type { DialRequest } from '../../ports/socket.ts';

export class WatchedTransport implements Transport {
  /** One for each dial, in order. */
  readonly sockets: WatchedSocket[] = [];
  readonly #transport: Transport;
  readonly #audioBytesIn: (frame: Frame) => number;
  readonly #onFact: () => void;

  /** @param onFact told after everything that happened to a socket. */
  constructor(transport: Transport, audioBytesIn: (frame: Frame) => number, onFact: () => void) {
    this.#transport = transport;
    this.#audioBytesIn = audioBytesIn;
    this.#onFact = onFact;
  }

  /** Sockets that nobody has let go of. */
  get live(): readonly WatchedSocket[] {
    return this.sockets.filter(({ isLive }) => isLive);
  }

  /** The most sockets that stood at once. */
  most = 0;

  dial(request: DialRequest, handlers: SocketHandlers): Socket {
    const socket = new WatchedSocket(handlers, this.#audioBytesIn, this.#onFact);
    this.sockets.push(socket);
    this.most = Math.max(this.most, this.live.length);
    socket.wrap(this.#transport.dial(request, socket));
    return socket;
  }
}

let audioFrames = 0;

export class WatchedSocket implements Socket, SocketHandlers {
  isLive = true;
  isOpen = false;
  /** The dial has reached the service. */
  hasArrived = false;
  /** Frames that came in. */
  frames = 0;
  sentAudioBytes = 0;
  /** Counts on across all sockets, so that the greatest one was sent audio last; 0 before the first. */
  audioSentAs = 0;
  /** Pings that no pong has answered. */
  openPings = 0;
  #socket: Socket | null = null;
  readonly #handlers: SocketHandlers;
  readonly #audioBytesIn: (frame: Frame) => number;
  readonly #onFact: () => void;

  constructor(
    handlers: SocketHandlers,
    audioBytesIn: (frame: Frame) => number,
    onFact: () => void,
  ) {
    this.#handlers = handlers;
    this.#audioBytesIn = audioBytesIn;
    this.#onFact = onFact;
  }

  wrap(socket: Socket): void {
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes ?? 0;
  }

  send(frame: Frame): void {
    const bytes = this.#audioBytesIn(frame);
    this.sentAudioBytes += bytes;
    if (bytes > 0) this.audioSentAs = audioFrames += 1;
    this.#socket?.send(frame);
  }

  ping(): boolean {
    this.openPings += 1;
    return this.#socket?.ping() === true;
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
