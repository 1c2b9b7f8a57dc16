/**
 * What a socket sends before it makes a message. `ws` bounds a message; this bounds how long one may take, and how much may
 * come from who has not said who it is.
 */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

import type { Clock } from '../../ports/clock.ts';

/** Who is behind a socket: null until it has said who it is. */
export interface Visitor {
  readonly attachment: object | null;
  /** More than its HELLO may have came. */
  onTooLong(): void;
}

/** One HELLO is 8 KiB: twice that, and nothing said, is somebody else. PROTOCOL.md, P2.5 */
const MAX_UNKNOWN_BYTES = 16_384;
/** From the first bytes of a frame to its last: 64 KiB at 45 kbit/s. */
const FRAME_TIMEOUT_MS = 12_000;

/** The listeners are the same for all sockets. */
const GUARD = Symbol('guard');

interface GuardedSocket extends WebSocket {
  [GUARD]?: Guard;
}

interface GuardedStream extends Duplex {
  [GUARD]?: Guard;
}

/** @param stream what the socket reads from. */
export function guard(socket: WebSocket, stream: Duplex, clock: Clock, visitor: Visitor): void {
  const guarding = new Guard(socket, stream, clock, visitor);
  (socket as GuardedSocket)[GUARD] = guarding;
  (stream as GuardedStream)[GUARD] = guarding;
  socket.on('message', onMessage);
  socket.on('ping', onSign);
  socket.on('pong', onSign);
  stream.on('data', onData);
  socket.on('close', onClose);
}

class Guard {
  hasMessage = false;
  hasSign = false;
  readonly #socket: WebSocket;
  readonly #stream: Duplex;
  readonly #clock: Clock;
  readonly #visitor: Visitor;
  #unknownBytes = 0;
  #timer: unknown = null;
  #isOver = false;

  constructor(socket: WebSocket, stream: Duplex, clock: Clock, visitor: Visitor) {
    this.#socket = socket;
    this.#stream = stream;
    this.#clock = clock;
    this.#visitor = visitor;
  }

  /** The socket is gone. */
  end(): void {
    this.#isOver = true;
    this.#settle();
  }

  took(bytes: Buffer): void {
    if (this.#isOver) return;
    if (this.#visitor.attachment === null) {
      this.#unknownBytes += bytes.length;
      if (this.#unknownBytes > MAX_UNKNOWN_BYTES) {
        this.#visitor.onTooLong();
        this.end();
        discard(this.#stream);
        return;
      }
    }
    // `ws` has read these bytes already: if they completed nothing, they belong to a frame that is not whole.
    if (this.hasMessage) this.#settle();
    else if (!this.hasSign) {
      this.#timer ??= this.#clock.setTimeout(() => this.#socket.terminate(), FRAME_TIMEOUT_MS);
    }
    this.hasMessage = false;
    this.hasSign = false;
  }

  #settle(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}

/** Nothing more is kept. It is read all the same: with unread bytes there, TCP would drop the close frame (RFC 1122, 4.2.2.13). */
function discard(stream: Duplex): void {
  stream.removeAllListeners('data');
  stream.resume();
}

function onMessage(this: GuardedSocket): void {
  if (this[GUARD] !== undefined) this[GUARD].hasMessage = true;
}

function onSign(this: GuardedSocket): void {
  if (this[GUARD] !== undefined) this[GUARD].hasSign = true;
}

function onData(this: GuardedStream, bytes: Buffer): void {
  this[GUARD]?.took(bytes);
}

function onClose(this: GuardedSocket): void {
  this[GUARD]?.end();
}
