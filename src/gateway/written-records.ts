/** Which records of a log hold nothing any more that anybody may still want. */
import type { Standing } from './records.ts';

/** Purging costs the store a write: not after each record. */
const PURGE_EVERY_RECORDS = 16;

interface Written {
  readonly position: number;
  readonly up: number;
  readonly down: number;
}

export class WrittenRecords {
  /** Oldest first. */
  #written: Written[] = [];

  add(position: number, { up, down }: Standing): void {
    this.#written.push({ position, up, down });
  }

  /** Through where all was handled on both sides; null where it is not worth a purge yet. It is told once. */
  purgeable({ done, downAcked }: Standing): number | null {
    if (this.#written.length < PURGE_EVERY_RECORDS) return null;
    const kept = this.#written.findIndex(({ up, down }) => up > done || down > downAcked);
    const last = this.#written[(kept === -1 ? this.#written.length : kept) - 1];
    if (last === undefined) return null;
    this.#written = kept === -1 ? [] : this.#written.slice(kept);
    return last.position;
  }
}
