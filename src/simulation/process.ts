/**
 * A process of the simulated world: what it does happens between what others do, and it may be frozen, slowed, or killed.
 *
 * Whatever comes to it from outside comes through `run`: timers, frames, answers of the store. A frozen process hears of it
 * when it is thawed, in order and one thing at a time; a dead one never.
 */
import type { Clock } from '../ports/clock.ts';

interface OwnTimer {
  readonly callback: () => void;
  /** By the world's clock. */
  readonly dueAtMs: number;
  handle: unknown;
  isCleared: boolean;
}

export class SimulatedProcess implements Clock {
  readonly name: string;
  readonly #clock: Clock;
  readonly #afterwards: (() => void) | null;
  readonly #timers = new Set<OwnTimer>();
  readonly #held: (() => void)[] = [];
  #freezes = 0;
  #isDead = false;
  #isPumping = false;
  readonly #throttlesMs = new Set<readonly [everyMs: number]>();
  /** How fast its clock goes: 1.0001 gains 0.1 s in 1,000. */
  #rate = 1;
  readonly #skews = new Set<readonly [rate: number]>();
  #rateSinceMs = 0;
  #ownSinceMs = 0;

  /**
   * @param afterwards runs after everything that it did.
   * @param beginsAtMs what its clock says at first. Default: what the world's does.
   */
  constructor(
    name: string,
    clock: Clock,
    afterwards: (() => void) | null = null,
    beginsAtMs = clock.nowMs(),
  ) {
    this.name = name;
    this.#clock = clock;
    this.#afterwards = afterwards;
    this.#rateSinceMs = clock.nowMs();
    this.#ownSinceMs = beginsAtMs;
    this.setTimeout = this.setTimeout.bind(this); // XState takes a clock's methods off the object
    this.clearTimeout = this.clearTimeout.bind(this);
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  get isFrozen(): boolean {
    return this.#freezes > 0;
  }

  /** What comes to it waits. */
  get isHeld(): boolean {
    return this.#freezes > 0 || this.#isPumping;
  }

  /** Timers that it waits for. */
  get pending(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#ownSinceMs + (this.#clock.nowMs() - this.#rateSinceMs) * this.#rate;
  }

  setTimeout(callback: () => void, delayMs: number): unknown {
    const dueAtMs = this.#clock.nowMs() + delayMs / this.#rate;
    const timer: OwnTimer = { callback, dueAtMs, handle: null, isCleared: false };
    if (this.#isDead) return timer;
    this.#arm(timer);
    this.#timers.add(timer);
    return timer;
  }

  #arm(timer: OwnTimer): void {
    timer.handle = this.#clock.setTimeout(() => this.#ring(timer), this.#waitFor(timer));
  }

  clearTimeout(handle: unknown): void {
    if (handle === null || handle === undefined) return;
    const timer = handle as OwnTimer;
    timer.isCleared = true;
    this.#clock.clearTimeout(timer.handle);
    this.#timers.delete(timer);
  }

  /** Something comes to it from outside. */
  run(work: () => void): void {
    if (this.#isDead) return;
    if (this.isHeld) {
      this.#held.push(work);
      return;
    }
    work();
    this.#afterwards?.();
  }

  #ring(timer: OwnTimer): void {
    this.#timers.delete(timer);
    if (this.isHeld) {
      this.run(() => {
        if (!timer.isCleared) timer.callback();
      });
      return;
    }
    timer.callback();
    this.#afterwards?.();
  }

  /** SIGSTOP, or a tab that is put to sleep. Several may hold it: each has to let go. */
  freeze(): void {
    this.#freezes += 1;
  }

  thaw(): void {
    this.#freezes = Math.max(0, this.#freezes - 1);
    if (this.#freezes === 0 && this.#held.length > 0 && !this.#isPumping) this.#pump();
  }

  /** Timers ring at multiples of so long only, as in a background tab, until what is returned is called: then whatever is due does. */
  throttle(everyMs: number): () => void {
    const own = [everyMs] as const;
    this.#throttlesMs.add(own);
    return () => {
      this.#throttlesMs.delete(own);
      const late = [...this.#timers].sort((one, other) => one.dueAtMs - other.dueAtMs);
      for (const timer of late) {
        this.#clock.clearTimeout(timer.handle);
        this.#arm(timer);
      }
    };
  }

  /** Its clock goes so much faster or slower, until what is returned is called. */
  skew(rate: number): () => void {
    const own = [rate] as const;
    this.#skews.add(own);
    this.#turnClock();
    return () => {
      this.#skews.delete(own);
      this.#turnClock();
    };
  }

  #turnClock(): void {
    this.#ownSinceMs = this.nowMs();
    this.#rateSinceMs = this.#clock.nowMs();
    this.#rate = [...this.#skews].flat().reduce((product, rate) => product * rate, 1);
  }

  /** kill -9: nothing of it runs any more. */
  kill(): void {
    this.#isDead = true;
    this.#held.length = 0;
    for (const timer of this.#timers) this.#clock.clearTimeout(timer.handle);
    this.#timers.clear();
  }

  /** What was held back, one thing at a time: what one of them promises runs before the next. */
  #pump(): void {
    this.#isPumping = true;
    this.#clock.setTimeout(() => {
      this.#isPumping = false;
      if (this.#isDead || this.#freezes > 0) return;
      const next = this.#held.shift();
      if (next !== undefined) this.run(next);
      if (this.#held.length > 0) this.#pump();
    }, 0);
  }

  #waitFor({ dueAtMs }: OwnTimer): number {
    const nowMs = this.#clock.nowMs();
    if (this.#throttlesMs.size === 0) return Math.max(0, dueAtMs - nowMs);
    const throttleMs = Math.max(...[...this.#throttlesMs].flat());
    const atMs = throttleMs === 0 ? dueAtMs : Math.ceil(dueAtMs / throttleMs) * throttleMs;
    return Math.max(0, atMs - nowMs);
  }
}
