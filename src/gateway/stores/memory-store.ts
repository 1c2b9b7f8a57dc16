/** Logs in this process's memory: they end with it. For development, tests, and gateways whose clients keep what counts. */
import { TenutoError } from '../../ports/errors.ts';
import type { AppendOptions, AppendOutcome, LogRecord, LogStore } from '../../ports/log-store.ts';

interface Log {
  records: LogRecord[];
  /** The newest append's. */
  id: string;
  /** Those before it, a few of them, and where they stand, in a ring: a second append under its id is the first one. */
  before: { readonly id: string; readonly position: number }[];
  next: number;
}

/** Ids that are asked for again are those of the newest appends. */
const REMEMBERED_IDS = 64;
const NONE: Log['before'] = [];

export function createMemoryStore(): LogStore {
  return new MemoryStore();
}

class MemoryStore implements LogStore {
  readonly durability = 'memory';
  readonly #logs = new Map<string, Log>();
  /** Of all logs: who holds the position of a log that is gone can do nothing to a new one. */
  #lastPosition = 0;
  #isClosed = false;

  async tail(sessionId: string): Promise<LogRecord | null> {
    this.#assertOpen();
    return Promise.resolve(this.#logs.get(sessionId)?.records.at(-1) ?? null);
  }

  append(
    sessionId: string,
    record: Uint8Array,
    { after, id, isYielded = false }: AppendOptions,
  ): Promise<AppendOutcome> {
    if (this.#isClosed) return Promise.resolve({ kind: 'unavailable', reason: 'it is closed' });
    const log = this.#logs.get(sessionId);
    const tail = log?.records.at(-1)?.position ?? 0;
    if (after !== tail) {
      const known = log === undefined ? undefined : positionOf(log, id, tail);
      if (known !== undefined) return Promise.resolve({ kind: 'committed', position: known });
      return Promise.resolve({ kind: 'conflict', tail });
    }
    const position = (this.#lastPosition += 1);
    const appended = { position, bytes: isYielded ? record : new Uint8Array(record) };
    if (log === undefined)
      this.#logs.set(sessionId, { records: [appended], id, before: NONE, next: 0 });
    else {
      log.records.push(appended);
      remember(log, tail);
      log.id = id;
    }
    return Promise.resolve({ kind: 'committed', position });
  }

  async *read(sessionId: string, after: number): AsyncIterable<LogRecord> {
    this.#assertOpen();
    for (const record of this.#logs.get(sessionId)?.records ?? []) {
      if (record.position > after) yield await Promise.resolve(record);
    }
  }

  async purge(sessionId: string, through: number): Promise<void> {
    this.#assertOpen();
    const log = this.#logs.get(sessionId);
    if (log !== undefined) {
      const tail = log.records.at(-1);
      log.records = log.records.filter((record) => record.position > through || record === tail);
    }
    return Promise.resolve();
  }

  async drop(sessionId: string): Promise<void> {
    this.#assertOpen();
    this.#logs.delete(sessionId);
    return Promise.resolve();
  }

  close(): Promise<void> {
    this.#isClosed = true;
    this.#logs.clear();
    return Promise.resolve();
  }

  #assertOpen(): void {
    if (!this.#isClosed) return;
    throw new TenutoError({
      code: 'STORE_UNAVAILABLE',
      message: 'The store is closed.',
      remediation: 'Close it when nobody uses it any more.',
    });
  }
}

/** One more follows the newest. */
function remember(log: Log, position: number): void {
  if (log.before === NONE) log.before = [];
  log.before[log.next] = { id: log.id, position };
  log.next = (log.next + 1) % REMEMBERED_IDS;
}

/** Where the append of that id stands, of those that are remembered. */
function positionOf(log: Log, id: string, tail: number): number | undefined {
  return log.id === id ? tail : log.before.find((one) => one.id === id)?.position;
}
