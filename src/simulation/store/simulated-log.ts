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
  readonly positions: Map<string, number>;
  /** Where all are kept: those before `entries`, and those of logs of this name that were dropped. */
  purged: Entry[];
  readonly dropped: Entry[];
}

export class SimulatedLog {
  readonly #logs = new Map<string, Log>();
  readonly #options: SimulatedLogOptions;
  #lastPosition = 0;
  /** Nothing up to there is given twice, whatever is lost. */
  #letGoThrough = 0;

  constructor(options: SimulatedLogOptions = {}) {
    this.#options = options;
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
    const known = log?.positions.get(id);
    if (known !== undefined) return { kind: 'committed', position: known };
    const tail = log?.entries.at(-1)?.position ?? 0;
    if (after !== tail) return { kind: 'conflict', tail };
    const { entries, positions } = log ?? this.#begin(sessionId);
    const position = (this.#lastPosition += 1);
    entries.push({ position, bytes, id });
    positions.set(id, position);
    this.#options.onAppended?.(sessionId, bytes, position, by);
    return { kind: 'committed', position };
  }

  /** Whether an append under that id is one that was committed. */
  knows(sessionId: string, id: string): boolean {
    return this.#logs.get(sessionId)?.positions.has(id) ?? false;
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
    return [...purged, ...entries].filter(({ position }) => position <= through);
  }

  /** With `keepsAll` whatever was committed and not lost; otherwise what is there. */
  everyOf(sessionId: string): readonly LogRecord[] {
    const { entries = [], purged = [], dropped = [] } = this.#logs.get(sessionId) ?? {};
    return [...dropped, ...purged, ...entries];
  }

  /** The tail stays. */
  purge(sessionId: string, through: number): void {
    const log = this.#logs.get(sessionId);
    if (log === undefined) return;
    const { entries } = log;
    const firstKept = entries.findIndex(({ position }) => position > through);
    const count = firstKept === -1 ? entries.length - 1 : firstKept;
    if (count > 0) this.#letGo(log.purged, entries.splice(0, count));
  }

  drop(sessionId: string): void {
    const log = this.#logs.get(sessionId);
    if (log === undefined) return;
    this.#letGo(log.dropped, [...log.purged, ...log.entries]);
    log.purged = [];
    log.entries = [];
    log.positions.clear();
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
    for (const [sessionId, { entries, positions }] of this.#logs) {
      const records = entries.splice(Math.max(0, entries.length - count));
      for (const { id } of records) positions.delete(id);
      if (records.length > 0) lost.push({ sessionId, records });
      last = Math.max(last, entries.at(-1)?.position ?? 0);
    }
    if (reusesPositions) this.#lastPosition = last;
    return lost;
  }

  #letGo(to: Entry[], entries: readonly Entry[]): void {
    this.#letGoThrough = Math.max(this.#letGoThrough, entries.at(-1)?.position ?? 0);
    if (this.#options.keepsAll === true) to.push(...entries);
  }

  #begin(sessionId: string): Log {
    const log: Log = { entries: [], positions: new Map(), purged: [], dropped: [] };
    this.#logs.set(sessionId, log);
    return log;
  }
}
