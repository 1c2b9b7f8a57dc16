/**
 * Logs in a directory of this machine. What it has committed is on the disk: it survives the end of the process and, where
 * the disk keeps its word, of the machine.
 *
 * All sessions share one row of files that are only ever written at their end (file/entry.ts). What waits is written and
 * synced together; where everything stands is kept in memory, and read again from the files when they are opened.
 */
import { FileStore } from './file/file-logs.ts';
import { recover } from './file/recovery.ts';
import { Segments } from './file/segments.ts';
import { locked, unavailable } from './file/store-errors.ts';
import type { Disk } from '../../files/disk.node.ts';
import { reasonOf } from '../../files/disk.node.ts';
import { lockDirectory } from '../../files/lock.node.ts';
import { openNodeDisk } from '../../files/node-disk.node.ts';
import { systemClock, systemWallClock } from '../../ports/clock.ts';
import type { Clock, WallClock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import type { LogStore } from '../../ports/log-store.ts';
import { silentLogger } from '../../ports/logger.ts';
import type { Logger } from '../../ports/logger.ts';
import { checkNumber, checkOptions, invalid } from '../../ports/option-errors.ts';

export interface FileStoreOptions {
  /** Made where there is none, for its owner's eyes only. One process at a time. */
  readonly directory: string;
  /**
   * A log that nobody appends to for so long is dropped, and nothing that was let go of is on the disk for longer. Milliseconds,
   * to within a fifteenth of it. Default 15 min.
   */
  readonly maxAgeMs?: number;
  /** A file that has grown so long is followed by a new one. Bytes; default 16 MiB. */
  readonly segmentBytes?: number;
  /** Default: nothing is said. */
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Only for how old a log is that an earlier process wrote. */
  readonly wallClock?: WallClock;
}

const MAX_AGE_MS = 15 * 60_000;
const SEGMENT_BYTES = 16 * 1_024 * 1_024;
const MIN_SEGMENT_BYTES = 1_024;
const MAX_SEGMENT_BYTES = 1_024 * 1_024 * 1_024;
const OPTIONS = ['directory', 'maxAgeMs', 'segmentBytes', 'logger', 'clock', 'wallClock'];

/**
 * Reads what is there, cuts off what was torn at its end, and says so in the log.
 *
 * @throws TenutoError STORE_LOCKED, STORE_CORRUPT, STORE_UNAVAILABLE, OPTION_INVALID.
 */
export async function openFileStore(options: FileStoreOptions): Promise<LogStore> {
  checkOptions('file store', options, Object.fromEntries(OPTIONS.map((name) => [name, true])));
  const { directory } = options;
  if (typeof directory !== 'string' || directory === '') {
    throw invalid('The file store has no directory.', 'Give the path of one of its own.');
  }
  return openFileStoreOn(() => openNodeDisk(directory), options);
}

/** On a disk of your own, such as one that fails. */
export async function openFileStoreOn(
  openDisk: () => Promise<Disk>,
  options: FileStoreOptions,
): Promise<LogStore> {
  const { directory, maxAgeMs = MAX_AGE_MS, segmentBytes = SEGMENT_BYTES } = options;
  const { logger = silentLogger, clock = systemClock, wallClock = systemWallClock } = options;
  checkNumber('maxAgeMs', maxAgeMs, maxAgeMs > 0 && Number.isFinite(maxAgeMs), 'above 0');
  const isLength = segmentBytes >= MIN_SEGMENT_BYTES && segmentBytes <= MAX_SEGMENT_BYTES;
  checkNumber('segmentBytes', segmentBytes, isLength, 'from 1,024 to 1,073,741,824');
  let unlock: (() => Promise<void>) | null = null;
  try {
    const disk = await openDisk();
    unlock = await lockDirectory(disk, (owner, file) => locked(directory, owner, file));
    const recovered = await recover({ disk, directory, clock, wallClock, logger });
    const segments = new Segments(disk, segmentBytes, recovered.segments);
    const settings = { directory, maxAgeMs, logger, clock, wallClock, unlock };
    const store = new FileStore({ ...recovered, ...settings, disk, segments });
    await store.start();
    return store;
  } catch (error) {
    await unlock?.().catch(() => undefined);
    throw TenutoError.is(error) ? error : unavailable(`${directory}: ${reasonOf(error)}`);
  }
}
