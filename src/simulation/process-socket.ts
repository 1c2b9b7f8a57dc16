/** A socket of a process that may be frozen: once it is terminated nothing of it is told, though it may have come before (ports/socket.ts). */
import type { Frame, Socket, SocketHandlers } from '../ports/socket.ts';

/** What comes to it from outside may have to wait. */
interface Waiting {
  readonly isHeld: boolean;
  run(work: () => void): void;
}

/**
 * A dial of a process: what comes of it waits while the process does, in bytes of its own, which others may write over meanwhile.
 *
 * @param tell hears of it before the handlers do.
 */
export function dialFor(
  process: Waiting,
  handlers: SocketHandlers,
  dial: (held: SocketHandlers) => Socket,
  tell: Partial<Pick<SocketHandlers, 'onOpen' | 'onEnd'>> = {},
): Socket {
  let isOver = false;
  const then = (work: () => void): void => {
    process.run(() => {
      if (!isOver) work();
    });
  };
  const socket = dial({
    onOpen: () => {
      then(() => {
        tell.onOpen?.();
        handlers.onOpen();
      });
    },
    onFrame: (frame) => {
      const kept = process.isHeld && typeof frame !== 'string' ? new Uint8Array(frame) : frame;
      then(() => handlers.onFrame(kept));
    },
    onPong: () => then(() => handlers.onPong()),
    onDrain: () => then(() => handlers.onDrain()),
    onEnd: (end) => {
      then(() => {
        isOver = true;
        tell.onEnd?.(end);
        handlers.onEnd(end);
      });
    },
  });
  return new ProcessSocket(socket, () => {
    isOver = true;
  });
}

class ProcessSocket implements Socket {
  readonly #socket: Socket;
  readonly #onTerminated: () => void;

  constructor(socket: Socket, onTerminated: () => void) {
    this.#socket = socket;
    this.#onTerminated = onTerminated;
  }

  get protocol(): string {
    return this.#socket.protocol ?? '';
  }

  get bufferedBytes(): number {
    return this.#socket.bufferedBytes;
  }

  send(frame: Frame): void {
    this.#socket.send(frame);
  }

  ping(): boolean {
    return this.#socket.ping();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#onTerminated();
    this.#socket.terminate();
  }
}
