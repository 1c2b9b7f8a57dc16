/** Where every record stands: kept in memory, and made anew from the segments when the store is opened. */
import type { KeptRecord, Segment } from './segment.ts';

/** A session's log. */
export interface Log {
  readonly sessionId: string;
  /** In order; none of them is let go of. */
  records: KeptRecord[];
  /** Where the newest appends stand, by their ids. */
  readonly ids: Map<string, number>;
  /** Everything through here is let go of, whatever the files say. */
  releasedThrough: number;
  /** Everything through here is let go of, as the files say as well. */
  writtenThrough: number;
  /** By the clock that only runs forward. */
  touchedAtMs: number;
  /** The append in flight. */
  pending: Promise<unknown> | null;
}

/** Who asks again under an id asks for one of the newest. */
const REMEMBERED_IDS = 64;

export class IndexOfLogs {
  readonly #logs = new Map<string, Log>();
  readonly #nowMs: () => number;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  get all(): Iterable<Log> {
    return this.#logs.values();
  }

  find(sessionId: string): Log | undefined {
    return this.#logs.get(sessionId);
  }

  /** Makes an empty one where there is none: `tidy` removes it. */
  take(sessionId: string): Log {
    const known = this.#logs.get(sessionId);
    if (known !== undefined) return known;
    const log: Log = {
      sessionId,
      records: [],
      ids: new Map(),
      releasedThrough: 0,
      writtenThrough: 0,
      touchedAtMs: this.#nowMs(),
      pending: null,
    };
    this.#logs.set(sessionId, log);
    return log;
  }

  /** A log of which nothing is left needs no place, unless the files would bring it back. */
  tidy(log: Log): void {
    const isEmpty = log.records.length === 0 && log.pending === null;
    const isGone = log.writtenThrough >= log.releasedThrough;
    if (isEmpty && isGone && this.#logs.get(log.sessionId) === log) {
      this.#logs.delete(log.sessionId);
    }
  }

  /** A record was written behind the tail, unless its log was dropped meanwhile. */
  add(log: Log, id: string, record: KeptRecord): void {
    if (record.position <= log.releasedThrough) {
      this.#died(record, true);
      return;
    }
    log.records.push(record);
    log.touchedAtMs = this.#nowMs();
    this.remember(log, id, record.position);
    lives(record);
  }

  remember(log: Log, id: string, position: number): void {
    log.ids.set(id, position);
    if (log.ids.size <= REMEMBERED_IDS) return;
    for (const oldest of log.ids.keys()) {
      log.ids.delete(oldest);
      return;
    }
  }

  /** The record was copied; where it is let go of meanwhile, the copy is as dead as it is. */
  move(record: KeptRecord, segment: Segment, at: number): void {
    const wasAlive = record.segment.live.has(record);
    if (wasAlive) forget(record);
    record.segment = segment;
    record.at = at;
    if (wasAlive) lives(record);
    else this.#died(record, true);
  }

  /** Nobody asks any more for what stands through here. */
  release(log: Log, through: number, isDrop: boolean): void {
    log.releasedThrough = Math.max(log.releasedThrough, through);
    const kept = log.records.findIndex(({ position }) => position > through);
    const released = kept === -1 ? log.records : log.records.slice(0, kept);
    log.records = kept === -1 ? [] : log.records.slice(kept);
    for (const record of released) {
      forget(record);
      this.#died(record, isDrop);
    }
    if (isDrop) log.ids.clear();
  }

  /** @param isDrop of a log that was dropped. */
  #died({ segment }: KeptRecord, isDrop: boolean): void {
    segment.deadSinceMs ??= this.#nowMs();
    segment.holdsDropped ||= isDrop;
  }
}

function lives(record: KeptRecord): void {
  record.segment.live.add(record);
  record.segment.liveBytes += record.length;
}

function forget(record: KeptRecord): void {
  if (record.segment.live.delete(record)) record.segment.liveBytes -= record.length;
}
