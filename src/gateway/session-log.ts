/**
 * The one writer of a session's log on this gateway: one append in flight, and everything that came meanwhile in the next, or
 * in those after it where it is much.
 *
 * An owner that was frozen, cut off or forgotten learns at its next append that it is none any more (fencing.ts), and has
 * acknowledged nothing that the new owner does not know.
 */
import type { MemoryAccount } from './admission/memory.ts';
import { unknownFor } from './fencing.ts';
import type { Snapshot } from './fencing.ts';
import { Insistence, isDecided } from './insistence.ts';
import { PendingRecords } from './pending-records.ts';
import type { PendingRecord } from './pending-records.ts';
import { encodeRecord } from './records.ts';
import type { LoggedFrame, RecordKind, Standing } from './records.ts';
import { WrittenRecords } from './written-records.ts';
import type { Clock, WallClock } from '../ports/clock.ts';
import type { AppendOutcome, LogStore } from '../ports/log-store.ts';
import { WINDOW_BYTES } from '../protocol/limits.ts';

export type LogLoss =
  /** Another has written behind what we did: it has the session, or has ended it. */
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
/** A microtask by this is cheaper than by `queueMicrotask`, which on Node has an async resource of its own. */
const AT_ONCE = Promise.resolve();

/** How we came to own it. */
export interface Fenced {
  /** Names this owner: two that fence at the same moment must not take each other's record for their own. */
  readonly writer: string;
  /** Where the fence stands. */
  readonly tail: number;
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
  #isWriting = false;
  #insistence: Insistence | null = null;
  /** Frames of the record that is on its way: nobody knows yet that they are in the log. */
  #hasFramesInFlight = false;
  #hasUnwritten = false;
  #isOver = false;
  readonly #written = new WrittenRecords();
  #idle: (() => void)[] = [];
  #isFlushing = false;
  #writtenChanges = 0;
  /** What somebody asked for: it follows at once when the record before it is written. */
  #wantedChanges = 0;
  #takesMs = 0;

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

  /** Of the client's frames that are not in the log. */
  get waitingUpBytes(): number {
    return this.#waitingUpBytes;
  }

  /** An append was not answered. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** How long the newest append took. */
  get takesMs(): number {
    return this.#takesMs;
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
    void AT_ONCE.then(() => {
      this.#isFlushing = false;
      this.flush();
    });
  }

  /** Writes what there is, unless an append is in flight: then as soon as that was answered. */
  flush(): void {
    this.#wantedChanges = this.#pending.changes;
    if (this.#isWriting || this.#isOver) return;
    const pending = this.#pending.take();
    if (pending === null) return;
    const { standing, card, frames } = pending;
    const kind = this.#pending.isEmpty ? this.#kind : 'frames';
    const writtenAtMs = this.#house.wallClock();
    const { epoch, up, down, downAcked, fin, done } = standing;
    const previous = this.#tail;
    const bytes = encodeRecord({ kind, epoch, up, down, downAcked, fin, done, previous, writtenAtMs, card, frames: frames.bytes }); // prettier-ignore
    this.#hasFramesInFlight = frames.lengthBytes > 0;
    frames.clear();
    this.#isWriting = true;
    void this.#write(bytes, pending);
  }

  /** As `flush`, where frames wait: a mere change of how things stand goes with the next of them. */
  flushFrames(): void {
    if (this.#pending.hasFrames) this.flush();
  }

  /** The session is over: the last record says so. Resolves when it is in the log, or never will be. */
  async end(): Promise<void> {
    this.#kind = 'end';
    this.touch();
    await this.settled();
    this.release();
  }

  /** Resolves when everything added so far is in the log, or never will be. */
  async settled(): Promise<void> {
    const { changes } = this.#pending;
    this.flush();
    while (this.#writtenChanges < changes && !this.#isOver) {
      await new Promise<void>((resolve) => this.#idle.push(resolve));
    }
  }

  /**
   * Whether another has written behind what we did: for who writes nothing any more. False where the store does not say, and
   * where an append was not answered: what stands there may be our own.
   */
  async isOvertaken(): Promise<boolean> {
    if (this.#isWriting) return false;
    const tail = await this.#house.store.tail(this.#end.id).catch(() => null);
    return tail !== null && tail.position !== this.#tail;
  }

  /** Writes nothing any more, and tells nobody. */
  release(): void {
    this.#isOver = true;
    this.#hasUnwritten ||= this.#hasFramesInFlight || this.#pending.hasFrames;
    this.#pending.clear();
    this.#insistence?.stop();
    this.#wakeIdle();
  }

  async #write(record: Uint8Array, { standing, upBytes, changes }: PendingRecord): Promise<void> {
    const { store, clock } = this.#house;
    const { id } = this.#end;
    const options = { after: this.#tail, id: `${this.#writer}:${this.#tail}`, isYielded: true };
    const append = (): Promise<AppendOutcome> => store.append(id, record, options);
    const askedAtMs = clock.nowMs();
    let outcome: AppendOutcome;
    try {
      outcome = await append();
    } catch (error) {
      outcome = unknownFor(error);
    }
    if (!isDecided(outcome) && !this.#isOver) {
      this.#insistence = new Insistence(clock, append, askedAtMs);
      outcome = await this.#insistence.until(outcome);
      this.#insistence = null;
    }
    if (this.#isOver) return;
    this.#isWriting = !isDecided(outcome);
    if (outcome.kind === 'committed') {
      this.#tail = outcome.position;
      this.#hasFramesInFlight = false;
      this.#writtenChanges = changes;
      this.#takesMs = clock.nowMs() - askedAtMs;
      this.#waitingUpBytes -= upBytes;
      this.#account.add(-upBytes);
      this.#written.add(outcome.position, standing);
      this.#end.onCommitted(standing);
      const through = this.#written.purgeable(standing);
      if (through !== null) store.purge(id, through).catch(() => undefined); // what stays is let go of with the next
      if (changes < this.#wantedChanges) this.flush();
      this.#wakeIdle(); // who waits looks again
    } else {
      this.release();
      this.#end.onLost(outcome.kind === 'conflict' ? 'fenced' : 'uncertain');
    }
  }

  #wakeIdle(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }
}
