/** How often one client dials, and that it heeds who refused it for good. */
import { nameOf } from './places.ts';
import type { Report } from './told-audio.ts';

/** More dials than this in a minute are a storm: ten of the client's budget, hedges, and those that users ask for. */
const DIALS_A_MINUTE = 40;
const MINUTE_MS = 60_000;
/** Timers ring at whole milliseconds. */
const ROUNDING_MS = 2;

export class DialBudget {
  readonly #report: Report;
  readonly #dialsAtMs: number[] = [];
  /** How often each that refused for good may still be dialled. */
  readonly #barred = new Map<number, number>();

  /** When each that named a time may be dialled again. */
  readonly #notBeforeMs = new Map<number, number>();

  constructor(report: Report) {
    this.#report = report;
  }

  get lastAtMs(): number {
    return this.#dialsAtMs.at(-1) ?? Infinity;
  }

  /** Somebody asked for a connection: what was refused for good may be tried again. */
  ordered(): void {
    this.#barred.clear();
    this.#notBeforeMs.clear();
  }

  dialled(place: number, atMs: number, isOver = false): void {
    if (isOver) this.#report('I12', `${nameOf(place)} was dialled after the end`);
    const dials = this.#dialsAtMs;
    dials.push(atMs);
    while ((dials[0] ?? atMs) < atMs - MINUTE_MS) dials.shift();
    if (dials.length > DIALS_A_MINUTE) this.#report('I12', `${dials.length} dials in a minute`);
    const left = this.#barred.get(place);
    if (left === 0) this.#report('I12', `${nameOf(place)} was dialled after it refused for good`);
    if (left !== undefined) this.#barred.set(place, left - 1);
    const earlyMs = (this.#notBeforeMs.get(place) ?? atMs) - atMs;
    if (earlyMs > ROUNDING_MS) {
      this.#report('I12', `${nameOf(place)} was dialled ${Math.round(earlyMs)} ms before it said`);
    }
  }

  accepted(place: number): void {
    this.#barred.delete(place);
    this.#notBeforeMs.delete(place);
  }

  /** It has too much to do, and says when to come back. */
  refusedUntil(place: number, atMs: number): void {
    this.#notBeforeMs.set(place, atMs);
  }

  /** @param others connections of this client to that service: each may find out by itself. */
  refusedForGood(place: number, others: number): void {
    if (!this.#barred.has(place)) this.#barred.set(place, others);
  }
}
