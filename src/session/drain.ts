/**
 * Waiting until what was captured is delivered.
 *
 * Once the uplink has caught up, the service is asked to flush. If the link breaks meanwhile, the replay that follows
 * catches up again and the question is put again: no attempt is counted here, the chart does that.
 */
import type { Wiring } from './wiring.ts';
import type { Uplink } from '../audio/uplink.ts';
import type { Clock } from '../ports/clock.ts';

/** Questions that may stay unanswered on a standing link before the drain is given up. */
const MAX_UNANSWERED = 3;

export class Drain {
  readonly #clock: Clock;
  readonly #uplink: Uplink;
  readonly #wiring: Wiring;
  readonly #flushTimeoutMs: number;
  #waiting: { linkOnly: boolean; finish: (drained: boolean) => void } | null = null;
  #timer: unknown = null;
  #unanswered = 0;

  constructor(clock: Clock, uplink: Uplink, wiring: Wiring, flushTimeoutMs: number) {
    this.#clock = clock;
    this.#uplink = uplink;
    this.#wiring = wiring;
    this.#flushTimeoutMs = flushTimeoutMs;
  }

  /** @param linkOnly give up when the link that stands now breaks. */
  wait(signal?: AbortSignal, { linkOnly = false } = {}): Promise<boolean> {
    this.cancel();
    if (this.#isDone()) return Promise.resolve(true);

    return new Promise((resolve) => {
      const abort = (): void => {
        this.cancel();
      };
      this.#waiting = {
        linkOnly,
        finish: (drained) => {
          this.#waiting = null;
          this.#stopTimer();
          signal?.removeEventListener('abort', abort);
          resolve(drained);
        },
      };
      signal?.addEventListener('abort', abort);
      if (signal?.aborted === true) abort();
      else if (this.#uplink.isCaughtUp) this.caughtUp();
    });
  }

  /** Everything captured is on its way: ask for what is still pending. */
  caughtUp(): void {
    if (this.#waiting === null) return;
    this.#unanswered = 0;
    this.#ask();
  }

  /** Audio was settled: perhaps all of it. */
  settled(): void {
    this.#unanswered = 0; // a service that is slow is not one that is silent
    if (this.#waiting !== null && this.#isDone()) this.#waiting.finish(true);
  }

  linkLost(): void {
    this.#stopTimer();
    if (this.#waiting?.linkOnly === true) this.cancel();
  }

  cancel(): void {
    this.#waiting?.finish(this.#isDone());
  }

  #ask(): void {
    this.#stopTimer();
    if (this.#isDone()) {
      this.settled();
      return;
    }
    if (this.#unanswered === MAX_UNANSWERED || !this.#wiring.flush()) {
      this.cancel();
      return;
    }
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      this.#unanswered += 1;
      this.#ask();
    }, this.#flushTimeoutMs);
  }

  #isDone(): boolean {
    return this.#uplink.ledger.bytes().buffered === 0;
  }

  #stopTimer(): void {
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
