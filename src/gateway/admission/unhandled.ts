/** What came in and was not handled: it lies in the store, so a session may have only so much of it (PROTOCOL.md, P13.5). */

interface Run {
  lastSeq: number;
  bytes: number;
}

/** Counted in runs, so that the count itself takes no room. */
const RUN_BYTES = 65_536;

export class Unhandled {
  readonly #maxBytes: number;
  #runs: Run[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isTooMuch(): boolean {
    return this.#bytes > this.#maxBytes;
  }

  /** As much again, of what needs no credit. */
  get isOverfull(): boolean {
    return this.#bytes > 2 * this.#maxBytes;
  }

  add(seq: number, bytes: number): void {
    const run = this.#runs.at(-1);
    this.#bytes += bytes;
    if (run !== undefined && run.bytes + bytes <= RUN_BYTES) {
      run.lastSeq = seq;
      run.bytes += bytes;
    } else this.#runs.push({ lastSeq: seq, bytes });
  }

  /** Everything through `seq` is handled. */
  drop(seq: number): void {
    while (this.#runs[0] !== undefined && this.#runs[0].lastSeq <= seq) {
      this.#bytes -= this.#runs.shift()?.bytes ?? 0;
    }
  }
}
