/** Whether what is given up had to be: a ring holds what was captured last for as long as it may, acknowledged or not (P14.4). */
import type { Report } from './report.ts';
import { Spans } from './spans.ts';
import type { CapturedAudio } from '../world/captured.ts';
import type { GapEvent } from '../../session/events.ts';
import type { Session } from '../../session/session.ts';

/** A hole is told in pieces of a second, and may end inside a chunk. */
const SLACK_MS = 1_200;
/** What follows a hole that was told is told with what follows it, in such pieces. */
const PIECE_MS = 1_000;
/** Positions are told in milliseconds. */
const SEAM_MS = 1;

interface Telling {
  readonly atMs: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export class GapChecks {
  readonly #name: string;
  readonly #sampleRateHz: number;
  #hasLivedBefore = false;
  #session: Session;
  readonly #retentionMs: number;
  readonly #report: Report;
  /** Of the session that it is in: what its log has, and what a full ring gave up. */
  #inLog = new Spans();
  #givenUp = new Spans();
  #tellings: Telling[] = [];
  /** In the log as gaps, and not told yet. */
  #untold: readonly { readonly fromMs: number; readonly toMs: number }[] = [];
  #isOver = false;
  /** What it was acknowledged is lost with it, but for what is held. */
  #hasLostSession = false;

  constructor(
    name: string,
    session: Session,
    captured: CapturedAudio,
    retentionMs: number,
    report: Report,
  ) {
    this.#name = name;
    this.#sampleRateHz = captured.sampleRateHz;
    this.#session = session;
    this.#retentionMs = retentionMs;
    this.#report = report;
    this.goesOn(session);
    this.#hasLivedBefore = false;
  }

  /** Another process of its client goes on, with another session. */
  goesOn(session: Session): void {
    this.#session = session;
    this.#isOver = false;
    this.#hasLivedBefore = true;
    session.on('gap', (gap) => this.#hear(gap));
    // Nobody can tell it any more what its log has.
    session.on('connection.failed', () => {
      this.#isOver = true;
    });
    session.on('gateway.sessionLost', () => {
      this.#hasLostSession = true;
      this.#inLog = new Spans();
      this.#givenUp = new Spans();
      this.#tellings = [];
    });
  }

  /** Its process is dead: of what was told from then on another life may not know. */
  unsureSince(atMs: number): void {
    this.#tellings = this.#tellings.filter((telling) => telling.atMs < atMs);
    this.#givenUp = new Spans();
    for (const { fromMs, toMs } of this.#tellings) this.#givenUp.add(fromMs, toMs);
  }

  /** A log has these samples. */
  inLog(from: number, to: number): void {
    const [fromMs, toMs] = [this.#msOf(from), this.#msOf(to)];
    this.#inLog.add(fromMs, toMs);
    if (this.#givenUp.meets(fromMs, toMs, SEAM_MS)) this.#both(fromMs, toMs);
  }

  /** What a gateway was told that it will never have, the application was told as well, or is soon. @param told in milliseconds. */
  expectTold(from: number, to: number, told: Spans): void {
    const [fromMs, toMs] = [this.#msOf(from), this.#msOf(to)];
    this.#untold = this.#untold.filter((gap) => !told.covers(gap.fromMs, gap.toMs, SEAM_MS));
    if (!told.covers(fromMs, toMs, SEAM_MS)) this.#untold = [...this.#untold, { fromMs, toMs }];
    this.#expectPieces(toMs);
  }

  /** Nothing is told any more. */
  closed(told: Spans): void {
    this.#untold = this.#untold.filter((gap) => !told.covers(gap.fromMs, gap.toMs, SEAM_MS));
    this.#expectPieces(Infinity);
  }

  #expectPieces(throughMs: number): void {
    const [first] = this.#untold;
    if (first === undefined || throughMs - first.fromMs < PIECE_MS) return;
    const range = `${Math.round(first.fromMs)}–${Math.round(first.toMs)} ms`;
    this.#report.violated('I3', `${this.#name}: a gap of ${range} is in the log, and was not told`);
  }

  #hear({ fromMs, toMs, reason }: GapEvent): void {
    const isKept = !('storeTailLost' in this.#report.fired);
    if (isKept && !this.#hasLostSession && reason === 'storeLoss') {
      const range = `${Math.round(fromMs)}–${Math.round(toMs)} ms`;
      this.#report.violated('I3', `${this.#name}: no store has lost ${range}, and it is told so`);
    }
    if (reason === 'ringOverflow') {
      this.#givenUp.add(fromMs, toMs);
      this.#tellings.push({ atMs: this.#report.nowMs, fromMs, toMs });
      // What the store has lost may be given up as well.
      if (isKept && this.#inLog.meets(fromMs, toMs, SEAM_MS)) this.#both(fromMs, toMs);
    }
    const sinceMs = this.#session.ledger.capturedMs - toMs;
    if (sinceMs >= this.#retentionMs - SLACK_MS) return;
    // What only a session has that is lost since, which a life before was killed in.
    if (reason === 'storeLoss' && this.#hasLivedBefore && this.#hasLostSession) return;
    const message = `${this.#name}: what ended ${Math.round(sinceMs)} ms before the newest is given up (${reason})`;
    this.#report.violated('I3', `${message}; ${this.#retentionMs} ms are held`);
  }

  #both(fromMs: number, toMs: number): void {
    if (this.#isOver) return;
    const range = `${Math.round(fromMs)}–${Math.round(toMs)} ms`;
    this.#report.violated('I4', `${this.#name}: ${range} are in the log, and told as a gap`);
  }

  #msOf(samples: number): number {
    return (samples * 1_000) / this.#sampleRateHz;
  }
}
