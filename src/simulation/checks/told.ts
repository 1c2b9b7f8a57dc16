/** What a client is told of its audio, for good: finals and gaps, each stretch once, over all of its lives. */
import { Spans } from './spans.ts';
import type { Span } from './spans.ts';

/** Positions are told in milliseconds, which a sample need not be a whole number of. */
const SEAM_MS = 1;

interface Telling {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export class Told {
  /** What each covers that was ever told. */
  readonly finals = new Spans();
  readonly gaps = new Spans();
  /** Those that are not told again. */
  #firmGaps = new Spans();
  readonly #tellings: Record<'final' | 'gap', Telling[]> = { final: [], gap: [] };
  #endMs = 0;
  /** Of finals that begin from there on another life may not know that they were told. */
  #unsureFromMs = Infinity;
  #hasToldInThisLife = false;

  /** @returns what is wrong with one more, in words. */
  final(fromMs: number, toMs: number, atMs: number): string | null {
    const isAgain = fromMs < this.#endMs - SEAM_MS;
    const isWrong =
      (isAgain && fromMs < this.#unsureFromMs - SEAM_MS) ||
      !this.gaps.covers(this.#endMs, fromMs, SEAM_MS);
    const before = this.#endMs;
    this.#endMs = toMs;
    this.finals.add(fromMs, toMs);
    this.#tellings.final.push({ atMs, fromMs, toMs });
    this.#hasToldInThisLife = true;
    return isWrong ? `a final begins at ${fromMs} ms; the one before ended at ${before}` : null;
  }

  /** The same. */
  gap(fromMs: number, toMs: number, atMs: number): string | null {
    const isAgain = this.#firmGaps.meets(fromMs, toMs, SEAM_MS);
    this.gaps.add(fromMs, toMs);
    this.#firmGaps.add(fromMs, toMs);
    this.#tellings.gap.push({ atMs, fromMs, toMs });
    return isAgain ? `a gap of ${fromMs}–${toMs} ms is told again` : null;
  }

  /** Its process is dead: what was told from then on may not have been stored, and another life may tell it again. */
  unsureSince(atMs: number): void {
    const { final, gap } = this.#tellings;
    const unsure = final.find((telling) => telling.atMs >= atMs);
    const before = this.#hasToldInThisLife ? Infinity : this.#unsureFromMs;
    this.#unsureFromMs = Math.min(before, unsure?.fromMs ?? Infinity);
    this.#hasToldInThisLife = false;
    this.#tellings.gap = gap.filter((telling) => telling.atMs < atMs);
    this.#firmGaps = new Spans();
    for (const { fromMs, toMs } of this.#tellings.gap) this.#firmGaps.add(fromMs, toMs);
  }

  /** What neither covers. */
  firstHole(throughMs: number): Span | null {
    return Spans.union(this.finals, this.gaps).firstHole(0, throughMs, SEAM_MS);
  }
}
