/** A store in memory that answers when a test lets it, and tells what it was asked for. */
import { createMemoryStore } from '../../src/gateway/stores/memory-store.ts';
import type { AppendOutcome, LogStore } from '../../src/ports/log-store.ts';

export class HeldStore implements LogStore {
  readonly durability = 'memory';
  /** The ids of appends, in order: those asked for again are here again. */
  readonly appends: string[] = [];
  /** Of appends that were not answered, the most at one time. */
  mostInFlight = 0;
  isHeld = false;
  /** For the next answers, though the append is done. */
  forgets = 0;
  readonly #log = createMemoryStore();
  #held: (() => void)[] = [];
  #inFlight = 0;

  release(): void {
    this.isHeld = false;
    for (const go of this.#held.splice(0)) go();
  }

  async append(...given: Parameters<LogStore['append']>): Promise<AppendOutcome> {
    this.appends.push(given[2].id);
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    if (this.isHeld) await new Promise<void>((resolve) => this.#held.push(resolve));
    const outcome = await this.#log.append(...given);
    this.#inFlight -= 1;
    if (this.forgets === 0) return outcome;
    this.forgets -= 1;
    return { kind: 'unknown', reason: 'it did not say' };
  }

  tail(id: string): ReturnType<LogStore['tail']> {
    return this.#log.tail(id);
  }

  read(...given: Parameters<LogStore['read']>): ReturnType<LogStore['read']> {
    return this.#log.read(...given);
  }

  purge(...given: Parameters<LogStore['purge']>): Promise<void> {
    return this.#log.purge(...given);
  }

  drop(id: string): Promise<void> {
    return this.#log.drop(id);
  }

  close(): Promise<void> {
    return this.#log.close();
  }
}
