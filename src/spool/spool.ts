/**
 * Keeps what a session captured and no result covers, beyond the life of the process, and gives it back to the next.
 *
 * The microphone never waits for it: what is to be stored is read from the ring, which has the only copy, in one commit every
 * quarter of a second. Where storing fails the ring goes on as it would without a spool, and is stored once that works again.
 */
import { BlockIndex } from './block-index.ts';
import { encodeBlock } from './block.ts';
import type { Commit } from './commit.types.ts';
import { encodeHead } from './head.ts';
import type { Shift } from './head.types.ts';
import { Hold } from './hold.ts';
import type { Recovered } from './recovery.ts';
import type { Sealing } from './sealing.ts';
import { SharedFacts } from './shared-facts.ts';
import { inUse } from './spool-errors.ts';
import { chunksFrom, laterMsOf, notOf, remainsOf } from './spool-facts.ts';
import type { Joined, SpoolSettings } from './spool-facts.ts';
import { BYTES_PER_SAMPLE } from '../audio/format.ts';
import { Keeping } from '../audio/keeping.ts';
import type { UplinkSpool } from '../audio/uplink.types.ts';
import { invalid } from '../ports/option-errors.ts';
import type { SpoolRemains, SpoolStorage } from '../ports/spool.ts';
import type { SpoolOutcome } from '../session/events.ts';
import type { SessionSpool, SpoolFacts, SpoolParts } from '../session/spooling.types.ts';
import { Writer } from './writer.ts';

/** So much goes into one commit. */
const MAX_BLOCK_BYTES = 256 * 1_024;
/** An end waits no longer for what storage does. */
const END_WITHIN_MS = 5_000;
/** So much of what is settled stays in memory for a service that may lose it yet (PROTOCOL.md, P14.4). */
const SETTLED_BYTES = 4 * 1_024 * 1_024;

export class KeptSpool implements SessionSpool, UplinkSpool {
  readonly remains: SpoolRemains | null;
  readonly #settings: SpoolSettings;
  readonly #sealing: Sealing;
  readonly #writer: Writer;
  readonly #storage: SpoolStorage;
  /** Until it is in a session. */
  #recovered: Recovered | null;
  readonly #blocks: BlockIndex;
  readonly #shared: SharedFacts;
  #shifts: readonly Shift[];
  #parts: Joined | null = null;
  /** A stored time is so much later by this life's clock. */
  #laterMs = 0;
  /** Audio is stored through here, or need not be. */
  #storedThrough: number;
  /** Where what was recovered ends, until the other end has said through where it has it. */
  #seam: number | null;
  #lastHead = '';
  /** The newest block that was made up, stored or not. */
  #newest: number;
  /** So much was put in before what is stored, in all. */
  #movedBy = 0;
  readonly #hold = new Hold();
  #isOver = false;
  #ended: Promise<SpoolOutcome> | null = null;

  constructor(
    settings: SpoolSettings,
    storage: SpoolStorage,
    sealing: Sealing,
    recovered: Recovered | null,
    isTooOld = false,
  ) {
    this.remains = remainsOf(recovered, isTooOld);
    this.#settings = settings;
    this.#storage = storage;
    this.#sealing = sealing;
    this.#recovered = isTooOld ? null : recovered;
    recovered = this.#recovered;
    this.#blocks = new BlockIndex(recovered);
    this.#shared = new SharedFacts(recovered?.head.shared ?? {});
    this.#shifts = recovered?.head.shifts ?? [];
    this.#newest = this.#blocks.last;
    this.#storedThrough = recovered?.end ?? 0;
    this.#seam = recovered?.head.seam ?? recovered?.end ?? null;
    this.#writer = new Writer(storage, settings.flushEveryMs, (hasRoom) => this.#next(hasRoom));
  }

  get capacityBytes(): number {
    return this.#settings.capacityBytes;
  }

