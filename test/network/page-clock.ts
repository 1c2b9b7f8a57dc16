/** The timers of one page: in the background they run once a minute, and while it is frozen they do not run at all. */
import type { Clock } from '../../src/ports/clock.ts';
import type { VirtualClock } from '../support/virtual-clock.ts';

const MINUTE_MS = 60_000;

interface Held {
  timer: unknown;
  readonly dueAtMs: number;
  readonly callback: () => void;
}

export class PageClock implements Clock {
  readonly #clock: VirtualClock;
  readonly #timers = new Set<Held>();
  #isFrozen = false;
  #isThrottled = false;
  #due: Held[] = [];

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.nowMs();
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const held: Held = { timer: null, dueAtMs: this.nowMs() + delayMs, callback };
    this.#timers.add(held);
    this.#arm(held);
    return held;
  }

  clearTimeout(handle: unknown): void {
    if (!this.#timers.delete(handle as Held)) return;
    this.#clock.clearTimeout((handle as Held).timer);
    this.#due = this.#due.filter((held) => held !== handle);
  }

  throttle(): void {
    this.#isThrottled = true;
  }

  /** What is due by now runs at once, and the rest at its time. */
  unthrottle(): void {
    this.#isThrottled = false;
    for (const held of this.#timers) {
      this.#clock.clearTimeout(held.timer);
      this.#arm(held);
    }
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  /** What was due meanwhile runs now, late. */
  resume(): void {
    this.#isFrozen = false;
    for (const held of this.#due.splice(0)) this.#run(held);
  }

  #run(held: Held): void {
    if (this.#isFrozen) {
      this.#due.push(held);
      return;
    }
    if (this.#timers.delete(held)) held.callback();
  }

  #arm(held: Held): void {
    const nowMs = this.#clock.nowMs();
    const alignedAtMs = Math.ceil(held.dueAtMs / MINUTE_MS) * MINUTE_MS;
    const atMs = this.#isThrottled ? alignedAtMs : held.dueAtMs;
    held.timer = this.#clock.setTimeout(() => this.#run(held), Math.max(0, atMs - nowMs));
  }
}
