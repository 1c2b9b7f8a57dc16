/**
 * Gaps as a person wants to hear of them: one report for a hole, not one for each 20 ms chunk of it.
 *
 * A hole that keeps growing is reported in pieces of about a second, which do not overlap.
 */
import type { GapRange } from './ledger.ts';

export class GapReporter {
  readonly #pieceBytes: number;
  readonly #report: (gap: GapRange) => void;
  #open: GapRange | null = null;

  constructor(bytesPerSecond: number, report: (gap: GapRange) => void) {
    this.#pieceBytes = bytesPerSecond;
    this.#report = report;
  }

  add(gap: GapRange): void {
    const open = this.#open;
    if (open !== null && (open.to !== gap.from || open.reason !== gap.reason)) this.flush();
    this.#open =
      this.#open === null
        ? gap
        : { ...this.#open, to: gap.to, chunks: this.#open.chunks + gap.chunks };
    if (this.#open.to - this.#open.from >= this.#pieceBytes) this.flush();
  }

  flush(): void {
    const open = this.#open;
    this.#open = null;
    if (open !== null) this.#report(open);
  }
}
