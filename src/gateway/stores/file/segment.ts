/** One file of the store, and the records in it. */
import type { DiskFile } from '../../../files/disk.node.ts';

export interface Segment {
  readonly number: number;
  readonly name: string;
  readonly mark: number;
  readonly file: DiskFile;
  sizeBytes: number;
  /** The records in it that somebody may still ask for. */
  readonly live: Set<KeptRecord>;
  liveBytes: number;
  /** Since when it holds records that nobody may ask for any more; null: it holds none. */
  deadSinceMs: number | null;
  /** Some of those are of logs that were dropped. */
  holdsDropped: boolean;
}

/** Where a record stands; it moves when it is copied. */
export interface KeptRecord {
  readonly position: number;
  /** Of its entry, bytes. */
  readonly length: number;
  segment: Segment;
  at: number;
}

const NAME = /^(\d{10})\.log$/;

export function segmentOf(
  number: number,
  mark: number,
  file: DiskFile,
  sizeBytes: number,
): Segment {
  return {
    number,
    name: nameOf(number),
    mark,
    file,
    sizeBytes,
    live: new Set(),
    liveBytes: 0,
    deadSinceMs: null,
    holdsDropped: false,
  };
}

export function nameOf(number: number): string {
  return `${String(number).padStart(10, '0')}.log`;
}

/** The numbers of the segments among these files, lowest first. */
export function numbersIn(names: readonly string[]): readonly number[] {
  return names
    .map((name) => Number(NAME.exec(name)?.[1] ?? NaN))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);
}
