/**
 * Audio, and gaps in it, that no final covers yet: with which number which sample ends. Kept as runs of chunks that are equally
 * long, since there are hundreds of a session.
 */
interface Run {
  firstSeq: number;
  /** In samples, as `stepSamples`. */
  firstEnd: number;
  /** Of each from the second on; 0 while there is none. */
  stepSamples: number;
  count: number;
  /** The last one's, which may have taken in others that hold no sample. */
  lastSeq: number;
}

/** Both 0 where there is none. */
export interface Finished {
  readonly seq: number;
  readonly end: number;
}

const NONE: Finished = { seq: 0, end: 0 };

export class Unfinished {
  /** The oldest first. */
  #runs: Run[] = [];

  add(seq: number, end: number): void {
    const run = this.#runs.at(-1);
    if (run !== undefined && lastEndOf(run) === end) {
      run.lastSeq = seq; // no sample of its own: it is done with the one before
      return;
    }
    if (run !== undefined && isNext(run, seq, end)) {
      run.stepSamples = end - lastEndOf(run);
      run.count += 1;
      run.lastSeq = seq;
    } else
      this.#runs.push({ firstSeq: seq, firstEnd: end, stepSamples: 0, count: 1, lastSeq: seq });
  }

  /** Those that end at `end` at the latest are let go of. @returns the last of them. */
  dropEndedBy(end: number): Finished {
    return this.#drop(
      (run) => lastEndOf(run) <= end,
      (run) => (run.firstEnd > end ? 0 : Math.floor((end - run.firstEnd) / run.stepSamples) + 1),
    );
  }

  /** Those of numbers through `seq` are let go of. @returns the last of them. */
  dropThrough(seq: number): Finished {
    return this.#drop(
      (run) => run.lastSeq <= seq,
      (run) => Math.min(run.count - 1, Math.max(0, seq - run.firstSeq + 1)),
    );
  }

  /** @param countIn how many of a run that does not go as a whole. */
  #drop(isWhole: (run: Run) => boolean, countIn: (run: Run) => number): Finished {
    let last = NONE;
    let whole = 0;
    for (const run of this.#runs) {
      if (!isWhole(run)) break;
      last = { seq: run.lastSeq, end: lastEndOf(run) };
      whole += 1;
    }
    if (whole > 0) this.#runs.splice(0, whole);
    const [run] = this.#runs;
    const count = run === undefined ? 0 : countIn(run);
    if (run === undefined || count === 0) return last;
    last = { seq: run.firstSeq + count - 1, end: run.firstEnd + (count - 1) * run.stepSamples };
    run.firstSeq += count;
    run.firstEnd += count * run.stepSamples;
    run.count -= count;
    return last;
  }
}

function lastEndOf({ firstEnd, stepSamples, count }: Run): number {
  return firstEnd + (count - 1) * stepSamples;
}

/** The number after the last, and as long as those before. */
function isNext(run: Run, seq: number, end: number): boolean {
  const isAdjacent = run.lastSeq === run.firstSeq + run.count - 1 && seq === run.lastSeq + 1;
  const stepSamples = end - lastEndOf(run);
  return isAdjacent && (run.count === 1 ? stepSamples > 0 : stepSamples === run.stepSamples);
}
