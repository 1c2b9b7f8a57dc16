import type { Socket } from 'node:net';

/** Ends a TCP connection with a RST, at once. */
export function resetSocket(socket: Socket | null): void {
  if (socket === null || socket.destroyed) return;
  // While its end is on its way a socket cannot be reset: Node would neither close it nor say so.
  const isEnding = socket.writableEnded && !socket.writableFinished;
  if (!socket.connecting && !isEnding) socket.resetAndDestroy();
  // On its own, resetAndDestroy waits for what is still to be written.
  socket.destroy();
}
