/** What finals and gaps cover of captured audio: each moment once. */
interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly isGap: boolean;
}

export class Coverage {
  /** Each in order. */
  readonly #finals: Range[] = [];
  readonly #gaps: Range[] = [];
  readonly #seamMs: number;
  readonly #complain: (message: string, isGap: boolean) => void;

  /** @param seamMs as far as two may be apart, or overlap. @param complain `isGap`: one of two is a gap and one is none. */
  constructor(seamMs: number, complain: (message: string, isGap: boolean) => void) {
    this.#seamMs = seamMs;
    this.#complain = complain;
  }

  /** A final may span gaps that were told before it: what was lost in the middle of what it heard. */
  add(fromMs: number, toMs: number, isGap: boolean): void {
    const added = { fromMs, toMs, isGap };
    const [own, others] = isGap ? [this.#gaps, this.#finals] : [this.#finals, this.#gaps];
    for (const other of [...overlapping(own, added), ...overlapping(others, added)]) {
      const spans = !isGap && other.isGap && fromMs <= other.fromMs && other.toMs <= toMs;
      if (spans || overlapMs(added, other) <= this.#seamMs) continue;
      this.#complain(`${told(added)} overlaps ${told(other)}`, other.isGap !== isGap);
    }
    if (toMs <= fromMs) return;
    const at = placeOf(own, fromMs);
    own.splice(at, 0, added);
  }

  /** Nothing is added any more: all of it must be covered. */
  close(capturedMs: number): void {
    let coveredMs = 0;
    const all = [...this.#finals, ...this.#gaps].sort((one, other) => one.fromMs - other.fromMs);
    for (const range of all) {
      if (range.fromMs - coveredMs > this.#seamMs) this.#hole(coveredMs, range.fromMs);
      coveredMs = Math.max(coveredMs, range.toMs);
    }
    if (capturedMs - coveredMs > this.#seamMs) this.#hole(coveredMs, capturedMs);
  }

  isGapNear(atMs: number, withinMs: number): boolean {
    return this.#gaps.some(
      ({ fromMs, toMs }) => fromMs - withinMs <= atMs && atMs <= toMs + withinMs,
    );
  }

  #hole(fromMs: number, toMs: number): void {
    this.#complain(`nothing covers ${Math.round(fromMs)} to ${Math.round(toMs)} ms`, false);
  }
}

function overlapMs(one: Range, other: Range): number {
  return Math.min(one.toMs, other.toMs) - Math.max(one.fromMs, other.fromMs);
}

/** Of ranges in order the last ones, as far back as they reach into this one. */
function overlapping(ranges: readonly Range[], range: Range): readonly Range[] {
  const found: Range[] = [];
  for (let at = ranges.length - 1; at >= 0; at -= 1) {
    const other = ranges[at];
    if (other === undefined || other.toMs <= range.fromMs) break;
    if (overlapMs(range, other) > 0) found.push(other);
  }
  return found;
}

function placeOf(ranges: readonly Range[], fromMs: number): number {
  let at = ranges.length;
  while (at > 0 && (ranges[at - 1]?.fromMs ?? 0) > fromMs) at -= 1;
  return at;
}

function told({ fromMs, toMs, isGap }: Range): string {
  return `${isGap ? 'the gap' : 'the final'} ${Math.round(fromMs)} to ${Math.round(toMs)} ms`;
}
