/** Time that passes only when told to. It serves tenuto's `Clock` port and XState's alike. */
import type { Clock } from '../../src/ports/clock.ts';

interface Timer {
  readonly id: number;
  readonly dueAtMs: number;
  readonly callback: () => void;
}

export class VirtualClock implements Clock {
  readonly #timers = new Map<number, Timer>();
  #nowMs: number;
  #nextId = 1;

  constructor(startAtMs = 0) {
    this.#nowMs = startAtMs;
    // XState takes a clock's methods off the object.
    this.setTimeout = this.setTimeout.bind(this);
    this.clearTimeout = this.clearTimeout.bind(this);
  }

  /** Timers that have neither run nor been cleared. */
  get pending(): number {
    return this.#timers.size;
  }

  nowMs(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): number {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#timers.set(id, { id, dueAtMs: this.#nowMs + Math.max(0, delayMs), callback });
    return id;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  /** Runs every timer that falls due within `ms`, each at its own moment, also those set meanwhile. */
  advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#nextDue(untilMs); timer; timer = this.#nextDue(untilMs)) {
      this.#timers.delete(timer.id);
      this.#nowMs = Math.max(this.#nowMs, timer.dueAtMs);
      timer.callback();
    }
    this.#nowMs = untilMs;
  }

  /** The same, and after each timer everything that was promised runs before time goes on. */
  async advanceAsync(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (let timer = this.#nextDue(untilMs); timer; timer = this.#nextDue(untilMs)) {
      this.#timers.delete(timer.id);
      this.#nowMs = Math.max(this.#nowMs, timer.dueAtMs);
      timer.callback();
      await settle();
    }
    this.#nowMs = untilMs;
  }

  /** Time passes and nobody looks: what falls due meanwhile runs late, at the end. */
  sleep(ms: number): void {
    this.#nowMs += ms;
    this.advance(0);
  }

  /** The earliest timer due by then; of two at the same moment the one set first. */
  #nextDue(untilMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (timer.dueAtMs > untilMs) continue;
      if (next === undefined || timer.dueAtMs < next.dueAtMs) next = timer;
    }
    return next;
  }
}

/** Lets every promise that can settle do so: a macrotask runs when no microtask is left. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
