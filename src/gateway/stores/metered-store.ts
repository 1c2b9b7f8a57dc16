/**
 * A store, and how it does: what it answers is counted, whether it can be relied on at the moment is known, and what it does not
 * answer is not waited for.
 */
import type { Counters } from '../counters.ts';
import { Patience } from './patience.ts';
import type { Clock } from '../../ports/clock.ts';
import { TenutoError } from '../../ports/errors.ts';
import { MAX_FRAME_BYTES } from '../../protocol/limits.ts';
import type {
  AppendOptions,
  AppendOutcome,
  Durability,
  LogRecord,
  LogStore,
} from '../../ports/log-store.ts';

/** The log that is written to find out whether a store that failed takes records again. No session has such a name. */
const PROBE = 'readiness-probe';
/** As long as a chunk may be: a store may have room for less, and be of no use. */
const PROBE_RECORD = new Uint8Array(MAX_FRAME_BYTES);
/** Of a call that was not answered; it may still have its effect. */
const SILENT = Symbol('silent');
const NO_ANSWER = 'it does not answer';

export class MeteredStore implements LogStore {
  readonly #store: LogStore;
  readonly #counters: Counters;
  readonly #clock: Clock;
  readonly #patience: Patience;
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
    this.#patience = new Patience(clock);
    this.#onHealth = onHealth;
  }

  get durability(): Durability {
    return this.#store.durability;
  }

  get isExclusive(): boolean {
    return this.#store.isExclusive ?? false;
  }

  /** False from a failure on until it takes a record again, and while it does not answer. */
  get isWell(): boolean {
    return this.#isWell;
  }

  /** Time has passed: what was asked for may have waited for too long. */
  look(): void {
    this.#patience.look();
  }

  /** Whether it takes a record of no consequence. */
  async tryOut(): Promise<boolean> {
    this.#isWell = await this.#patience.until(this.#takesOne(), () => false);
    return this.#isWell;
  }

  async tail(sessionId: string): Promise<LogRecord | null> {
    try {
      return await this.#answered(this.#store.tail(sessionId));
    } catch (error) {
      throw this.#failed('tailFailed', error);
    }
  }

  /** Of one that was not answered nobody knows what became of it. */
  async append(
    sessionId: string,
    record: Uint8Array,
    options: AppendOptions,
  ): Promise<AppendOutcome> {
    const startedAtMs = this.#clock.nowMs();
    const { length } = record; // it may be used again once it has answered
    try {
      const asked = this.#store.append(sessionId, record, options);
      const outcome = await this.#patience.until(asked, notSaid);
      this.#counters.store[outcome.kind] += 1;
      this.#note(outcome.kind === 'committed' || outcome.kind === 'conflict');
      if (outcome.kind === 'committed') {
        this.#counters.storeBytes += length;
        this.#counters.commits.observe(this.#clock.nowMs() - startedAtMs);
      }
      return outcome;
    } catch (error) {
      throw this.#failed('unknown', error);
    }
  }

  async *read(sessionId: string, after: number): AsyncIterable<LogRecord> {
    const records = this.#store.read(sessionId, after)[Symbol.asyncIterator]();
    try {
      for (;;) {
        const next = await this.#answered(records.next());
        if (next.done === true) return;
        yield next.value;
      }
    } catch (error) {
      throw this.#failed('readFailed', error);
    } finally {
      records.return?.().catch(() => undefined); // one that does not answer does not end either
    }
  }

  async purge(sessionId: string, through: number): Promise<void> {
    try {
      await this.#answered(this.#store.purge(sessionId, through));
    } catch (error) {
      throw this.#failed('purgeFailed', error);
    }
  }

  async drop(sessionId: string): Promise<void> {
    try {
      await this.#answered(this.#store.drop(sessionId));
    } catch (error) {
      throw this.#failed('purgeFailed', error);
    }
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  async #takesOne(): Promise<boolean> {
    try {
      const tail = await this.#store.tail(PROBE);
      this.#trials += 1;
      const id = `${PROBE}:${this.#trials}:${this.#clock.nowMs()}`;
      const options = { after: tail?.position ?? 0, id };
      const { kind } = await this.#store.append(PROBE, PROBE_RECORD, options);
      const isTaken = kind === 'committed' || kind === 'conflict';
      if (isTaken) await this.#store.drop(PROBE);
      return isTaken;
    } catch {
      return false;
    }
  }

  async #answered<T>(asked: Promise<T>): Promise<T> {
    const answer = await this.#patience.until<T | typeof SILENT>(asked, () => SILENT);
    if (answer !== SILENT) return answer;
    throw new TenutoError({
      code: 'STORE_UNAVAILABLE',
      message: `The store takes and gives nothing: ${NO_ANSWER}.`,
      remediation: 'Look at what it is kept on.',
      retryable: true,
    });
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

function notSaid(): AppendOutcome {
  return { kind: 'unknown', reason: NO_ANSWER };
}
