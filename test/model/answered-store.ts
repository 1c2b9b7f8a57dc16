/** A store that answers when a test says so, and what the test says. */
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import { settled } from '../gateway/gateway-world.ts';
import { TenutoError } from '../../src/ports/errors.ts';
import type {
  AppendOptions,
  AppendOutcome,
  LogRecord,
  LogStore,
} from '../../src/ports/log-store.ts';

interface Held {
  readonly kind: 'tail' | 'append' | 'read';
  readonly answer: (how: 'really' | 'unknown' | 'unavailable') => void;
}

export class AnsweredStore implements LogStore {
  readonly durability = 'memory';
  /** What everybody else sees. */
  readonly real = createMemoryStore();
  /** Reading a tail, appending, and reading a whole log wait to be answered. */
  isHolding = true;
  /** What a whole log begins with, whatever else is in it. */
  stray: LogRecord | null = null;
  #held: Held[] = [];

  tail(sessionId: string): Promise<LogRecord | null> {
    return this.#hold('tail', () => this.real.tail(sessionId));
  }

  append(sessionId: string, record: Uint8Array, options: AppendOptions): Promise<AppendOutcome> {
    const bytes = record.slice();
    return this.#hold<AppendOutcome>('append', () => this.real.append(sessionId, bytes, options));
  }

  async *read(sessionId: string, after: number): AsyncIterable<LogRecord> {
    await this.#hold('read', () => Promise.resolve(null));
    if (this.stray !== null) yield this.stray;
    yield* this.real.read(sessionId, after);
  }

  purge(sessionId: string, through: number): Promise<void> {
    return this.real.purge(sessionId, through);
  }

  drop(sessionId: string): Promise<void> {
    return this.real.drop(sessionId);
  }

  close(): Promise<void> {
    return this.real.close();
  }

  has(kind: Held['kind']): boolean {
    return this.#held.some((held) => held.kind === kind);
  }

  /** The oldest of these is answered, or the newest. */
  async answer(
    kind: Held['kind'],
    how: Parameters<Held['answer']>[0] = 'really',
    which: 'oldest' | 'newest' = 'oldest',
  ): Promise<void> {
    const waiting = this.#held.filter(({ kind: each }) => each === kind);
    const at = this.#held.indexOf(waiting.at(which === 'oldest' ? 0 : -1)!);
    const [held] = at === -1 ? [] : this.#held.splice(at, 1);
    if (held === undefined) throw new Error(`Nobody waits for the store's ${kind}.`);
    held.answer(how);
    await settled();
  }

  /** From now on nothing waits. */
  async letGo(): Promise<void> {
    this.isHolding = false;
    for (const { answer } of this.#held.splice(0)) answer('really');
    await settled();
  }

  #hold<T>(kind: Held['kind'], work: () => Promise<T>): Promise<T> {
    if (!this.isHolding) return work();
    return new Promise<T>((resolve, reject) => {
      const answer: Held['answer'] = (how) => {
        if (how === 'really') work().then(resolve, reject);
        else if (kind === 'append') resolve({ kind: how, reason: 'the test says so' } as T);
        else reject(unavailable());
      };
      this.#held.push({ kind, answer });
    });
  }
}

function unavailable(): TenutoError {
  return new TenutoError({
    code: 'STORE_UNAVAILABLE',
    message: 'The test says so.',
    remediation: 'Nothing.',
  });
}
