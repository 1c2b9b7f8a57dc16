/** What many runs come to. */
import type { InvariantId, RunResult } from './simulation.types.ts';

export interface SummaryOf {
  /** All that there are: those of them that never fired are named. */
  readonly nemeses: readonly string[];
  /** All that must come about now and then. */
  readonly sometimes: readonly string[];
}

export interface Totals {
  readonly seeds: number;
  /** Of any invariant: a seed counts once for each that it violates. */
  readonly violations: number;
  readonly simulatedHours: number;
  readonly chunks: number;
  readonly gapChunks: number;
  /** How often a fault of each kind found something to hit. */
  readonly faults: Readonly<Record<string, number>>;
  readonly sometimes: Readonly<Record<string, number>>;
  /** Kinds of faults, and things that must come about, that none of the seeds had. */
  readonly neverFired: readonly string[];
}

export interface MutantRow {
  readonly killed: boolean;
  /** How many of the seeds violated an invariant, from 0 to 1. */
  readonly share: number;
  /** How many seeds violated each invariant. */
  readonly by: Readonly<Partial<Record<InvariantId, number>>>;
  readonly seeds: number;
}

const HOUR_MS = 3_600_000;

export class Tally {
  readonly #all: SummaryOf;
  readonly #faults: Map<string, number>;
  readonly #sometimes: Map<string, number>;
  readonly #by = new Map<InvariantId, number>();
  #seeds = 0;
  #failed = 0;
  #violations = 0;
  #simulatedMs = 0;
  #chunks = 0;
  #gapChunks = 0;

  constructor(all: SummaryOf) {
    this.#all = all;
    this.#faults = new Map(all.nemeses.map((name) => [name, 0]));
    this.#sometimes = new Map(all.sometimes.map((name) => [name, 0]));
  }

  add(result: RunResult): void {
    this.#seeds += 1;
    this.#simulatedMs += result.simulatedMs;
    this.#chunks += result.chunks;
    this.#gapChunks += result.gapChunks;
    this.#violations += result.violations.length;
    if (result.violations.length > 0) this.#failed += 1;
    for (const { invariant } of result.violations) increase(this.#by, invariant, 1);
    for (const [kind, count] of Object.entries(result.fired)) increase(this.#faults, kind, count);
    for (const [what, count] of Object.entries(result.sometimes)) {
      increase(this.#sometimes, what, count);
    }
  }

  get seeds(): number {
    return this.#seeds;
  }

  /** How many of the seeds violated something. */
  get failed(): number {
    return this.#failed;
  }

  totals(): Totals {
    return {
      seeds: this.#seeds,
      violations: this.#violations,
      simulatedHours: round(this.#simulatedMs / HOUR_MS, 100),
      chunks: this.#chunks,
      gapChunks: this.#gapChunks,
      faults: Object.fromEntries(this.#faults),
      sometimes: Object.fromEntries(this.#sometimes),
      neverFired: this.neverFired(),
    };
  }

  neverFired(): readonly string[] {
    const { nemeses, sometimes } = this.#all;
    return [
      ...nemeses.filter((name) => this.#faults.get(name) === 0),
      ...sometimes.filter((name) => this.#sometimes.get(name) === 0),
    ];
  }

  mutantRow(): MutantRow {
    return {
      killed: this.#failed > 0,
      share: this.#seeds === 0 ? 0 : round(this.#failed / this.#seeds, 10_000),
      by: Object.fromEntries([...this.#by].sort(([, a], [, b]) => b - a)),
      seeds: this.#seeds,
    };
  }
}

/** How many of the faults of each kind that were planned found nothing to hit. */
export function missedOf({ faults, fired }: Pick<RunResult, 'faults' | 'fired'>): Counts {
  const planned = new Map<string, number>();
  for (const { kind } of faults) increase(planned, kind, 1);
  const missed = [...planned].map(([kind, count]) => [kind, count - (fired[kind] ?? 0)] as const);
  return Object.fromEntries(missed.filter(([, count]) => count > 0));
}

type Counts = Readonly<Record<string, number>>;

export function seedsPerSecond(seeds: number, elapsedMs: number): number {
  return elapsedMs <= 0 ? 0 : round((seeds * 1_000) / elapsedMs, 10);
}

function increase<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}
