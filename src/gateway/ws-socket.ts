/** A `ws` WebSocket as the gateway sees it. What is sent in one turn of the event loop goes out in one write. */
import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';

import type { Door } from './door.ts';
import type { GatewaySocket } from './gateway-socket.ts';
import { CLOSE, reasonOf } from '../protocol/close-codes.ts';
import { corkForTurn } from '../transports/cork.node.ts';

/** A message over `maxPayload`, as `ws` has it: RFC 6455, section 7.4.1. */
const TOO_BIG = 1_009;
const TOO_BIG_ERROR = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

/** What is too long is closed in the words of tenuto.v1: its clients know what to do then. P3.2 */
export class GatewayWebSocket extends WebSocket {
  override close(code?: number, reason?: string | Buffer): void {
    if (code === TOO_BIG) super.close(CLOSE.tooLarge, reasonOf(CLOSE.tooLarge));
    else super.close(code, reason);
  }
}

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

/** `ws` has said why it closes, and takes nothing more: the other end has its time to hear that. */
function onError(this: Heard, error: Error & { readonly code?: string }): void {
  if (error.code === TOO_BIG_ERROR) this[DOOR]?.onTooLong();
  else this.terminate(); // `close` follows
}
