/**
 * What a store is asked for has an end, whatever the store does: an answer that never comes would hold a place and a session for
 * ever. Deadlines are data, looked at now and then: no call costs a timer.
 */
import type { Clock } from '../../ports/clock.ts';

/** A disk's sync takes less, and so does an election. */
const ANSWER_WITHIN_MS = 5_000;

interface Call {
  readonly askedAtMs: number;
  readonly giveUp: () => void;
}

export class Patience {
  readonly #clock: Clock;
  /** Those that were not answered yet, the oldest first. */
  readonly #calls = new Set<Call>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** What `asked` comes to, or `late` where it comes to nothing in time; what it comes to afterwards is nobody's. */
  async until<T>(asked: Promise<T>, late: () => T): Promise<T> {
    let giveUp: () => void = () => undefined;
    const givenUp = new Promise<T>((resolve) => {
      giveUp = () => resolve(late());
    });
    const call: Call = { askedAtMs: this.#clock.nowMs(), giveUp };
    this.#calls.add(call);
    try {
      return await Promise.race([asked, givenUp]);
    } finally {
      this.#calls.delete(call);
    }
  }

  /** Time has passed. */
  look(): void {
    const nowMs = this.#clock.nowMs();
    for (const call of this.#calls) {
      if (nowMs - call.askedAtMs < ANSWER_WITHIN_MS) return;
      call.giveUp();
    }
  }
}
