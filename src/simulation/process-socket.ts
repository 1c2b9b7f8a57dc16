/** A socket of a process that may be frozen: once it is terminated nothing of it is told, though it may have come before (ports/socket.ts). */
import type { Frame, Socket } from '../ports/socket.ts';

export class ProcessSocket implements Socket {
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
