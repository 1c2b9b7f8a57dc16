/** A socket as its server sees it: closed once, never written to beyond what its client reads. */
import type { WebSocket } from 'ws';
import type { Logger } from '../../ports/logger.ts';
import { DOCUMENTED_CLOSES } from './faults.ts';
import type { DeepgramFault } from './faults.ts';
import type { Oddities } from './oddities.ts';
import { NEW_TYPE, isOddTime, withNewField } from './oddities.ts';
import type { Close } from './close.ts';

/** The code that a socket ends with where the close frame had none (RFC 6455, section 7.1.5). */
const NO_STATUS = 1_005;

export interface ServedSocketOptions {
  readonly socket: WebSocket;
  readonly logger: Logger;
  /** What a client may leave unread; beyond it the socket is cut. */
  readonly unreadCapacityBytes: number;
  readonly oddities: Oddities | undefined;
  /** Once: with the code that this side closes with, or else the one that the socket ended with. */
  onClosing(code: number): void;
  /** Once: the socket is gone. */
  onEnd(): void;
}

export interface SocketUser {
  onText(text: string): void;
  onBytes(bytes: Buffer): void;
  /** At least once, when nothing is sent any more: whatever was held is let go. */
  release(): void;
}

export class ServedSocket {
  readonly #options: ServedSocketOptions;
  readonly #user: SocketUser;
  #closedWith: number | null = null;

  constructor(options: ServedSocketOptions, user: SocketUser) {
    this.#options = options;
    this.#user = user;
    const { socket, logger } = options;
    socket.on('message', (data, isBinary) => {
      if (this.isClosing) return;
      // `ws` hands over one Buffer unless it is told otherwise.
      const bytes = data as Buffer;
      if (isBinary) user.onBytes(bytes);
      else user.onText(bytes.toString());
    });
    socket.on('error', (error) => {
      logger.debug('deepgram simulator: socket error', { message: error.message });
    });
    socket.on('close', (code) => {
      user.release();
      if (this.#closedWith === null) options.onClosing(code);
      options.onEnd();
    });
  }

  get isClosing(): boolean {
    return this.#closedWith !== null;
  }

  /** A message, now and then with a field, or with another message before it, that nobody knows. */
  say(message: string): void {
    const { oddities } = this.#options;
    if (isOddTime(oddities)) this.send(JSON.stringify({ type: NEW_TYPE, payload: { depth: 1 } }));
    this.send(withNewField(message, oddities));
  }

  /** A frame as it is. */
  send(frame: string | Uint8Array): void {
    const { socket, unreadCapacityBytes } = this.#options;
    if (this.isClosing) return;
    if (socket.bufferedAmount > unreadCapacityBytes) socket.terminate();
    else socket.send(frame);
  }

  /** @param close null: without a status. */
  close(close: Close | null): void {
    if (this.#closedWith !== null) return;
    this.#closedWith = close?.code ?? NO_STATUS;
    this.#user.release();
    this.#options.onClosing(this.#closedWith);
    if (close === null || close.code === NO_STATUS) this.#options.socket.close();
    else this.#options.socket.close(close.code, close.reason);
  }

  /** Ends the socket without a handshake, and resolves when it is gone. */
  cut(): Promise<void> {
    const { socket } = this.#options;
    return new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
      });
      socket.terminate();
    });
  }

  /** What is the same for every service; `loseMessages` is Flux's, `lateFinalize` is listen's. */
  suffer(fault: DeepgramFault): void {
    switch (fault.kind) {
      case 'close':
        this.close(typeof fault.as === 'string' ? DOCUMENTED_CLOSES[fault.as] : fault.as);
        return;
      case 'cut':
        void this.cut();
        return;
      case 'say':
        this.send(fault.frame);
        return;
      case 'error':
        this.say(
          JSON.stringify({ type: 'Error', code: fault.code, description: fault.description }),
        );
        return;
      case 'loseMessages':
      case 'lateFinalize':
    }
  }
}
