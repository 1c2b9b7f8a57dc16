/** The logs in the files: who may append, what is read, what is let go of. */
import { Cleaner } from './cleaner.ts';
import { checkAppend } from './append-check.ts';
import { readEntry } from './entry.ts';
import type { Entry } from './entry.ts';
import type { IndexOfLogs, Log } from './index-of-logs.ts';
import { missingFrom } from './missing.ts';
import { Retention } from './retention.ts';
import type { KeptRecord } from './segment.ts';
import type { Segments } from './segments.ts';
import { SegmentWriter } from './segment-writer.ts';
import type { Written } from './segment-writer.ts';
import { corrupt, unavailable } from './store-errors.ts';
import { reasonOf } from '../../../files/disk.node.ts';
import type { Disk } from '../../../files/disk.node.ts';
import type { Clock, WallClock } from '../../../ports/clock.ts';
import type {
  AppendOptions,
  AppendOutcome,
  LogRecord,
  LogStore,
} from '../../../ports/log-store.ts';
import type { Logger } from '../../../ports/logger.ts';

export interface FileStoreParts {
  readonly disk: Disk;
  readonly segments: Segments;
  readonly index: IndexOfLogs;
  readonly nextPosition: number;
  readonly unlock: () => Promise<void>;
  readonly directory: string;
  readonly maxAgeMs: number;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly wallClock: WallClock;
}

const NO_BYTES = new Uint8Array();

export class FileStore implements LogStore {
  readonly durability = 'fsync';
  readonly isExclusive = true;
  readonly #parts: FileStoreParts;
  readonly #index: IndexOfLogs;
  readonly #writer: SegmentWriter;
  readonly #cleaner: Cleaner;
  readonly #retention: Retention;
  /** Appends of which nobody knows what became of them, until the files are opened again. */
  readonly #undecided = new Set<string>();
  #closing: Promise<void> | null = null;

