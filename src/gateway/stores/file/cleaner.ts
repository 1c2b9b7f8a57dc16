/**
 * Keeps the directory small and forgetful. It goes from the oldest file on: what of it somebody may still ask for is
 * written again behind the newest, and the file is removed. So what lets go of a record, and always stands behind it, is
 * never removed before it.
 */
import { readEntry } from './entry.ts';
import type { Entry } from './entry.ts';
import type { IndexOfLogs } from './index-of-logs.ts';
import type { KeptRecord, Segment } from './segment.ts';
import type { Segments } from './segments.ts';
import type { SegmentWriter, Written } from './segment-writer.ts';
import { reasonOf, SyncFailure } from '../../../files/disk.node.ts';

export interface CleanerOptions {
  readonly segments: Segments;
  readonly writer: SegmentWriter;
  readonly index: IndexOfLogs;
  /** It could not, and tries again after the next write. */
  readonly onTrouble: (segment: string, reason: string) => void;
}

/** So much is copied at a time, so that appends do not wait long behind it. */
const COPY_BYTES = 1_024 * 1_024;
const COPY_RECORDS = 64;

export class Cleaner {
  readonly #options: CleanerOptions;
  #run: Promise<void> | null = null;
  #eraseThrough = 0;
  #isStopped = false;

  constructor(options: CleanerOptions) {
    this.#options = options;
  }

  /** Something was written: there may be something to do. */
  consider(): void {
    if (this.#run !== null || this.#isStopped || !this.#hasWork()) return;
    this.#run = this.#clean().finally(() => {
      this.#run = null;
    });
  }

  /** Nothing that is dead in this file, or in one before it, stays on the disk. Resolves when it is done, or cannot be. */
  async erase(through: Segment): Promise<void> {
    this.#eraseThrough = Math.max(this.#eraseThrough, through.number);
    await this.#run;
    this.consider();
    await this.#run;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#run;
  }

  /** The oldest file is of no use, or there is too much that is, or what is dead in it has to go. */
  #hasWork(): boolean {
    const { oldest, newest, isWasteful } = this.#options.segments;
    if (oldest === undefined || oldest === newest) return false;
    return oldest.live.size === 0 || oldest.number <= this.#eraseThrough || isWasteful;
  }

  async #clean(): Promise<void> {
    const { segments, writer, onTrouble } = this.#options;
    while (!this.#isStopped && writer.down === null && this.#hasWork()) {
      const { oldest } = segments;
      if (oldest === undefined) return;
      try {
        await this.#copyLive(oldest);
        // What lets go of its records may still wait to be written: without it a copy of an older one would come back alone.
        await writer.answered();
        await segments.removeOldest();
      } catch (error) {
        if (error instanceof SyncFailure || error instanceof DamagedRecord) {
          writer.fail(error.message);
        }
        onTrouble(oldest.name, reasonOf(error));
        return;
      }
    }
  }

  /** One that is let go of meanwhile needs no copy; one that was copied is another file's. */
  async #copyLive(segment: Segment): Promise<void> {
    while (segment.live.size > 0) {
      const copies: Promise<Written>[] = [];
      let bytes = 0;
      for (const record of segment.live) {
        if (bytes > COPY_BYTES || copies.length === COPY_RECORDS) break;
        bytes += record.length;
        copies.push(this.#copy(record));
      }
      for (const written of await Promise.all(copies)) {
        if (written.kind !== 'written') throw new Error(written.reason);
      }
    }
  }

  async #copy(record: KeptRecord): Promise<Written> {
    const { index, writer } = this.#options;
    const { segment, at, length, position } = record;
    const entry = readEntry(await segment.file.read(at, length), 0, segment.mark);
    if (entry?.position !== position) throw new DamagedRecord(segment.name, at);
    return new Promise((resolve) => {
      const releasedThrough = index.find(entry.sessionId)?.releasedThrough ?? 0;
      const isStillAsked = segment.live.has(record);
      if (!isStillAsked) {
        resolve({ kind: 'written', segment, at, length });
        return;
      }
      const copied: Entry = { ...entry, releasedThrough };
      writer.write(copied, (written) => {
        if (written.kind === 'written') index.move(record, written.segment, written.at);
        resolve(written);
      });
    });
  }
}

class DamagedRecord extends Error {
  constructor(name: string, at: number) {
    super(`in ${name} the entry at byte ${at} is not what was written there`);
  }
}
