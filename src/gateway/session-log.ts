/**
 * The one writer of a session's log on this gateway: one append in flight, and everything that came meanwhile in the next, or
 * in those after it where it is much.
 *
 * An owner that was frozen, cut off or forgotten learns at its next append that it is none any more (fencing.ts), and has
 * acknowledged nothing that the new owner does not know.
 */
import type { MemoryAccount } from './admission/memory.ts';
import { outcomeOf } from './fencing.ts';
import type { Snapshot } from './fencing.ts';
import { PendingRecords } from './pending-records.ts';
import { encodeRecord } from './records.ts';
import type { LoggedFrame, RecordKind, Standing } from './records.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { AppendOutcome, LogStore } from '../ports/log-store.ts';
import { WINDOW_BYTES } from '../protocol/limits.ts';

export type LogLoss =
  /** Another gateway, or another attachment, has taken the session over. */
  | 'fenced'
  /** For so long nobody could say what became of an append: another may own the log by now. */
  | 'uncertain';

export interface SessionLogHouse {
  readonly store: LogStore;
  readonly clock: Clock;
  readonly wallClock: WallClock;
}

/** The session. */
export interface SessionLogEnd {
  readonly id: string;
  snapshot(): Snapshot;
  /** All frames that `standing` counts are in the log for good. */
  onCommitted(standing: Standing): void;
  /** Once; nothing is written any more. */
  onLost(loss: LogLoss): void;
}

/** The client keeps to one, and a frame; more is forgiven, for who counts otherwise. */
const HELD_WINDOWS = 2;
const FIRST_RETRY_MS = 50;
const RETRY_CAP_MS = 2_000;
/** Longer than this the answers to an append may no longer be known to the store (NATS keeps ids for 2 min). */
const UNCERTAIN_AFTER_MS = 60_000;
/** Purging costs the store a write: not after each record. */
const PURGE_EVERY_RECORDS = 16;

/** How we came to own it. */
export interface Fenced {
  /** Names this owner: two that fence at the same moment must not take each other's record for their own. */
  readonly writer: string;
  /** Where the fence stands. */
  readonly tail: number;
}

interface Written {
  readonly position: number;
  readonly up: number;
  readonly down: number;
}

export class SessionLog {
  readonly #house: SessionLogHouse;
  readonly #end: SessionLogEnd;
  readonly #writer: string;
  /** What waits here is counted there. */
  readonly #account: MemoryAccount;
  #tail: number;
  readonly #pending: PendingRecords;
  #waitingUpBytes = 0;
  #kind: RecordKind = 'frames';
  #loss: LogLoss | null = null;
  #isWriting = false;
  /** Frames of the record that is on its way: nobody knows yet that they are in the log. */
  #hasFramesInFlight = false;
  #hasUnwritten = false;
  #isOver = false;
  #retryTimer: unknown = null;
  #retryNow: (() => void) | null = null;
  /** Oldest first: what may be purged, once it was handled on both sides. */
  #written: Written[] = [];
  #idle: (() => void)[] = [];
  #isFlushing = false;

  constructor(house: SessionLogHouse, end: SessionLogEnd, fenced: Fenced, account: MemoryAccount) {
    this.#house = house;
    this.#end = end;
    this.#writer = fenced.writer;
    this.#account = account;
    this.#tail = fenced.tail;
    this.#pending = new PendingRecords(end);
  }

  /** It was let go of while frames that had come in, or were said, were not known to be in the log. */
  get hasUnwritten(): boolean {
    return this.#hasUnwritten;
  }

