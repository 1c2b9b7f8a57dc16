/**
 * What a store really holds, whichever gateway looks at it and through whatever faults: the truth of a simulated run. Positions are
 * counted over all logs, as a stream of JetStream counts them; an id is known for as long as its log is there, also when its record was purged.
 */
import type { AppendOutcome, LogRecord } from '../../ports/log-store.ts';

export interface SimulatedLogOptions {
  /** Told at the moment of a commit, before anybody is answered. @param by who appended. */
  readonly onAppended?: (
    sessionId: string,
    bytes: Uint8Array,
    position: number,
    by: string,
  ) => void;
  /** Told before everything up to there is let go of, but for the tail. */
  readonly onPurge?: (sessionId: string, through: number) => void;
  /** Whether `everyOf` has what was purged and dropped, too. Default false. */
  readonly keepsAll?: boolean;
}

/** What of a log is gone by `loseTail`, in order. */
export interface LostTail {
  readonly sessionId: string;
  readonly records: readonly LogRecord[];
}

interface Entry extends LogRecord {
  readonly id: string;
}

interface Log {
  /** In order. */
  entries: Entry[];
  /** Those before `entries`; without their bytes where not all are kept. */
  purged: Entry[];
  /** Where all are kept, those of logs of this name that were dropped. */
  readonly dropped: Entry[];
}

export class SimulatedLog {
  readonly #logs = new Map<string, Log>();
  readonly #onAppended: SimulatedLogOptions['onAppended'];
  readonly #onPurge: SimulatedLogOptions['onPurge'];
  readonly #keepsAll: boolean;
  #lastPosition = 0;
  /** Nothing up to there is given twice, whatever is lost. */
  #letGoThrough = 0;

  constructor(options: SimulatedLogOptions = {}) {
    this.#onAppended = options.onAppended;
    this.#onPurge = options.onPurge;
    this.#keepsAll = options.keepsAll ?? false;
  }

  get lastPosition(): number {
    return this.#lastPosition;
  }

  get sessionIds(): Iterable<string> {
    return this.#logs.keys();
  }

  /** @param bytes whose they were does not use them again. */
  append(
    sessionId: string,
    bytes: Uint8Array,
    { after, id, by }: { readonly after: number; readonly id: string; readonly by: string },
  ): AppendOutcome {
    const log = this.#logs.get(sessionId);
    const tail = log?.entries.at(-1)?.position ?? 0;
    if (after !== tail) {
      const known = this.positionOf(sessionId, id); // whoever repeats an append repeats what it is to follow
      return known === null ? { kind: 'conflict', tail } : { kind: 'committed', position: known };
    }
    const { entries } = log ?? this.#begin(sessionId);
    const position = (this.#lastPosition += 1);
    entries.push({ position, bytes, id });
    this.#onAppended?.(sessionId, bytes, position, by);
    return { kind: 'committed', position };
  }

  /** Where the record of that id stands, or stood; null where none was committed. */
  positionOf(sessionId: string, id: string): number | null {
    const { entries = [], purged = [] } = this.#logs.get(sessionId) ?? {};
    return positionIn(entries, id) ?? positionIn(purged, id);
  }

  tail(sessionId: string): LogRecord | null {
    return this.#logs.get(sessionId)?.entries.at(-1) ?? null;
  }

  /** Beyond `after`, in order. */
  recordsOf(sessionId: string, after = 0): readonly LogRecord[] {
    const { entries = [] } = this.#logs.get(sessionId) ?? {};
    return entries.filter(({ position }) => position > after);
  }

  /** As a replica has it that has heard of nothing since `through`; with `keepsAll` of no purge either. */
  recordsThrough(sessionId: string, through: number): readonly LogRecord[] {
    const { entries = [], purged = [] } = this.#logs.get(sessionId) ?? {};
    const known = this.#keepsAll ? [...purged, ...entries] : entries;
    return known.filter(({ position }) => position <= through);
  }

  /** With `keepsAll` whatever was committed and not lost; otherwise what is there. */
  everyOf(sessionId: string): readonly LogRecord[] {
    const { entries = [], purged = [], dropped = [] } = this.#logs.get(sessionId) ?? {};
    return this.#keepsAll ? [...dropped, ...purged, ...entries] : entries;
  }

  /** The tail stays. */
  purge(sessionId: string, through: number): void {
    const log = this.#logs.get(sessionId);
    if (log === undefined) return;
    const { entries } = log;
    const firstKept = entries.findIndex(({ position }) => position > through);
    const count = firstKept === -1 ? entries.length - 1 : firstKept;
    if (count <= 0) return;
    this.#onPurge?.(sessionId, through);
    const purged = entries.splice(0, count);
    this.#note(purged);
    for (const entry of purged) log.purged.push(this.#keepsAll ? entry : bare(entry));
  }

  drop(sessionId: string): void {
    const log = this.#logs.get(sessionId);
    if (log === undefined) return;
    this.#note(log.entries);
    if (this.#keepsAll) log.dropped.push(...log.purged, ...log.entries);
    log.purged = [];
    log.entries = [];
  }

  /**
   * The newest records of every log are gone, though they were acknowledged: a quorum was lost, and what came back is older. Their
   * ids are forgotten with them.
   *
   * @param reusesPositions whether what is appended next stands where they stood, as in JetStream; otherwise positions go on.
   */
  loseTail(count: number, reusesPositions: boolean): readonly LostTail[] {
    const lost: LostTail[] = [];
    let last = this.#letGoThrough;
    for (const [sessionId, { entries }] of this.#logs) {
      const records = entries.splice(Math.max(0, entries.length - count));
      if (records.length > 0) lost.push({ sessionId, records });
      last = Math.max(last, entries.at(-1)?.position ?? 0);
    }
    if (reusesPositions) this.#lastPosition = last;
    return lost;
  }

  #note(letGo: readonly Entry[]): void {
    this.#letGoThrough = Math.max(this.#letGoThrough, letGo.at(-1)?.position ?? 0);
  }

  #begin(sessionId: string): Log {
    const log: Log = { entries: [], purged: [], dropped: [] };
    this.#logs.set(sessionId, log);
    return log;
  }
}

const NOTHING = new Uint8Array(0);

function bare({ position, id }: Entry): Entry {
  return { position, id, bytes: NOTHING };
}

/** It is among the newest, if it is there: an append is repeated soon or never. */
function positionIn(entries: readonly Entry[], id: string): number | null {
  for (let at = entries.length - 1; at >= 0; at -= 1) {
    const entry = entries[at];
    if (entry?.id === id) return entry.position;
  }
  return null;
}
