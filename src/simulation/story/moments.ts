/** What a story is made of: a trace with its violations, without what repeats itself, and no longer than can be read. */
import type { Fault, RunResult, TraceEntry, Violation } from '../simulation.types.ts';

/** What of a run is told. */
export type Told = Pick<RunResult, 'seed' | 'world' | 'faults' | 'violations' | 'trace'>;

export type Moment =
  | { readonly kind: 'entry'; readonly atMs: number; readonly entry: TraceEntry }
  | { readonly kind: 'violation'; readonly atMs: number; readonly violation: Violation }
  | {
      readonly kind: 'folded';
      readonly atMs: number;
      readonly untilMs: number;
      readonly text: string;
    };

/** Who says in a trace that something goes wrong. */
export const FAULT = 'fault';
/** Who says that something is violated: here that is a moment of its own. */
const CHECKERS: ReadonlySet<string> = new Set(['checker', 'violation']);

/** The first so many of a shape are told since something remarkable happened; then they are routine. */
const TOLD_OF_A_SHAPE = 2;
/** Fewer lines than this are told rather than folded. */
const LEAST_FOLDED = 3;
/** Silence is told from here on. */
const SILENCE_MS = 2_000;
/** How many of what repeats itself are named in a line. */
const NAMED_SHAPES = 3;

/** In order of time, with what repeats itself folded. */
export function momentsOf({ trace, violations }: Told): readonly Moment[] {
  const moments: Moment[] = [];
  const routine = new Routine((moment) => moments.push(moment));
  const left = [...violations].sort((a, b) => a.atMs - b.atMs);
  for (const entry of trace) {
    while (left[0] !== undefined && left[0].atMs < entry.atMs)
      tellViolation(left, moments, routine);
    if (CHECKERS.has(entry.who) || routine.takes(entry)) continue;
    routine.end(entry.atMs);
    moments.push({ kind: 'entry', atMs: entry.atMs, entry });
  }
  while (left.length > 0) tellViolation(left, moments, routine);
  routine.end(0);
  return moments;
}

function tellViolation(left: Violation[], moments: Moment[], routine: Routine): void {
  const violation = left.shift();
  if (violation === undefined) return;
  routine.end(violation.atMs);
  moments.push({ kind: 'violation', atMs: violation.atMs, violation });
}

/** Keeps back what repeats itself. */
class Routine {
  readonly #tell: (moment: Moment) => void;
  readonly #seen = new Map<string, number>();
  #held: TraceEntry[] = [];
  #lastAtMs: number | null = null;

  constructor(tell: (moment: Moment) => void) {
    this.#tell = tell;
  }

  takes(entry: TraceEntry): boolean {
    if (isRemarkable(entry)) {
      this.#seen.clear();
      return false;
    }
    const shape = shapeOf(entry);
    const times = (this.#seen.get(shape) ?? 0) + 1;
    this.#seen.set(shape, times);
    if (times <= TOLD_OF_A_SHAPE) return false;
    this.#held.push(entry);
    return true;
  }

  /** Tells what was kept back, and of the silence before what comes next. */
  end(nextAtMs: number): void {
    const held = this.#held;
    this.#held = [];
    const [first] = held;
    const last = held.at(-1);
    if (first !== undefined && last !== undefined) {
      if (held.length < LEAST_FOLDED) for (const entry of held) this.#tellEntry(entry);
      else this.#tellFolded(first.atMs, last.atMs, foldedText(held));
      this.#lastAtMs = last.atMs;
    }
    if (this.#lastAtMs !== null && nextAtMs - this.#lastAtMs >= SILENCE_MS) {
      this.#tellFolded(this.#lastAtMs, nextAtMs, 'silence');
    }
    this.#lastAtMs = nextAtMs;
  }

  #tellEntry(entry: TraceEntry): void {
    this.#tell({ kind: 'entry', atMs: entry.atMs, entry });
  }

  #tellFolded(atMs: number, untilMs: number, what: string): void {
    const text = `… ${((untilMs - atMs) / 1_000).toFixed(1)} s of ${what} …`;
    this.#tell({ kind: 'folded', atMs, untilMs, text });
  }
}

function isRemarkable({ who, state }: TraceEntry): boolean {
  return who === FAULT || state !== undefined;
}

/** Two lines are of one shape that differ in numbers only, and in how many there are. */
function shapeOf({ who, to = '', what }: TraceEntry): string {
  return `${who}>${to}>${what.replaceAll(/\d[\d.]*([ –-]\d[\d.]*)*/g, '#')}`;
}

