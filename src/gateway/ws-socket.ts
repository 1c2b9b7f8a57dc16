/** A `ws` WebSocket as the gateway sees it. What is sent in one turn of the event loop goes out in one write. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

import type { Door } from './door.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { corkForTurn } from '../transports/cork.node.ts';

/** @param stream what the socket is written to; null where there is none to hold back. */
export function socketOf(
  socket: WebSocket,
  stream: Duplex | null,
  remoteAddress: string,
): GatewaySocket {
  return new WsSocket(socket, stream, remoteAddress);
}

class WsSocket implements GatewaySocket {
  readonly remoteAddress: string;
  readonly #socket: WebSocket;
  readonly #stream: Duplex | null;

  constructor(socket: WebSocket, stream: Duplex | null, remoteAddress: string) {
    this.#socket = socket;
    this.#stream = stream;
    this.remoteAddress = remoteAddress;
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  send(bytes: Uint8Array): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    if (this.#stream !== null) corkForTurn(this.#stream);
    socket.send(bytes); // bytes are sent as a binary message
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }
}

const DOOR = Symbol('door');

/** The listeners are the same for all sockets: thousands that idle hold none of their own. */
interface Heard extends WebSocket {
  [DOOR]?: Door;
}

/** What comes in goes to the door, and so does the end. */
export function listenTo(socket: WebSocket, door: Door): void {
  (socket as Heard)[DOOR] = door;
  socket.on('message', onMessage);
  socket.on('ping', onPing);
  socket.on('close', onClose);
  socket.on('error', onError);
}

function onMessage(this: Heard, data: Buffer, isBinary: boolean): void {
  this[DOOR]?.onMessage(isBinary ? data : data.toString());
}

function onPing(this: Heard): void {
  this[DOOR]?.onSign();
}

function onClose(this: Heard): void {
  this[DOOR]?.onClose();
}

function onError(this: WebSocket): void {
  this.terminate(); // `close` follows
}
