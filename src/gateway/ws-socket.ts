/** A `ws` WebSocket as the gateway sees it. What is sent in one turn of the event loop goes out in one write. */
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

import type { Door } from './door.ts';
import type { GatewaySocket } from './gateway-socket.ts';

/** After its close frame a peer has this long to answer. */
const CLOSE_WITHIN_MS = 2_000;

export function socketOf(socket: WebSocket, stream: Duplex, remoteAddress: string): GatewaySocket {
  let isCorked = false;
  const uncork = (): void => {
    isCorked = false;
    stream.uncork();
  };
  return {
    remoteAddress,
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send(bytes) {
      if (socket.readyState !== socket.OPEN) return;
      if (!isCorked) {
        isCorked = true;
        stream.cork();
        process.nextTick(uncork);
      }
      socket.send(bytes, { binary: true });
    },
    close(code, reason) {
      socket.close(code, reason);
      setTimeout(() => {
        socket.terminate();
      }, CLOSE_WITHIN_MS).unref();
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
