/**
 * Tells a sleep by a look that comes late. The time of day runs on while a machine sleeps; its timers do not, and on some
 * platforms its monotonic clock stands still as well.
 */
import type { Clock, WallClock } from '../ports/clock.ts';

/** How often there is a look, unless whoever looks has a period of their own. */
export const LOOK_EVERY_MS = 2_000;

/** A look that is late by so many periods tells of a sleep. */
const WOKE_AFTER_PERIODS = 2;

export interface SleepMeterOptions {
  readonly clock: Clock;
  readonly wallMs: WallClock;
  readonly everyMs: number;
}

export class SleepMeter {
  readonly #clock: Clock;
  readonly #wallMs: WallClock;
  readonly #everyMs: number;
  #lookedAtMs = 0;
  #lookedAtWallMs = 0;

  constructor({ clock, wallMs, everyMs }: SleepMeterOptions) {
    this.#clock = clock;
    this.#wallMs = wallMs;
    this.#everyMs = everyMs;
    this.begin();
  }

  /** From here on. What was before has been told of, or is known to be no sleep. */
  begin(): void {
    this.#lookedAtMs = this.#clock.nowMs();
    this.#lookedAtWallMs = this.#wallMs();
  }

  /**
   * To be asked at each look: whether there was a sleep since the last.
   * @param excusedMs how late timers may be on this platform just now for other reasons than sleep.
   */
  look(excusedMs = 0): boolean {
    const passedMs = this.#wallMs() - this.#lookedAtWallMs;
    const countedMs = this.#clock.nowMs() - this.#lookedAtMs;
    this.begin();
    const limitMs = WOKE_AFTER_PERIODS * this.#everyMs;
    const isUncounted = passedMs - countedMs >= limitMs; // nobody's timers are late by the monotonic clock, and yet
    return isUncounted || passedMs - this.#everyMs >= Math.max(limitMs, excusedMs);
  }
}

/** Looks every so often, until the returned function is called. */
export function everySoOften(clock: Clock, everyMs: number, look: () => void): () => void {
  let timer: unknown = null;
  let isStopped = false;
  const lookAndGoOn = (): void => {
    look();
    if (!isStopped) timer = clock.setTimeout(lookAndGoOn, everyMs);
  };
  timer = clock.setTimeout(lookAndGoOn, everyMs);

  return () => {
    isStopped = true;
    clock.clearTimeout(timer);
  };
}
