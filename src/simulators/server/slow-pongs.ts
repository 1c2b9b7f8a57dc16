/** A peer that takes its time to answer pings: of real services pongs were seen to take 8 to 30 s while they speak. */
import type { WebSocket } from 'ws';
import type { Clock } from '../../ports/clock.ts';

/** Every ping is answered, so much later than it came. What is still owed when the socket is gone never is. */
export function slowPongs(socket: WebSocket, delayMs: () => number, clock: Clock): void {
  const pong = socket.pong.bind(socket);
  const owed = new Set<unknown>();
  // `ws` counts the pongs that it is not told the end of, and after some ends the socket.
  socket.pong = (data?: unknown, mask?: boolean, sent?: (error: Error) => void) => {
    const waitMs = delayMs();
    if (waitMs === 0) {
      pong(data, mask, sent);
      return;
    }
    const timer = clock.setTimeout(() => {
      owed.delete(timer);
      if (socket.readyState === socket.OPEN) pong(data, mask, sent);
    }, waitMs);
    owed.add(timer);
  };
  socket.once('close', () => {
    for (const timer of owed) clock.clearTimeout(timer);
    owed.clear();
  });
}