  constructor(parts: FileStoreParts) {
    const { segments, index, nextPosition, logger } = parts;
    this.#parts = parts;
    this.#index = index;
    const writer = new SegmentWriter({
      segments,
      nextPosition,
      onWritten: () => this.#cleaner.consider(),
      onDown: (reason) =>
        logger.error('the file store is down until it is opened again', { reason }),
    });
    this.#writer = writer;
    const onTrouble = (file: string, reason: string): void =>
      logger.warn('a file of the store could not be cleared', { file, reason });
    this.#cleaner = new Cleaner({ segments, writer, index, onTrouble });
    this.#retention = new Retention({
      ...parts,
      cleaner: this.#cleaner,
      onMissing: (what) => writer.fail(what),
      drop: (log) => this.#release(log, writer.lastPosition, true),
      startSegment: () => {
        segments.endNewest();
        return this.#seal();
      },
    });
  }

  get maxAgeMs(): number {
    return this.#parts.maxAgeMs;
  }

  start(): Promise<void> {
    return this.#retention.start();
  }

  async tail(sessionId: string): Promise<LogRecord | null> {
    this.#assertUp();
    const record = this.#index.find(sessionId)?.records.at(-1);
    return record === undefined ? null : this.#read(record);
  }

  async append(
    sessionId: string,
    bytes: Uint8Array,
    { after, id }: AppendOptions,
  ): Promise<AppendOutcome> {
    checkAppend(sessionId, bytes, id);
    for (;;) {
      const log = this.#index.find(sessionId);
      const known = log?.ids.get(id);
      if (known !== undefined) return { kind: 'committed', position: known };
      if (log?.pending != null) {
        await log.pending;
        continue;
      }
      const down = this.#whyDown();
      if (down !== null) {
        const kind = this.#undecided.has(`${sessionId} ${id}`) ? 'unknown' : 'unavailable';
        return { kind, reason: down };
      }
      const tail = log?.records.at(-1)?.position ?? 0;
      if (after !== tail) return { kind: 'conflict', tail };
      return this.#append(this.#index.take(sessionId), bytes, id);
    }
  }

  async *read(sessionId: string, after: number): AsyncIterable<LogRecord> {
    this.#assertUp();
    const log = this.#index.find(sessionId);
    if (log === undefined) return;
    for (const record of log.records.filter(({ position }) => position > after)) {
      this.#assertUp();
      if (record.position > log.releasedThrough) yield await this.#read(record);
    }
  }

  async purge(sessionId: string, through: number): Promise<void> {
    this.#assertUp();
    const log = this.#index.find(sessionId);
    const last = log?.records.slice(0, -1).filter(({ position }) => position <= through);
    const position = last?.at(-1)?.position;
    if (log !== undefined && position !== undefined) await this.#release(log, position, false);
  }

  async drop(sessionId: string): Promise<void> {
    this.#assertUp();
    const log = this.#index.find(sessionId);
    if (log !== undefined) await this.#release(log, this.#writer.lastPosition, true);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { disk, directory, segments, unlock } = this.#parts;
    await this.#retention.stop();
    await this.#cleaner.stop();
    await this.#writer.settled();
    await this.#seal();
    const missing = await missingFrom(disk, directory, segments);
    await segments.close();
    await unlock();
    if (missing !== null) throw unavailable(missing);
  }

  /** One at a time: who comes while it is in flight is judged by what becomes of it. */
  #append(log: Log, bytes: Uint8Array, id: string): Promise<AppendOutcome> {
    const position = this.#writer.takePosition();
    const appended = this.#write(log, { kind: 'record', id, position, bytes }, (written) => {
      log.pending = null;
      if (written.kind === 'unknown') this.#undecided.add(`${log.sessionId} ${id}`);
      if (written.kind !== 'written') return;
      const { segment, at, length } = written;
      this.#index.add(log, id, { position, length, segment, at });
    });
    const outcome = appended.then((written): AppendOutcome => {
      if (written.kind === 'written') return { kind: 'committed', position };
      const kind = written.kind === 'unknown' ? 'unknown' : 'unavailable';
      return { kind, reason: written.reason };
    });
    log.pending = outcome;
    return outcome;
  }

  /** In memory at once, so that nothing that is let go of is copied behind the entry that says so. */
  async #release(log: Log, through: number, isDrop: boolean): Promise<void> {
    this.#index.release(log, through, isDrop);
    const written = await this.#write(log, {
      kind: 'release',
      id: '',
      position: 0,
      bytes: NO_BYTES,
    });
    if (written.kind !== 'written') throw unavailable(written.reason);
  }

  async #seal(): Promise<void> {
    const { wallClock } = this.#parts;
    const nothing = { sessionId: '', id: '', position: 0, releasedThrough: 0, bytes: NO_BYTES };
    const entry = { kind: 'seal' as const, ...nothing, writtenAtMs: wallClock() };
    await new Promise((resolve) => this.#writer.write(entry, resolve));
  }

  #write(
    log: Log,
    fields: Pick<Entry, 'kind' | 'id' | 'position' | 'bytes'>,
    onWritten?: (written: Written) => void,
  ): Promise<Written> {
    const { sessionId, releasedThrough } = log;
    const writtenAtMs = this.#parts.wallClock();
    return new Promise((resolve) => {
      this.#writer.write({ ...fields, sessionId, releasedThrough, writtenAtMs }, (written) => {
        if (written.kind === 'written') {
          log.writtenThrough = Math.max(log.writtenThrough, releasedThrough);
        }
        onWritten?.(written);
        this.#index.tidy(log);
        resolve(written);
      });
    });
  }

  async #read({ segment, at, length, position }: KeptRecord): Promise<LogRecord> {
    let bytes: Buffer;
    try {
      bytes = await segment.file.read(at, length);
    } catch (error) {
      throw unavailable(reasonOf(error));
    }
    const entry = readEntry(bytes, 0, segment.mark);
    if (entry?.position === position) return { position, bytes: entry.bytes };
    const file = `${this.#parts.directory}/${segment.name}`;
    throw corrupt(file, `the entry at byte ${at} is not what was written there`);
  }

  #whyDown(): string | null {
    return this.#closing === null ? this.#writer.down : 'it is closed';
  }

  #assertUp(): void {
    const down = this.#whyDown();
    if (down !== null) throw unavailable(down);
  }
}
