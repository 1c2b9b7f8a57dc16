/** A beat while a link stands. It tells how late it is, so that nobody mistakes our sleep for the network's. */
import { LOOK_FLOWING_MS } from '../../machines/liveness.rules.ts';
import type { Clock } from '../ports/clock.ts';

/** While nothing flows. */
export const LOOK_IDLE_MS = 500;

/** An object and no closure, since an idle session should weigh little. */
export interface Watcher {
  /** Told how late it is. @returns in how many ms the next is due. */
  beat(lateByMs: number): number;
}

export class Pulse {
  readonly #clock: Clock;
  readonly #watcher: Watcher;
  #timer: unknown = null;
  #isRunning = false;

  constructor(clock: Clock, watcher: Watcher) {
    this.#clock = clock;
    this.#watcher = watcher;
  }

  start(firstMs = LOOK_FLOWING_MS): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#schedule(firstMs);
  }

  /** Also from inside a beat. */
  stop(): void {
    this.#isRunning = false;
    if (this.#timer !== null) this.#clock.clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(periodMs: number): void {
    const dueAtMs = this.#clock.nowMs() + periodMs;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      const nextMs = this.#watcher.beat(this.#clock.nowMs() - dueAtMs);
      if (this.#isRunning && this.#timer === null) this.#schedule(nextMs);
    }, periodMs);
  }
}
