/**
 * The one who writes. What waits is written together, in one write and one sync, and answered together: a hundred sessions
 * cost hardly more than one.
 */
import { entryLength, writeEntry } from './entry.ts';
import type { Entry } from './entry.ts';
import type { Segment } from './segment.ts';
import type { Segments } from './segments.ts';
import { reasonOf, synced, SyncFailure, writeWhole } from '../../../files/disk.node.ts';

export type Written =
  | {
      readonly kind: 'written';
      readonly segment: Segment;
      readonly at: number;
      readonly length: number;
    }
  /** Certainly not written. */
  | { readonly kind: 'refused'; readonly reason: string }
  /** Who opens the files again may find it. */
  | { readonly kind: 'unknown'; readonly reason: string };

export interface WriterOptions {
  readonly segments: Segments;
  readonly nextPosition: number;
  /** After every write. */
  readonly onWritten: () => void;
  /** Nothing is written any more. */
  readonly onDown: (reason: string) => void;
}

interface Job {
  readonly entry: Entry;
  readonly length: number;
  readonly onWritten: (written: Written) => void;
}

/** More than this waits for the next write, so that the first in line need not wait for the last. */
const BATCH_BYTES = 4 * 1_024 * 1_024;
/** Longer writes get a buffer of their own. */
const BUFFER_BYTES = 256 * 1_024;

export class SegmentWriter {
  readonly #options: WriterOptions;
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #queue: Job[] = [];
  #run: Promise<void> | null = null;
  /** The write in flight, or the last. */
  #commit: Promise<void> = Promise.resolve();
  #asked = 0;
  #answered = 0;
  #nextPosition: number;
  #down: string | null = null;

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#nextPosition = options.nextPosition;
  }

  /** Why nothing is written any more, until the files are opened again; null: all is well. */
  get down(): string | null {
    return this.#down;
  }

  /** Never given twice, so that who holds one of a log that is gone can do nothing to a new one. */
  takePosition(): number {
    const position = this.#nextPosition;
    this.#nextPosition += 1;
    return position;
  }

  get lastPosition(): number {
    return this.#nextPosition - 1;
  }

  /** `onWritten` is called in the order of the calls. Nothing of the entry may change before. */
  write(entry: Entry, onWritten: (written: Written) => void): void {
    if (this.#down !== null) {
      onWritten({ kind: 'refused', reason: this.#down });
      return;
    }
    this.#asked += 1;
    this.#queue.push({ entry, length: entryLength(entry), onWritten });
    this.#run ??= Promise.resolve().then(() => this.#writeAll());
  }

  /** Resolves when what waits now was answered, whatever comes meanwhile. */
  async answered(): Promise<void> {
    const asked = this.#asked;
    while (this.#answered < asked && this.#down === null) await this.#commit;
  }

  /** Resolves when nothing waits any more. */
  async settled(): Promise<void> {
    while (this.#run !== null) await this.#run;
  }

  /** No sync is asked for twice: after a failed one the system may call bytes written that it has thrown away. */
  fail(reason: string): void {
    if (this.#down !== null) return;
    this.#down = reason;
    this.#options.onDown(reason);
    const waiting = this.#queue;
    this.#queue = [];
    for (const { onWritten } of waiting) onWritten({ kind: 'refused', reason });
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#nextBatch();
      this.#commit = this.#write(batch);
      await this.#commit;
      this.#answered += batch.length;
      this.#options.onWritten();
    }
    this.#run = null;
  }

  #nextBatch(): readonly Job[] {
    let bytes = 0;
    const tooMany = this.#queue.findIndex(({ length }, index) => {
      bytes += length;
      return index > 0 && bytes > BATCH_BYTES;
    });
    if (tooMany !== -1) return this.#queue.splice(0, tooMany);
    const all = this.#queue;
    this.#queue = [];
    return all;
  }

  async #write(batch: readonly Job[]): Promise<void> {
    let segment: Segment;
    try {
      segment = await this.#options.segments.writable(this.#nextPosition);
    } catch (error) {
      if (error instanceof SyncFailure) this.fail(reasonOf(error));
      answer(batch, { kind: 'refused', reason: reasonOf(error) });
      return;
    }
    const start = segment.sizeBytes;
    const bytes = this.#encode(batch, segment, start);
    try {
      await writeWhole(segment.file, bytes, start);
    } catch (error) {
      await this.#takeBack(batch, segment, start, reasonOf(error));
      return;
    }
    try {
      await synced(segment.file);
    } catch (error) {
      this.fail(reasonOf(error));
      answer(batch, { kind: 'unknown', reason: reasonOf(error) });
      return;
    }
    segment.sizeBytes = start + bytes.length;
    let at = start;
    for (const { onWritten, length } of batch) {
      onWritten({ kind: 'written', segment, at, length });
      at += length;
    }
  }

  /** The disk is full, or will not. Nobody may find half of it one day, so its end is cut off, for good. */
  async #takeBack(
    batch: readonly Job[],
    { file }: Segment,
    start: number,
    reason: string,
  ): Promise<void> {
    try {
      await file.truncate(start);
      await synced(file);
      answer(batch, { kind: 'refused', reason });
    } catch (error) {
      this.fail(`${reason}, and then ${reasonOf(error)}`);
      answer(batch, { kind: 'unknown', reason });
    }
  }

  #encode(batch: readonly Job[], { mark }: Segment, batchStart: number): Buffer {
    const length = batch.reduce((sum, job) => sum + job.length, 0);
    const bytes = length <= BUFFER_BYTES ? this.#buffer : Buffer.allocUnsafeSlow(length);
    let at = 0;
    for (const { entry } of batch) at = writeEntry(bytes, at, entry, { mark, batchStart });
    return bytes.subarray(0, length);
  }
}

function answer(batch: readonly Job[], written: Written): void {
  for (const { onWritten } of batch) onWritten(written);
}
