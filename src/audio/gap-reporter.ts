/**
 * Gaps as a person wants to hear of them: one report for a hole, not one for each 20 ms chunk of it.
 *
 * A hole that keeps growing is reported in pieces of about a second, which do not overlap. Adding never reports: the
 * listener may write, or close the session, and whoever adds is in the middle of changing the books.
 */
import type { GapRange } from './ledger.ts';

export class GapReporter {
  readonly #pieceBytes: number;
  readonly #report: (gap: GapRange) => void;
  readonly #ready: GapRange[] = [];
  #open: GapRange | null = null;

  constructor(bytesPerSecond: number, report: (gap: GapRange) => void) {
    this.#pieceBytes = bytesPerSecond;
    this.#report = report;
  }

  /** Notes a gap that follows those noted before. */
  add(gap: GapRange): void {
    const open = this.#open;
    if (open !== null && (open.to !== gap.from || open.reason !== gap.reason)) this.#close();
    this.#open =
      this.#open === null
        ? gap
        : { ...this.#open, to: gap.to, chunks: this.#open.chunks + gap.chunks };
    if (this.#open.to - this.#open.from >= this.#pieceBytes) this.#close();
  }

  /** Noted, and not reported yet. */
  get untold(): readonly GapRange[] {
    return this.#open === null ? [...this.#ready] : [...this.#ready, this.#open];
  }

  /** Reports the pieces that are whole. */
  report(): void {
    for (let gap = this.#ready.shift(); gap !== undefined; gap = this.#ready.shift()) {
      this.#report(gap);
    }
  }

  /** Reports everything, the hole that may still grow too. */
  flush(): void {
    this.#close();
    this.report();
  }

  #close(): void {
    if (this.#open !== null) this.#ready.push(this.#open);
    this.#open = null;
  }
}
