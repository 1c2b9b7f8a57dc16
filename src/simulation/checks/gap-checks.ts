/** Whether what is given up had to be: a ring holds what was captured last for as long as it may, acknowledged or not (P14.4). */
import type { Report } from './report.ts';
import type { Spans } from './spans.ts';
import type { CapturedAudio } from '../world/captured.ts';
import type { GapEvent } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

/** A hole is told in pieces of a second, and may end inside a chunk. */
const SLACK_MS = 1_200;
/** Positions are told in milliseconds. */
const SEAM_MS = 1;

export class GapChecks {
  readonly #name: string;
  readonly #captured: CapturedAudio;
  readonly #retentionMs: number;
  readonly #report: Report;

  constructor(
    name: string,
    session: Session,
    captured: CapturedAudio,
    retentionMs: number,
    report: Report,
  ) {
    this.#name = name;
    this.#captured = captured;
    this.#retentionMs = retentionMs;
    this.#report = report;
    session.on('gap', (gap) => this.#hear(gap));
  }

  /** What a gateway was told that it will never have, the application was told as well. @param told in milliseconds. */
  expectTold(from: number, to: number, told: Spans): void {
    const msOf = (samples: number): number => (samples * 1_000) / this.#captured.sampleRateHz;
    if (told.covers(msOf(from), msOf(to), SEAM_MS)) return;
    const range = `${Math.round(msOf(from))}–${Math.round(msOf(to))} ms`;
    this.#report.violated('I3', `${this.#name}: a gap of ${range} is in the log, and was not told`);
  }

  #hear({ toMs, reason }: GapEvent): void {
    const capturedMs = (this.#captured.samples * 1_000) / this.#captured.sampleRateHz;
    const sinceMs = capturedMs - toMs;
    if (sinceMs >= this.#retentionMs - SLACK_MS) return;
    const message = `${this.#name}: what ended ${Math.round(sinceMs)} ms before the newest is given up (${reason})`;
    this.#report.violated('I3', `${message}; ${this.#retentionMs} ms are held`);
  }
}
