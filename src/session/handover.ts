/** From one connection to the next, with nothing told twice: the old one's last result is waited for, but not for long. */
import type { Uplink } from '../audio/uplink.ts';
import type { Clock } from '../ports/clock.ts';

/** A pause ends an utterance after some 300 to 700 ms; what is not covered by then is simply sent again. */
const LAST_RESULT_WITHIN_MS = 1_000;

export class Handover {
  readonly #clock: Clock;
  readonly #uplink: Uplink;
  readonly #through: number;
  #finish: (() => void) | null = null;
  #timer: unknown = null;

  /** @param through where what was said ends, in bytes of captured audio. */
  constructor(clock: Clock, uplink: Uplink, through: number) {
    this.#clock = clock;
    this.#uplink = uplink;
    this.#through = through;
  }

  /** @param isPause whether a final may be on its way. */
  begin(isPause: boolean): Promise<void> {
    if (!isPause || this.#isSettled) return Promise.resolve();
    return new Promise((resolve) => {
      this.#finish = resolve;
      this.#timer = this.#clock.setTimeout(() => {
        this.end();
      }, LAST_RESULT_WITHIN_MS);
    });
  }

  settled(): void {
    if (this.#isSettled) this.end();
  }

  end(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
    this.#finish?.();
    this.#finish = null;
  }

  get #isSettled(): boolean {
    return this.#uplink.ledger.settledThrough >= this.#through;
  }
}
