/** What finals and gaps cover of captured audio: each moment once. */
interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isGap: boolean;
}

export class Coverage {
  /** In order. */
  readonly #ranges: Range[] = [];
  readonly #seamMs: number;
  readonly #complain: (message: string, isGap: boolean) => void;

  /** @param seamMs as far as two may be apart, or overlap. @param complain `isGap`: one of two is a gap and one is none. */
  constructor(seamMs: number, complain: (message: string, isGap: boolean) => void) {
    this.#seamMs = seamMs;
    this.#complain = complain;
  }

  add(fromMs: number, toMs: number, isGap: boolean): void {
    const added = { fromMs, toMs, isGap };
    let at = this.#ranges.length;
    while (at > 0 && (this.#ranges[at - 1]?.fromMs ?? 0) > fromMs) at -= 1;
    for (const other of [this.#ranges[at - 1], this.#ranges[at]]) {
      if (other === undefined || this.#overlapMs(added, other) <= this.#seamMs) continue;
      this.#complain(`${told(added)} overlaps ${told(other)}`, other.isGap !== isGap);
    }
    if (toMs > fromMs) this.#ranges.splice(at, 0, added);
  }

  /** Nothing is added any more: all of it must be covered. */
  close(capturedMs: number): void {
    let coveredMs = 0;
    for (const range of this.#ranges) {
      if (range.fromMs - coveredMs > this.#seamMs) this.#hole(coveredMs, range.fromMs);
      coveredMs = Math.max(coveredMs, range.toMs);
    }
    if (capturedMs - coveredMs > this.#seamMs) this.#hole(coveredMs, capturedMs);
  }

  isGapNear(atMs: number, withinMs: number): boolean {
    return this.#ranges.some(
      ({ fromMs, toMs, isGap }) => isGap && fromMs - withinMs <= atMs && atMs <= toMs + withinMs,
    );
  }

  #hole(fromMs: number, toMs: number): void {
    this.#complain(`nothing covers ${Math.round(fromMs)} to ${Math.round(toMs)} ms`, false);
  }

  #overlapMs(one: Range, other: Range): number {
    return Math.min(one.toMs, other.toMs) - Math.max(one.fromMs, other.fromMs);
  }
}

function told({ fromMs, toMs, isGap }: Range): string {
  return `${isGap ? 'the gap' : 'the final'} ${Math.round(fromMs)} to ${Math.round(toMs)} ms`;
}
