/** A peer that takes its time to answer pings: of real services pongs were seen to take 8 to 30 s while they speak. */
import type { WebSocket } from 'ws';
import type { Clock } from '../../ports/clock.ts';

/** Every ping is answered, so much later than it came. What is still owed when the socket is gone never is. */
export function slowPongs(socket: WebSocket, delayMs: () => number, clock: Clock): void {
  const pong = socket.pong.bind(socket);
  const owed = new Set<unknown>();
  socket.pong = (data?: unknown) => {
    const waitMs = delayMs();
    if (waitMs === 0) {
      pong(data);
      return;
    }
    const timer = clock.setTimeout(() => {
      owed.delete(timer);
      if (socket.readyState === socket.OPEN) pong(data);
    }, waitMs);
    owed.add(timer);
  };
  socket.once('close', () => {
    for (const timer of owed) clock.clearTimeout(timer);
    owed.clear();
  });
}