function foldedText(held: readonly TraceEntry[]): string {
  const shapes = new Map<string, TraceEntry[]>();
  for (const entry of held) {
    const shape = `${sayingOf(entry)}>${entry.to ?? ''}`;
    shapes.set(shape, [...(shapes.get(shape) ?? []), entry]);
  }
  const all = [...shapes.values()].sort((a, b) => b.length - a.length);
  const sayings = all.map(([first]) => (first === undefined ? '' : sayingOf(first)));
  const named = all.slice(0, NAMED_SHAPES).map((entries, at) => {
    const isToOneOnly = sayings.every((saying, other) => other === at || saying !== sayings[at]);
    return rangeText(entries, isToOneOnly);
  });
  const more = all.slice(NAMED_SHAPES).reduce((sum, { length }) => sum + length, 0);
  return [...named, ...(more === 0 ? [] : [`${more} others`])].join(', ');
}

/** Who says what, whichever its numbers are. */
function sayingOf(entry: TraceEntry): string {
  return `${entry.who} ${headOf(entry).replaceAll(NUMBERS, '#')}`;
}

/** A number, or a range of them; those of an address or of a version are neither. */
const NUMBERS = /(?<![\d.])\d+(?:\.\d+)?(?:[-–]\d+(?:\.\d+)?)?(?!\d|\.\d)/g;

/** `client 1 chunk 41–72 (32 times)`; to whom is told where others are told the same. */
function rangeText(entries: readonly TraceEntry[], isToOneOnly: boolean): string {
  const [first] = entries;
  if (first === undefined) return '';
  const numbers = entries.map((entry) => headOf(entry).match(NUMBERS) ?? []);
  let at = 0;
  const text = headOf(first).replaceAll(NUMBERS, () => {
    const each = numbers.flatMap((row) => row[at] ?? []);
    at += 1;
    return spanText(each);
  });
  const whom = first.to === undefined || isToOneOnly ? '' : ` -> ${first.to}:`;
  const times = entries.length === 1 ? '' : ` (${entries.length} times)`;
  return `${first.who}${whom} ${text}${times}`;
}

/** As it is where all are the same, or from the least to the greatest. */
function spanText(numbers: readonly string[]): string {
  const [whole = '', ...others] = new Set(numbers);
  if (others.length === 0) return whole;
  const ends = numbers.flatMap((each) => each.split(/[-–]/)).sort((a, b) => Number(a) - Number(b));
  return `${ends[0]}–${ends.at(-1)}`;
}

/** What stands before the particulars. */
function headOf({ what }: TraceEntry): string {
  return /^[^,(:]+/.exec(what)?.[0].trim() ?? what;
}

/** From which on this fault strikes, and until when. */
export function spanOf({ atMs, forMs = 0 }: Fault): readonly [fromMs: number, toMs: number] {
  return [atMs, atMs + forMs];
}

/** The share of the room that is for what comes after the first violation. */
const AFTER_RATIO = 0.2;
/** And for faults that are further away from it. */
const FAULTS_RATIO = 0.3;

/** At most `most` of them: the faults, and what is around the first violation, or the end where there is none. */
export function windowOf(moments: readonly Moment[], most: number): readonly Moment[] {
  if (moments.length <= most) return moments;
  const found = moments.findIndex(({ kind }) => kind === 'violation');
  const anchor = found === -1 ? moments.length - 1 : found;
  const faults = moments.flatMap((moment, at) =>
    at < anchor && moment.kind === 'entry' && moment.entry.who === FAULT ? [at] : [],
  );
  const kept = new Set([anchor, ...faults.slice(-Math.floor(most * FAULTS_RATIO))]);
  const after = Math.min(moments.length - 1, anchor + Math.floor(most * AFTER_RATIO));
  for (let at = anchor + 1; at <= after && kept.size < most; at += 1) kept.add(at);
  for (let at = anchor - 1; at >= 0 && kept.size < most; at -= 1) kept.add(at);
  return withHoles(moments, kept);
}

/** What is left out is told by how much it is. */
function withHoles(moments: readonly Moment[], kept: ReadonlySet<number>): readonly Moment[] {
  const told: Moment[] = [];
  let left = 0;
  moments.forEach((moment, at) => {
    if (!kept.has(at)) {
      left += 1;
      return;
    }
    if (left > 0) told.push(hole(left, moment.atMs));
    left = 0;
    told.push(moment);
  });
  if (left > 0) told.push(hole(left, told.at(-1)?.atMs ?? 0));
  return told;
}

function hole(lines: number, atMs: number): Moment {
  return { kind: 'folded', atMs, untilMs: atMs, text: `… ${lines} lines are left out …` };
}
