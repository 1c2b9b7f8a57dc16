/** A store, and how it does: what it answers is counted, and whether it can be relied on at the moment is known. */
import type { Counters } from '../counters.ts';
import type { Clock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import type {
  AppendOptions,
  AppendOutcome,
  Durability,
  LogRecord,
  LogStore,
} from '../../ports/log-store.ts';

/** An append that was not answered for so long is of a store that does not answer: a disk's sync takes less. */
const HANGS_AFTER_MS = 5_000;
/** The log that is written to find out whether a store that failed takes records again. No session has such a name. */
const PROBE = 'readiness-probe';
const PROBE_RECORD = Uint8Array.of(0);

export class MeteredStore implements LogStore {
  readonly #store: LogStore;
  readonly #counters: Counters;
  readonly #clock: Clock;
  /** Each append that was not answered yet, with when it was asked for: the oldest first. */
  readonly #inFlight = new Map<object, number>();
  readonly #onHealth: (isWell: boolean) => void;
  #isWell = true;
  #trials = 0;

  /** @param onHealth told when it fails, and when it takes records again. */
  constructor(
    store: LogStore,
    counters: Counters,
    clock: Clock,
    onHealth: (isWell: boolean) => void,
  ) {
    this.#store = store;
    this.#counters = counters;
    this.#clock = clock;
    this.#onHealth = onHealth;
  }

  get durability(): Durability {
    return this.#store.durability;
  }

  /** False from a failure on until it takes a record again, and while it does not answer. */
  get isWell(): boolean {
    return this.#isWell;
  }

  /** Time has passed: an append may have waited for too long. */
  look(): void {
    const [oldestAtMs] = this.#inFlight.values();
    if (oldestAtMs === undefined) return;
    if (this.#clock.nowMs() - oldestAtMs >= HANGS_AFTER_MS) this.#note(false);
  }

  /** Whether it takes a record of no consequence. */
  async tryOut(): Promise<boolean> {
    try {
      const tail = await this.#store.tail(PROBE);
      this.#trials += 1;
      const id = `${PROBE}:${this.#trials}:${this.#clock.nowMs()}`;
      const options = { after: tail?.position ?? 0, id };
      const { kind } = await this.#store.append(PROBE, PROBE_RECORD, options);
      this.#isWell = kind === 'committed' || kind === 'conflict';
      if (this.#isWell) await this.#store.drop(PROBE);
    } catch {
      this.#isWell = false;
    }
    return this.#isWell;
  }

  async tail(sessionId: string): Promise<LogRecord | null> {
    try {
      return await this.#store.tail(sessionId);
    } catch (error) {
      throw this.#failed('tailFailed', error);
    }
  }

  async append(
    sessionId: string,
    record: Uint8Array,
    options: AppendOptions,
  ): Promise<AppendOutcome> {
    const startedAtMs = this.#clock.nowMs();
    const { length } = record; // it may be used again once it has answered
    this.#inFlight.set(options, startedAtMs);
    try {
      const outcome = await this.#store.append(sessionId, record, options);
      this.#counters.store[outcome.kind] += 1;
      this.#note(outcome.kind === 'committed' || outcome.kind === 'conflict');
      if (outcome.kind === 'committed') {
        this.#counters.storeBytes += length;
        this.#counters.commits.observe(this.#clock.nowMs() - startedAtMs);
      }
      return outcome;
    } catch (error) {
      throw this.#failed('unknown', error);
    } finally {
      this.#inFlight.delete(options);
    }
  }

  async *read(sessionId: string, after: number): AsyncIterable<LogRecord> {
    try {
      yield* this.#store.read(sessionId, after);
    } catch (error) {
      throw this.#failed('readFailed', error);
    }
  }

  async purge(sessionId: string, through: number): Promise<void> {
    try {
      await this.#store.purge(sessionId, through);
    } catch (error) {
      throw this.#failed('purgeFailed', error);
    }
  }

  async drop(sessionId: string): Promise<void> {
    try {
      await this.#store.drop(sessionId);
    } catch (error) {
      throw this.#failed('purgeFailed', error);
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** One session's broken log says nothing of the others'. */
  #failed(what: 'tailFailed' | 'readFailed' | 'purgeFailed' | 'unknown', error: unknown): unknown {
    this.#counters.store[what] += 1;
    if (!TenutoError.is(error) || error.code !== 'STORE_CORRUPT') this.#note(false);
    return error;
  }

  #note(isWell: boolean): void {
    if (isWell === this.#isWell) return;
    this.#isWell = isWell;
    this.#onHealth(isWell);
  }
}
