/**
 * What becomes of the logs of sessions that have ended: their content goes at once, and what says that they ended goes when
 * nobody will ask any more.
 */
import type { Clock } from '../ports/clock.ts';
import type { LogStore } from '../ports/log-store.ts';

interface Ended {
  readonly sessionId: string;
  readonly atMs: number;
}

/** A client that was asleep for so long is told that its session is not known, and no longer that it has ended. */
const TOLD_FOR_MS = 300_000;

export class Retirement {
  readonly #store: LogStore;
  readonly #clock: Clock;
  /** Oldest first. */
  #ended: Ended[] = [];

  constructor(store: LogStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** What the store cannot do now its own age limit does. */
  ended(sessionId: string): void {
    this.#store.purge(sessionId, Number.MAX_SAFE_INTEGER).catch(() => undefined);
    this.#ended.push({ sessionId, atMs: this.#clock.nowMs() });
  }

  sweep(): void {
    const untilMs = this.#clock.nowMs() - TOLD_FOR_MS;
    while (this.#ended[0] !== undefined && this.#ended[0].atMs <= untilMs) {
      const { sessionId } = this.#ended[0];
      this.#ended.shift();
      this.#store.drop(sessionId).catch(() => undefined);
    }
  }
}
