/** Ranges of time, put together where they touch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

export class Spans {
  #spans: Span[] = [];

  static union(one: Spans, other: Spans): Spans {
    const both = new Spans();
    for (const { from, to } of [...one.#spans, ...other.#spans]) both.add(from, to);
    return both;
  }

  get all(): readonly Span[] {
    return this.#spans;
  }

  add(from: number, to: number): void {
    if (to <= from) return;
    const last = this.#spans.at(-1);
    if (last === undefined || from > last.to) this.#spans.push({ from, to });
    else if (from >= last.from) {
      this.#spans[this.#spans.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    } else this.#insert(from, to);
  }

  covers(from: number, to: number, within = 1): boolean {
    return to <= from || this.firstHole(from, to, within) === null;
  }

  /** What of a range is not covered, but for seams of `within`. */
  firstHole(from: number, to: number, within = 0): Span | null {
    let at = from;
    for (const span of this.#spans) {
      if (span.to <= at) continue;
      if (span.from > at + within) break;
      at = Math.max(at, span.to);
      if (at >= to) return null;
    }
    if (at + within >= to) return null;
    const next = this.#spans.find((span) => span.from > at);
    return { from: at, to: Math.min(to, next?.from ?? to) };
  }

  /** Whether more than `within` of a range is covered already. */
  meets(from: number, to: number, within = 0): boolean {
    return this.#spans.some((span) => Math.min(to, span.to) - Math.max(from, span.from) > within);
  }

  #insert(from: number, to: number): void {
    const touching = this.#spans.filter((span) => span.to >= from && span.from <= to);
    const rest = this.#spans.filter((span) => span.to < from || span.from > to);
    rest.push({
      from: Math.min(from, ...touching.map((span) => span.from)),
      to: Math.max(to, ...touching.map((span) => span.to)),
    });
    this.#spans = rest.sort((one, other) => one.from - other.from);
  }
}
