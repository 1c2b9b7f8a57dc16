/** One gateway's way to the log that all of them share, with faults that can be switched on and off. */
import type { SimulatedLog } from './simulated-log.ts';
import { StoreRoad } from './store-road.ts';
import type { Errand, OutageKind, StoreRoadOptions } from './store-road.ts';
import { TenutoError } from '../../ports/errors.ts';
import type {
  AppendOptions,
  AppendOutcome,
  Durability,
  LogRecord,
  LogStore,
} from '../../ports/log-store.ts';
import type { SeededRandom } from '../../ports/random.ts';

export interface StoreViewOptions extends StoreRoadOptions {
  readonly log: SimulatedLog;
  /** Who it is, for `onAppended`. */
  readonly by: string;
  /** Default `fsync-quorum`. */
  readonly durability?: Durability;
  /** What was read of it just now is damaged. */
  readonly onDamaged?: () => void;
}

const CLOSED: AppendOutcome = { kind: 'unavailable', reason: 'it is closed' };
const OUT_OF_REACH: AppendOutcome = { kind: 'unavailable', reason: 'it is out of reach' };
const FULL: AppendOutcome = { kind: 'unavailable', reason: 'stream full' };
const UNHEARD: AppendOutcome = { kind: 'unknown', reason: 'no answer' };

export class StoreView implements LogStore {
  readonly durability: Durability;
  readonly #log: SimulatedLog;
  readonly #by: string;
  readonly #road: StoreRoad;
  readonly #random: SeededRandom;
  readonly #onDamaged: () => void;
  /** What came after that it has not heard of; null where it has heard of all. */
  #staleAt: number | null = null;
  #isFull = false;
  readonly #corrupt = new Set<string>();

  constructor(options: StoreViewOptions) {
    const { log, by, durability = 'fsync-quorum' } = options;
    this.durability = durability;
    this.#log = log;
    this.#by = by;
    this.#road = new StoreRoad(options);
    this.#random = options.random.fork('corruption');
    this.#onDamaged = options.onDamaged ?? (() => undefined);
  }

  /** How many wait for an answer. */
  get unanswered(): number {
    return this.#road.unanswered;
  }

  /** Null: it is over. */
  outage(kind: OutageKind | null): void {
    this.#road.outage(kind);
  }

  /** Of so many appends that are committed nobody hears; 0: of none. */
  ambiguous(ratio: number): void {
    this.#road.ambiguous(ratio);
  }

  /** So much of what is asked for does not get there, and nobody can say so; 0: all of it does. */
  lossy(ratio: number): void {
    this.#road.lossy(ratio);
  }

  /** How much longer all takes. */
  slow(ms: number): void {
    this.#road.slow(ms);
  }

  /** Until it is over, `tail` and `read` tell how things stand now. Appends are held against the truth. */
  stale(isStale: boolean): void {
    this.#staleAt = isStale ? (this.#staleAt ?? this.#log.lastPosition) : null;
  }

  full(isFull: boolean): void {
    this.#isFull = isFull;
  }

  /** In whatever is read of that log a byte is wrong. */
  corrupt(sessionId: string, isCorrupt = true): void {
    if (isCorrupt) this.#corrupt.add(sessionId);
    else this.#corrupt.delete(sessionId);
  }

  /** All is well again. */
  heal(): void {
    this.outage(null);
    this.ambiguous(0);
    this.lossy(0);
    this.slow(0);
    this.stale(false);
    this.full(false);
    this.#corrupt.clear();
  }

  tail(sessionId: string): Promise<LogRecord | null> {
    return this.#ask(() => {
      const tail =
        this.#staleAt === null
          ? this.#log.tail(sessionId)
          : (this.#log.recordsThrough(sessionId, this.#staleAt).at(-1) ?? null);
      return tail !== null && this.#corrupt.has(sessionId) ? this.#damaged(tail) : tail;
    });
  }

  append(
    sessionId: string,
    record: Uint8Array,
    { after, id, isYielded = false }: AppendOptions,
  ): Promise<AppendOutcome> {
    if (this.#road.isClosing) return Promise.resolve(CLOSED);
    const bytes = isYielded ? record : new Uint8Array(record);
    return this.#road.ask({
      act: () => {
        if (this.#isFull && this.#log.positionOf(sessionId, id) === null) return FULL;
        return this.#log.append(sessionId, bytes, { after, id, by: this.#by });
      },
      refused: () => OUT_OF_REACH,
      unheard: () => UNHEARD,
    });
  }

  async *read(sessionId: string, after: number): AsyncIterable<LogRecord> {
    const records = await this.#ask(() => {
      const found =
        this.#staleAt === null
          ? this.#log.recordsOf(sessionId, after)
          : this.#log
              .recordsThrough(sessionId, this.#staleAt)
              .filter(({ position }) => position > after);
      if (found.length === 0 || !this.#corrupt.has(sessionId)) return found;
      const wrong = this.#random.pick(found);
      return found.map((record) => (record === wrong ? this.#damaged(record) : record));
    });
    yield* records;
  }

  purge(sessionId: string, through: number): Promise<void> {
    return this.#ask(() => {
      this.#log.purge(sessionId, through);
    });
  }

  drop(sessionId: string): Promise<void> {
    return this.#ask(() => {
      this.#log.drop(sessionId);
    });
  }

  close(): Promise<void> {
    return this.#road.close();
  }

  #ask<T>(act: Errand<T>['act']): Promise<T> {
    if (this.#road.isClosing) return Promise.reject(unavailable('is closed'));
    const fail = (): Promise<T> => Promise.reject(unavailable('does not answer'));
    return this.#road.ask({ act, refused: fail, unheard: fail });
  }

  #damaged({ position, bytes }: LogRecord): LogRecord {
    this.#onDamaged();
    const wrong = new Uint8Array(bytes);
    const at = this.#random.integer(Math.max(0, wrong.length - 1));
    wrong[at] = (wrong[at] ?? 0) ^ (1 << this.#random.integer(7));
    return { position, bytes: wrong };
  }
}

function unavailable(why: string): TenutoError {
  return new TenutoError({
    code: 'STORE_UNAVAILABLE',
    message: `The store ${why}.`,
    remediation: 'Wait until the fault is over.',
    retryable: true,
  });
}
