/** A store that does as another one: of those that answer otherwise, what they leave as it is. */
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { LogStore } from '../../src/ports/log-store.ts';

export class StoreOver implements LogStore {
  readonly durability = 'memory';
  readonly #log: LogStore;

  constructor(log = createMemoryStore()) {
    this.#log = log;
  }

  tail(sessionId: string): ReturnType<LogStore['tail']> {
    return this.#log.tail(sessionId);
  }

  append(...given: Parameters<LogStore['append']>): ReturnType<LogStore['append']> {
    return this.#log.append(...given);
  }

  read(...given: Parameters<LogStore['read']>): ReturnType<LogStore['read']> {
    return this.#log.read(...given);
  }

  purge(...given: Parameters<LogStore['purge']>): Promise<void> {
    return this.#log.purge(...given);
  }

  drop(sessionId: string): Promise<void> {
    return this.#log.drop(sessionId);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
