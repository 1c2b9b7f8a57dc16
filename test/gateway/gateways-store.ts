/** What several gateways have in common: one log, of which each has its own view, and which is there when they are gone. */
import { StoreOver } from './store-over.ts';
import type { Gateway } from '../../src/gateway/gateway.ts';
import type { AppendOutcome, LogStore } from '../../src/ports/log-store.ts';

/** The store as one gateway has it: its process may die, and the store may lose what it had said to keep. */
export class GatewaysStore extends StoreOver {
  /** How long a record takes to be kept. */
  readonly #slow: () => Promise<void>;
  #isDead = false;
  #held: (() => void)[] = [];

  constructor(log: LogStore, slow: () => Promise<void> = () => Promise.resolve()) {
    super(log);
    this.#slow = slow;
  }

  /** From now on nothing comes back: of a process that is gone nobody learns anything. */
  die(): void {
    this.#isDead = true;
  }

  /** So that nothing is left waiting: somebody else has the log. */
  bury(): void {
    for (const release of this.#held.splice(0)) release();
  }

  override tail(sessionId: string): ReturnType<LogStore['tail']> {
    return this.#isDead ? this.#hold(null) : super.tail(sessionId);
  }

  override async append(...given: Parameters<LogStore['append']>): Promise<AppendOutcome> {
    await this.#slow();
    return this.#isDead ? this.#hold({ kind: 'conflict', tail: 0 }) : super.append(...given);
  }

  override purge(...given: Parameters<LogStore['purge']>): Promise<void> {
    return this.#isDead ? this.#hold(undefined) : super.purge(...given);
  }

  override close(): Promise<void> {
    return Promise.resolve();
  }

  #hold<T>(answer: T): Promise<T> {
    return new Promise((resolve) => this.#held.push(() => resolve(answer)));
  }
}

/** Everything ever written is kept, to be looked at. */
export function unpurged(store: LogStore): LogStore {
  return {
    durability: store.durability,
    tail: (id) => store.tail(id),
    append: (...args) => store.append(...args),
    read: (...args) => store.read(...args),
    purge: () => Promise.resolve(),
    drop: (id) => store.drop(id),
    close: () => store.close(),
  };
}

export interface Housed {
  readonly gateway: Gateway;
  readonly store: GatewaysStore;
}

/** @param pass lets so much time pass. */
export async function closeAll(
  gateways: readonly Housed[],
  pass: (ms: number) => Promise<void>,
): Promise<void> {
  const closed = gateways.map(({ gateway, store }) => {
    store.bury();
    return gateway.close();
  });
  await pass(6_000); // what was asked for again meanwhile is not waited for
  await Promise.all(closed);
}
