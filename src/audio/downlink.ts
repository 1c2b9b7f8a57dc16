/**
 * Results to consumer: in order, each stretch of audio once.
 *
 * Positions are the session's. Finals move the line; whatever lies behind it was told already.
 */
export interface Admission {
  /** `fresh`: tell it. `overlapping`: its beginning was told already. `duplicate`: all of it was. */
  readonly verdict: 'fresh' | 'overlapping' | 'duplicate';
  /** From where on it is news. */
  readonly from: number;
}

export class Downlink {
  #toldThrough = 0;
  #duplicates = 0;
  readonly #tolerance: number;

  /** @param tolerance overlap that is rounding, not repetition: services tell times as 32-bit floats. */
  constructor(tolerance: number) {
    this.#tolerance = tolerance;
  }

  get toldThrough(): number {
    return this.#toldThrough;
  }

  get duplicates(): number {
    return this.#duplicates;
  }

  /** A final result moves the line. */
  admitFinal(from: number, to: number): Admission {
    const admission = this.#judge(from, to);
    if (admission.verdict === 'duplicate') this.#duplicates += 1;
    else this.#toldThrough = Math.max(this.#toldThrough, to);

    return admission;
  }

  /** An interim result is told unless a final has covered it. */
  admitInterim(from: number, to: number): Admission {
    return this.#judge(from, to);
  }

  #judge(from: number, to: number): Admission {
    const isBehind = from < this.#toldThrough - this.#tolerance;
    if (to <= this.#toldThrough && (to > from || isBehind))
      return { verdict: 'duplicate', from: to };
    if (!isBehind) return { verdict: 'fresh', from };
    return { verdict: 'overlapping', from: this.#toldThrough };
  }
}
