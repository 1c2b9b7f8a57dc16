/**
 * The fewest and shortest faults that still do it: delta debugging over the list of faults, then over how long each lasts, then over
 * how long the run is. What is looked for is the same invariant, wherever and whenever it is violated.
 */
import type { Fault, InvariantId, RunOptions, RunResult, WorldKind } from './simulation.types.ts';

export type Runner = (options: RunOptions) => Promise<Pick<RunResult, 'violations'>>;

export interface ShrinkOptions {
  readonly run: Runner;
  /** What it was found with. */
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** Default: the one that the seed draws. */
  readonly world?: WorldKind;
  /** Default 180,000 ms, as of any run. */
  readonly lengthMs?: number;
  readonly invariant: InvariantId;
  /** Default 200. The smallest found within them is the result. */
  readonly mostRuns?: number;
  /** Called after each run. */
  readonly onProgress?: (progress: ShrinkProgress) => void;
  /** Aborted: no further run is begun, and the smallest so far is the result. */
  readonly signal?: AbortSignal;
}

export interface ShrinkProgress {
  readonly runs: number;
  readonly mostRuns: number;
  /** Of the smallest so far. */
  readonly faults: number;
  readonly lengthMs: number;
}

export interface Shrunk {
  readonly faults: readonly Fault[];
  readonly lengthMs: number;
  readonly runs: number;
  /** Whether nothing smaller was left to try. */
  readonly isMinimal: boolean;
}

export const DEFAULT_LENGTH_MS = 180_000;
const MOST_RUNS = 200;
/** Below these nothing becomes easier to read. */
const LEAST_FAULT_MS = 10;
const LEAST_LENGTH_MS = 1_000;

export async function shrink(options: ShrinkOptions): Promise<Shrunk> {
  const search = new Search(options);
  await search.fewerFaults();
  await search.shorterFaults();
  await search.shorterRun();
  return search.result();
}

class Search {
  readonly #options: ShrinkOptions;
  readonly #mostRuns: number;
  #faults: readonly Fault[];
  #lengthMs: number;
  #runs = 0;
  #isCutShort = false;

  constructor(options: ShrinkOptions) {
    this.#options = options;
    this.#mostRuns = options.mostRuns ?? MOST_RUNS;
    this.#faults = options.faults;
    this.#lengthMs = options.lengthMs ?? DEFAULT_LENGTH_MS;
  }

  result(): Shrunk {
    const isMinimal = !this.#isCutShort;
    return { faults: this.#faults, lengthMs: this.#lengthMs, runs: this.#runs, isMinimal };
  }

  /** Zeller's ddmin: what is left out is one of ever smaller parts, until no single fault can be left out. */
  async fewerFaults(): Promise<void> {
    if (this.#faults.length === 0 || (await this.#failsStill([], this.#lengthMs))) return;
    let parts = 2;
    while (this.#faults.length >= 2) {
      if (await this.#withoutOnePart(parts)) {
        parts = Math.max(parts - 1, 2);
        continue;
      }
      if (this.#isCutShort || parts >= this.#faults.length) return;
      parts = Math.min(parts * 2, this.#faults.length);
    }
  }

  async shorterFaults(): Promise<void> {
    for (let at = 0; at < this.#faults.length; at += 1) {
      for (;;) {
        const fault = this.#faults[at];
        if (fault?.forMs === undefined || fault.forMs < 2 * LEAST_FAULT_MS) break;
        const shorter = { ...fault, forMs: Math.round(fault.forMs / 2) };
        if (!(await this.#failsStill(replaced(this.#faults, at, shorter), this.#lengthMs))) break;
      }
    }
  }

  async shorterRun(): Promise<void> {
    while (this.#lengthMs >= 2 * LEAST_LENGTH_MS) {
      if (!(await this.#failsStill(this.#faults, Math.round(this.#lengthMs / 2)))) return;
    }
  }

  /** Half of them first: that is a part alone, where there are two. */
  async #withoutOnePart(parts: number): Promise<boolean> {
    const faults = this.#faults;
    for (let part = 0; part < parts; part += 1) {
      const from = Math.floor((part * faults.length) / parts);
      const to = Math.floor(((part + 1) * faults.length) / parts);
      const rest = [...faults.slice(0, from), ...faults.slice(to)];
      if (await this.#failsStill(rest, this.#lengthMs)) return true;
    }
    return false;
  }

  /** What fails is kept. */
  async #failsStill(faults: readonly Fault[], lengthMs: number): Promise<boolean> {
    const { run, seed, world, invariant, signal, onProgress } = this.#options;
    if (this.#runs >= this.#mostRuns || signal?.aborted === true) {
      this.#isCutShort = true;
      return false;
    }
    this.#runs += 1;
    const { violations } = await run({
      seed,
      faults,
      lengthMs,
      ...(world === undefined ? {} : { world }),
    });
    const fails = violations.some((violation) => violation.invariant === invariant);
    if (fails) [this.#faults, this.#lengthMs] = [faults, lengthMs];
    onProgress?.({
      runs: this.#runs,
      mostRuns: this.#mostRuns,
      faults: this.#faults.length,
      lengthMs: this.#lengthMs,
    });
    return fails;
  }
}

function replaced(faults: readonly Fault[], at: number, fault: Fault): readonly Fault[] {
  return faults.map((each, index) => (index === at ? fault : each));
}
