/** What a socket in memory is part of. */
import type { Clock } from '../ports/clock.ts';
import type { Frame, SocketEnd } from '../ports/socket.ts';

/** What a socket asks of the network that it is part of. */
export interface MemoryNetwork<SocketT> {
  readonly clock: Clock;
  /** How long the next thing will be under way. */
  readonly delayMs: () => number;
  readonly bytesPerSecond: () => number;
  readonly onFrame: (socket: SocketT, frame: Frame) => void;
  /** Whether what is sent is kept to be looked at. */
  readonly keepsFrames: boolean;
  /** The other end, where it is more than the hands of a test. */
  readonly peer?: MemoryPeer<SocketT>;
}

/** Who serves the other ends of sockets. */
export interface MemoryPeer<SocketT> {
  /** A dial has come: it is answered with `accept` or `refuse`. */
  onDial(socket: SocketT): void;
  /** A protocol ping has come: it is answered with `pong`. */
  onPing(socket: SocketT): void;
  /** The socket is gone, and that has come through: once for each that was dialled. */
  onGone(socket: SocketT, end: Omit<SocketEnd, 'kind'>): void;
}
