/** When a client acknowledges what it was sent: PROTOCOL.md, P13.3. */
import type { Clock } from '../ports/clock.ts';
import { DOWN_ACK_FRAMES } from '../protocol/limits.ts';

/** Within the second that P13.3 allows. */
const ACK_WITHIN_MS = 100;
/** The gateway lets go of who acknowledges nothing of 1 MiB (P13.7): of large messages sixteen would be that. */
const ACK_BYTES = 131_072;

export class DownAcks {
  readonly #clock: Clock;
  readonly #send: () => void;
  #timer: unknown = null;
  #frames = 0;
  #bytes = 0;

  constructor(clock: Clock, send: () => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** A frame came. */
  owe(bytes = 0): void {
    this.#frames += 1;
    this.#bytes += bytes;
    if (this.#frames >= DOWN_ACK_FRAMES || this.#bytes >= ACK_BYTES) this.pay();
    else this.#timer ??= this.#clock.setTimeout(() => this.pay(), ACK_WITHIN_MS);
  }

  /** Acknowledges at once. */
  pay(): void {
    this.stop();
    this.#frames = 0;
    this.#bytes = 0;
    this.#send();
  }

  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