  /** A frame that a record is to hold, copied; `flush` sends it on its way. */
  add(frame: LoggedFrame): void {
    if (this.#isOver) return;
    this.#pending.add(frame);
    if (frame.isDown) return;
    this.#waitingUpBytes += frame.bytes.length;
    this.#account.add(frame.bytes.length);
  }

  /** Of the client's frames no more than it may have on their way are not in the log. P13.4 */
  hasRoomFor(upBytes: number): boolean {
    return this.#waitingUpBytes + upBytes <= HELD_WINDOWS * WINDOW_BYTES;
  }

  /** What follows need not stand in one record with what was before. To be called before anything changes. */
  cut(): void {
    this.#pending.cut();
  }

  /** A frame of so many bytes follows, and the change that comes with it. To be called before either. */
  makeRoom(bytes: number): void {
    this.#pending.makeRoom(bytes);
  }

  /** What is to be remembered has changed, though there is no frame for it. */
  touch(): void {
    this.#pending.touch();
  }

  /** Writes in this turn: everything that comes in at once goes into one record. */
  flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      this.flush();
    });
  }

  /** Writes what there is, unless an append is in flight: then as soon as that was answered. */
  flush(): void {
    if (this.#isWriting || this.#isOver) return;
    const pending = this.#pending.take();
    if (pending === null) return;
    const { standing, card, frames, upBytes } = pending;
    const kind = this.#pending.isEmpty ? this.#kind : 'frames';
    const writtenAtMs = this.#house.wallClock();
    const place = { previous: this.#tail, writtenAtMs };
    const bytes = encodeRecord({ kind, ...standing, ...place, card, frames: frames.bytes });
    this.#hasFramesInFlight = frames.lengthBytes > 0;
    frames.clear();
    this.#isWriting = true;
    void this.#write(bytes, standing, upBytes);
  }

  /** The session is over: the last record says so. Resolves to null when it is written, or to why it is not ours to write. */
  async end(): Promise<LogLoss | null> {
    this.#kind = 'end';
    this.touch();
    await this.settled();
    this.release();
    return this.#loss;
  }

  /** Resolves when everything added so far is in the log, or never will be. */
  async settled(): Promise<void> {
    this.flush();
    while (this.#isWriting && !this.#isOver) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /** Writes nothing any more, and tells nobody. */
  release(): void {
    this.#isOver = true;
    this.#hasUnwritten ||= this.#hasFramesInFlight || this.#pending.hasFrames;
    this.#pending.clear();
    if (this.#retryTimer !== null) this.#house.clock.clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    this.#retryNow?.();
    this.#wakeIdle();
  }

  async #write(record: Uint8Array, standing: Standing, upBytes: number): Promise<void> {
    const { store } = this.#house;
    const options = { after: this.#tail, id: `${this.#writer}:${this.#tail}`, isYielded: true };
    const outcome = await this.#appended(() => store.append(this.#end.id, record, options));
    if (this.#isOver) return;
    this.#isWriting = false;
    if (outcome.kind === 'committed') {
      this.#tail = outcome.position;
      this.#hasFramesInFlight = false;
      this.#waitingUpBytes -= upBytes;
      this.#account.add(-upBytes);
      this.#written.push({ position: outcome.position, up: standing.up, down: standing.down });
      this.#end.onCommitted(standing);
      this.#purge(standing);
      this.flush();
      this.#wakeIdle(); // who waits looks again
    } else {
      this.release();
      this.#loss = outcome.kind === 'conflict' ? 'fenced' : 'uncertain';
      this.#end.onLost(this.#loss);
    }
  }

  /** Asks until the store says yes or no. An append whose fate is unknown is asked for again under the same id. */
  async #appended(append: () => Promise<AppendOutcome>): Promise<AppendOutcome> {
    const { clock } = this.#house;
    const startedAtMs = clock.nowMs();
    let isUncertain = false;
    for (let retryMs = FIRST_RETRY_MS; ; retryMs = Math.min(2 * retryMs, RETRY_CAP_MS)) {
      const outcome = await outcomeOf(append);
      const isDecided = outcome.kind === 'committed' || outcome.kind === 'conflict';
      if (isDecided || this.#isOver) return outcome;
      isUncertain ||= outcome.kind === 'unknown';
      if (isUncertain && clock.nowMs() - startedAtMs > UNCERTAIN_AFTER_MS) return outcome;
      await this.#pause(retryMs);
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#retryNow = resolve;
      this.#retryTimer = this.#house.clock.setTimeout(resolve, ms);
    });
  }

  #purge({ done, downAcked }: Standing): void {
    if (this.#written.length < PURGE_EVERY_RECORDS) return;
    const kept = this.#written.findIndex(({ up, down }) => up > done || down > downAcked);
    const last = this.#written[(kept === -1 ? this.#written.length : kept) - 1];
    if (last === undefined) return;
    this.#written = kept === -1 ? [] : this.#written.slice(kept);
    this.#house.store.purge(this.#end.id, last.position).catch(() => undefined); // what stays is let go of with the next
  }

  #wakeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}
