/** What is there when a directory is opened: the files are read from end to end, and every entry is checked. */
import { HEADER_BYTES } from './entry.ts';
import { IndexOfLogs } from './index-of-logs.ts';
import { scanSegment } from './segment-scan.ts';
import type { PlacedEntry } from './segment-scan.ts';
import { nameOf, numbersIn, segmentOf } from './segment.ts';
import type { KeptRecord, Segment } from './segment.ts';
import { corrupt } from './store-errors.ts';
import type { Disk } from '../../../files/disk.node.ts';
import { synced, writeWhole } from '../../../files/disk.node.ts';
import type { Clock, WallClock } from '../../../ports/clock.ts';
import type { Logger } from '../../../ports/logger.ts';

export interface RecoveryOptions {
  readonly disk: Disk;
  /** For what is said of damage. */
  readonly directory: string;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly logger: Logger;
}

export interface Recovered {
  readonly segments: readonly Segment[];
  readonly index: IndexOfLogs;
  readonly nextPosition: number;
}

/** A log as the files tell of it. Of a record that was copied both may be there: the later one counts. */
interface FoundLog {
  readonly records: Map<number, FoundRecord>;
  releasedThrough: number;
}

interface FoundRecord {
  readonly id: string;
  readonly writtenAtMs: number;
  readonly kept: KeptRecord;
}

/** @throws TenutoError STORE_CORRUPT. */
export async function recover(options: RecoveryOptions): Promise<Recovered> {
  const { disk, directory } = options;
  const numbers = numbersIn(await disk.list());
  const segments: Segment[] = [];
  const found = new Map<string, FoundLog>();
  let lastPosition = 0;
  try {
    for (const number of numbers) {
      const expected = (segments.at(-1)?.number ?? number - 1) + 1;
      if (number !== expected) {
        throw corrupt(`${directory}/${nameOf(expected)}`, 'the file is missing');
      }
      const scan = await openSegment(number, number === numbers.at(-1), options);
      if (scan === null) continue;
      segments.push(scan.segment);
      lastPosition = Math.max(lastPosition, scan.firstPosition - 1);
      for (const entry of scan.entries) {
        lastPosition = Math.max(lastPosition, entry.position, entry.releasedThrough);
        take(found, entry, scan.segment);
      }
    }
  } catch (error) {
    for (const { file } of segments) await file.close();
    throw error;
  }
  return { segments, index: indexOf(found, segments, options), nextPosition: lastPosition + 1 };
}

/** Null where there was nothing in it yet. Afterwards what was read from it is on the disk for good. */
async function openSegment(
  number: number,
  isLast: boolean,
  { disk, directory, logger }: RecoveryOptions,
): Promise<{
  readonly segment: Segment;
  readonly firstPosition: number;
  readonly entries: readonly PlacedEntry[];
} | null> {
  const name = nameOf(number);
  const file = await disk.open(name);
  try {
    const bytes = await file.read(0, await file.size());
    const { header, entries, endsAt } = scanSegment(`${directory}/${name}`, bytes, isLast);
    if (header === null) {
      await file.close();
      await disk.remove(name);
      await disk.syncNames();
      return null;
    }
    const tornBytes = bytes.length - endsAt;
    if (tornBytes > 0) {
      await file.truncate(endsAt);
      logger.warn(
        'the end of the log was torn, and is cut off: nobody was promised what stood there',
        {
          file: `${directory}/${name}`,
          at: endsAt,
          bytes: tornBytes,
        },
      );
    }
    if (isLast) {
      // A system whose sync failed shows bytes that the disk does not have: what may be such is written again.
      const from = entries.at(-1)?.batchStart ?? 0;
      await writeWhole(file, bytes.subarray(from, endsAt), from);
      await synced(file);
    }
    const segment = segmentOf(number, header.mark, file, endsAt);
    return { segment, firstPosition: header.firstPosition, entries };
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

function take(found: Map<string, FoundLog>, entry: PlacedEntry, segment: Segment): void {
  if (entry.kind === 'seal') return;
  const { sessionId, id, position, writtenAtMs, length, at } = entry;
  const log = found.get(sessionId) ?? {
    records: new Map<number, FoundRecord>(),
    releasedThrough: 0,
  };
  found.set(sessionId, log);
  log.releasedThrough = Math.max(log.releasedThrough, entry.releasedThrough);
  if (entry.kind !== 'record') return;
  log.records.set(position, { id, writtenAtMs, kept: { position, length, segment, at } });
}

function indexOf(
  found: ReadonlyMap<string, FoundLog>,
  segments: readonly Segment[],
  { clock, wallClock }: RecoveryOptions,
): IndexOfLogs {
  const nowMs = clock.nowMs();
  const wallMs = wallClock();
  const index = new IndexOfLogs(() => clock.nowMs());
  for (const [sessionId, { records, releasedThrough }] of found) {
    const kept = [...records.values()]
      .filter(({ kept: { position } }) => position > releasedThrough)
      .sort((a, b) => a.kept.position - b.kept.position);
    const newest = kept.at(-1);
    if (newest === undefined) continue;
    const log = index.take(sessionId);
    log.releasedThrough = releasedThrough;
    log.writtenThrough = releasedThrough;
    for (const { id, kept: record } of kept) index.add(log, id, record);
    log.touchedAtMs = nowMs - Math.max(0, wallMs - newest.writtenAtMs);
  }
  for (const segment of segments) markDead(segment, nowMs);
  return index;
}

/** What in it is dead, and since when, is not written down: it is taken for what is to be erased next. */
function markDead(segment: Segment, nowMs: number): void {
  if (segment.liveBytes + HEADER_BYTES < segment.sizeBytes) segment.deadSinceMs = nowMs;
}
