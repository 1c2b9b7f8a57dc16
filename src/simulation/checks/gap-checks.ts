/** Whether what is given up had to be: a ring holds what was captured last for as long as it may, acknowledged or not (P14.4). */
import type { Report } from './report.ts';
import type { CapturedAudio } from '../world/captured.ts';
import type { GapEvent } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

/** A hole is told in pieces of a second, and may end inside a chunk. */
const SLACK_MS = 1_200;

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

  #hear({ toMs, reason }: GapEvent): void {
    const capturedMs = (this.#captured.samples * 1_000) / this.#captured.sampleRateHz;
    const sinceMs = capturedMs - toMs;
    if (sinceMs >= this.#retentionMs - SLACK_MS) return;
    const message = `${this.#name}: what ended ${Math.round(sinceMs)} ms before the newest is given up (${reason})`;
    this.#report.violated('I3', `${message}; ${this.#retentionMs} ms are held`);
  }
}
