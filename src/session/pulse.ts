/** A steady beat while a link stands. It tells how late it is, so that nobody mistakes our sleep for the network's. */
import type { Clock } from '../ports/clock.ts';

/** Where silence is noticed within 300 ms it has to be looked for more often. */
export const PROMPT_LOOK_MS = 50;
const PULSE_FLOWING_MS = 100;
const PULSE_IDLE_MS = 500;

/** An object and no closure, since an idle session should weigh little. */
export interface Watcher {
  /** Told how late it is; true asks for the quick beat, false for the slow one. */
  beat(lateByMs: number): boolean;
}

export class Pulse {
  readonly #clock: Clock;
  readonly #watcher: Watcher;
  readonly #quickMs: number;
  #timer: unknown = null;
  #isRunning = false;

  /** @param quickMs the quick beat. Default 100 ms. */
  constructor(clock: Clock, watcher: Watcher, quickMs = PULSE_FLOWING_MS) {
    this.#quickMs = quickMs;
    this.#clock = clock;
    this.#watcher = watcher;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#schedule(this.#quickMs);
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
      const isQuick = this.#watcher.beat(this.#clock.nowMs() - dueAtMs);
      if (this.#isRunning && this.#timer === null)
        this.#schedule(isQuick ? this.#quickMs : PULSE_IDLE_MS);
    }, periodMs);
  }
}
