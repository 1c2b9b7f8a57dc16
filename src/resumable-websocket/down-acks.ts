/** When a client acknowledges what it was sent: PROTOCOL.md, P13.3. */
import type { Clock } from '../ports/clock.ts';
import { DOWN_ACK_FRAMES } from '../protocol/limits.ts';

/** Within the second that P13.3 allows. */
const ACK_WITHIN_MS = 100;

export class DownAcks {
  readonly #clock: Clock;
  readonly #send: () => void;
  #timer: unknown = null;
  #frames = 0;

  constructor(clock: Clock, send: () => void) {
    this.#clock = clock;
    this.#send = send;
  }

  /** A frame came. */
  owe(): void {
    this.#frames += 1;
    if (this.#frames >= DOWN_ACK_FRAMES) this.pay();
    else this.#timer ??= this.#clock.setTimeout(() => this.pay(), ACK_WITHIN_MS);
  }

  /** Acknowledges at once. */
  pay(): void {
    this.stop();
    this.#frames = 0;
    this.#send();
  }

  stop(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