  /** As a session calls it: once. */
  join({ uplink, emitter, ...kept }: SpoolParts, { clock, format }: SpoolFacts): UplinkSpool {
    if (this.#parts !== null || this.#isOver) throw inUse(this.#settings.name);
    const bytesPerSecond = format.sampleRateHz * BYTES_PER_SAMPLE;
    const parts = { uplink, emitter, clock, bytesPerSecond, keeping: new Keeping(kept) };
    const head = this.#recovered?.head ?? null;
    if (head !== null && head.bytesPerSecond !== parts.bytesPerSecond) {
      throw invalid(
        `The spool "${this.#settings.name}" holds audio of ${head.bytesPerSecond / BYTES_PER_SAMPLE} Hz.`,
        'Give the session that format, or the spool fresh: true or another name.',
      );
    }
    this.#parts = parts;
    if (this.#recovered !== null) {
      const { chunks, end } = this.#recovered;
      this.#laterMs = laterMsOf(this.#recovered.head, clock, this.#settings.wallClock);
      this.#shared.through(this.#seam ?? end, this.#laterMs);
      parts.keeping.reopen(this.#recovered.head.books, chunks, end, this.#laterMs);
      this.#recovered = null; // the ring has it
    }
    this.#writer.start(parts);
    // What was told must not be told again, and a token that is spent opens nothing: these do not wait their turn.
    parts.emitter.on('transcript', ({ isFinal }) => {
      if (isFinal) this.#writer.flushSoon();
    });
    parts.emitter.on('gateway.attached', () => this.#writer.flushSoon());
    parts.emitter.on('gap', () => this.#writer.touch());
    return this;
  }

  isKept(key: string): boolean {
    return this.#shared.isKept(key);
  }

  made(key: string, shared: object): void {
    const isPast = (this.#parts?.uplink.ledger.settledThrough ?? 0) > (this.#seam ?? 0);
    this.#shared.made(key, shared, !isPast);
  }

  get isHolding(): boolean {
    return this.#hold.isHolding;
  }

  wrote(): void {
    this.#writer.touch();
  }

  /** The other end may have more than was stored here: what is captured now follows there, and what lies between is delivered. */
  stands(position: number): void {
    const seam = this.#seam;
    const parts = this.#parts;
    if (seam === null || parts === null) return;
    this.#seam = null;
    this.#holdUntilStored(parts);
    if (position > seam) this.#putIn(parts.keeping, seam, position - seam);
  }

  /** Between what was recovered and what was captured since. */
  #putIn(keeping: Keeping, seam: number, by: number): void {
    if (!keeping.putIn(seam, by)) return;
    if (this.#blocks.shift(seam, by) || this.#newest > this.#blocks.last) {
      this.#shifts = [...this.#shifts, { throughBlock: this.#newest, at: seam, by }];
    }
    this.#storedThrough += by;
    this.#movedBy += by;
  }

  /** Of what is sent from now on another life would not know whether it came before or behind the seam, until that is stored. */
  #holdUntilStored({ uplink, clock }: Joined): void {
    const released = (): void => {
      if (!this.#isOver) uplink.drained();
    };
    this.#hold.until(() => this.flush(), clock, released);
  }

  flush(): Promise<boolean> {
    return this.#writer.flush();
  }

  /** It may be left at any time. */
  prepare(): void {
    if (!this.#sealing.isPlain) this.#writer.prepare();
  }

  /** Whoever calls may be gone when it returns (see Writer). What is not sealed by then may be lost. */
  leave(): void {
    this.#writer.leave(this.#sealing.isPlain);
  }

  end(isFinished: boolean): Promise<SpoolOutcome> {
    this.#isOver = true;
    this.#ended ??= this.#writer.end(isFinished, END_WITHIN_MS);
    return this.#ended;
  }

  async close(): Promise<void> {
    if (this.#parts === null) await this.end(false);
  }

  async discard(): Promise<void> {
    if (this.#parts !== null || this.#isOver) throw inUse(this.#settings.name);
    this.#isOver = true;
    await this.#storage.clear();
    await this.#storage.close();
  }

  /** Null where nothing has changed. */
  #next(hasRoom: boolean): Commit | null {
    const parts = this.#parts;
    if (parts === null) return null;
    const { keeping } = parts;
    keeping.forgetSettled(SETTLED_BYTES);
    const from = Math.max(this.#storedThrough, keeping.trimmedThrough);
    const { chunks, end, isAll } = chunksFrom(
      parts.uplink.ring,
      from,
      hasRoom ? MAX_BLOCK_BYTES : 0,
      this.#laterMs,
    );
    const number = this.#blocks.last + (chunks.length > 0 ? 1 : 0);
    this.#newest = number;
    const movedBefore = this.#movedBy;
    if (chunks.length > 0) this.#shifts = this.#shifts.map((shift) => notOf(shift, number));
    const books = keeping.booksThrough(end);
    const dropThrough = this.#blocks.endingBy(books.trimmed);
    const facts = {
      v: 1 as const,
      bytesPerSecond: parts.bytesPerSecond,
      lastBlock: number,
      droppedBlock: dropThrough,
      seam: this.#seam,
      shifts: this.#shifts.filter(({ throughBlock }) => throughBlock > dropThrough),
      books,
      shared: this.#shared.save(),
    };
    const text = JSON.stringify(facts);
    if (chunks.length === 0 && text === this.#lastHead) return null;
    const monoMs = parts.clock.nowMs() - this.#laterMs;
    const head = encodeHead({ ...facts, monoMs, wallMs: this.#settings.wallClock() });
    const bytes = chunks.length > 0 ? encodeBlock(chunks) : null;
    return {
      isAll,
      waitingBytes: Math.max(0, parts.uplink.ring.endPosition - this.#storedThrough),
      hasMoved: () => this.#movedBy !== movedBefore,
      change: () => this.#sealing.seal({ head, dropThrough, block: bytes && { number, bytes } }),
      done: () => {
        this.#lastHead = text;
        this.#shifts = this.#shifts.filter(({ throughBlock }) => throughBlock > dropThrough);
        this.#blocks.drop(dropThrough);
        const endsAt = end + this.#movedBy - movedBefore; // audio may have been put in before it meanwhile
        if (bytes !== null) this.#blocks.add(number, endsAt);
        this.#storedThrough = Math.max(this.#storedThrough, endsAt);
      },
      vanished: () => {
        this.#blocks.drop(this.#blocks.last);
        this.#storedThrough = 0; // the ring has whatever is worth it
      },
    };
  }
}
