/** Nothing is kept for longer than it may be: neither logs that nobody appends to, nor what was let go of. */
import type { Cleaner } from './cleaner.ts';
import { missingFrom } from './missing.ts';
import type { IndexOfLogs, Log } from './index-of-logs.ts';
import type { Segment } from './segment.ts';
import type { Segments } from './segments.ts';
import type { Disk } from '../../../files/disk.node.ts';
import type { Clock } from '../../../ports/clock.ts';

export interface RetentionOptions {
  readonly clock: Clock;
  readonly maxAgeMs: number;
  readonly index: IndexOfLogs;
  readonly segments: Segments;
  readonly cleaner: Cleaner;
  readonly disk: Disk;
  readonly directory: string;
  /** Its files are not where they were. */
  readonly onMissing: (what: string) => void;
  readonly drop: (log: Log) => Promise<void>;
  /** Goes on in a new file. */
  readonly startSegment: () => Promise<void>;
}

/** It is looked after so many times in the longest time that something may be kept. */
const SWEEPS = 15;

export class Retention {
  readonly #options: RetentionOptions;
  readonly #everyMs: number;
  #timer: unknown = null;
  #sweep: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#everyMs = options.maxAgeMs / SWEEPS;
  }

  /** The first time at once: it may have been long since the directory was open. */
  start(): Promise<void> {
    this.#sweep = this.#look().then(() => {
      if (this.#isStopped) return;
      this.#timer = this.#options.clock.setTimeout(() => void this.start(), this.#everyMs);
    });
    return this.#sweep;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#options.clock.clearTimeout(this.#timer);
    await this.#sweep;
  }

  async #look(): Promise<void> {
    const { clock, maxAgeMs, index, segments, cleaner, drop, startSegment } = this.#options;
    const { disk, directory, onMissing } = this.#options;
    const missing = await missingFrom(disk, directory, segments);
    if (missing !== null && !this.#isStopped) onMissing(missing);
    // What is not old enough now would be too old before it is looked at again.
    const oldAtMs = clock.nowMs() - (maxAgeMs - this.#everyMs);
    const old = [...index.all].filter(
      ({ touchedAtMs, records, pending }) =>
        touchedAtMs <= oldAtMs && records.length > 0 && pending === null,
    );
    await Promise.allSettled(old.map((log) => drop(log)));
    const last = segments.all.filter((segment) => mustBeErased(segment, oldAtMs)).at(-1);
    if (last === undefined) return;
    if (last === segments.newest) await startSegment();
    await cleaner.erase(last);
  }
}

function mustBeErased({ holdsDropped, deadSinceMs }: Segment, oldAtMs: number): boolean {
  return holdsDropped || (deadSinceMs !== null && deadSinceMs <= oldAtMs);
}
