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
  return {
    remoteAddress,
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send(bytes) {
      if (socket.readyState !== socket.OPEN) return;
      if (stream !== null) corkForTurn(stream);
      socket.send(bytes); // bytes are sent as a binary message
    },
    close(code, reason) {
      socket.close(code, reason);
    },
    terminate() {
      socket.terminate();
    },
  };
}

/** What comes in goes to the door, and so does the end. */
export function listenTo(socket: WebSocket, door: Door): void {
  socket.on('message', (data: Buffer, isBinary: boolean) => {
    door.onMessage(isBinary ? data : data.toString());
  });
  socket.on('ping', () => {
    door.onSign();
  });
  socket.on('close', () => {
    door.onClose();
  });
  socket.on('error', () => {
    socket.terminate(); // `close` follows
  });
}
