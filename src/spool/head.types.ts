/** The head of a spool. */
import type { AudioBooks } from '../audio/keeping.ts';

/** Audio that only the other end has was put in at `at`: blocks through `throughBlock` were written before that was known. */
export interface Shift {
  readonly throughBlock: number;
  readonly at: number;
  readonly by: number;
}

export interface SpoolHead {
  readonly v: 1;
  readonly bytesPerSecond: number;
  /** When it was written: by the clock of the first life that stored anything, and by the wall's. */
  readonly monoMs: number;
  readonly wallMs: number;
  readonly lastBlock: number;
  readonly droppedBlock: number;
  readonly shifts: readonly Shift[];
  /** What follows was captured in a life that has not learnt yet whether the other end has more of the one before. */
  readonly seam: number | null;
  readonly books: AudioBooks;
  /** Of each candidate, what its streams leave for each other. */
  readonly shared: Readonly<Record<string, unknown>>;
}
