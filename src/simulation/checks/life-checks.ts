/** Whether a spool keeps its word when its process is killed: what was stored arrives or is told as a gap, and it was not far behind. */
import type { Report } from './report.ts';
import type { Told } from './told.ts';
import type { CapturedAudio } from '../world/captured.ts';

/** What a process was killed with. */
interface Death {
  /** Of all lives: chunks that the storage had, and no commit had let go of. */
  readonly stored: readonly number[];
  /** The chunks of this life. */
  readonly from: number;
  readonly to: number;
  /** What came from then on may not have been stored. */
  readonly sinceMs: number;
}

const SEAM_MS = 1;

export class LifeChecks {
  readonly #name: string;
  readonly #captured: CapturedAudio;
  readonly #report: Report;
  readonly #deaths: Death[] = [];

  constructor(name: string, captured: CapturedAudio, report: Report) {
    this.#name = name;
    this.#captured = captured;
    this.#report = report;
  }

  /** @param sinceMs what came from then on may not have been stored. */
  died(stored: readonly number[], sinceMs: number): void {
    const { chunks: to, chunksOfLife } = this.#captured;
    this.#deaths.push({ stored, from: to - chunksOfLife, to, sinceMs });
  }

  /** Nothing more comes of any of its lives. */
  closed(told: Told): void {
    for (const { stored, from, to, sinceMs } of this.#deaths) {
      for (const chunk of stored) {
        if (this.#isAccountedFor(chunk, told)) continue;
        this.#violated(`chunk ${chunk} was stored, and is neither in a log nor told as a gap`);
      }
      for (let chunk = from; chunk < to; chunk += 1) this.#expectLate(chunk, sinceMs, told);
    }
  }

  /** Or else it is in the log, or was told. */
  #expectLate(chunk: number, sinceMs: number, told: Told): void {
    if (this.#isAccountedFor(chunk, told)) return;
    this.#report.sometimes('a chunk went with its process');
    const earlyMs = Math.round(sinceMs - this.#captured.broughtAtMs(chunk));
    if (earlyMs <= 0) return;
    this.#violated(
      `chunk ${chunk} went with its process, and came ${earlyMs} ms too early for that`,
    );
  }

  #isAccountedFor(chunk: number, { gaps }: Told): boolean {
    if (this.#captured.isLogged(chunk)) return true;
    return this.#captured.spansOf(chunk).some(({ from, to }) => gaps.covers(from, to, SEAM_MS));
  }

  #violated(message: string): void {
    this.#report.violated('I21', `${this.#name}: ${message}`);
  }
}
