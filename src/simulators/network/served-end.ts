import type { Frame, SocketEnd } from '../../ports/socket.ts';

/** What hears from one end of a connection. */
export interface ServedEnd {
  hear(frame: Frame): void;
  pinged(): void;
  gone(end: Omit<SocketEnd, 'kind'>): void;
}
