/** What the connection chart asks of a socket, done by its link. */
import type { Link } from './link.ts';
import type { SocketCommand } from '../../machines/connection.types.ts';
import type { Failure } from '../../machines/failure.ts';

/** How a socket hears of it. */
export type Receive = (listener: (command: SocketCommand) => void) => void;

/** @param warn tells the application. */
export function obey(
  link: Link,
  command: SocketCommand,
  nowMs: number,
  warn: (failure: Failure) => void,
): void {
  switch (command.type) {
    case 'socket.probe':
      link.looks.probedAtMs = nowMs;
      link.probe();
      return;
    case 'socket.abandon':
      link.fail(command.failure);
      return;
    case 'socket.warn':
      warn(command.failure);
  }
}

/** Of a socket that is gone nothing comes; its chart knows. */
export function lostMeanwhile(): Promise<never> {
  return new Promise(() => undefined);
}
