/** A store in memory that answers when a test lets it, and tells what it was asked for. */
import { StoreOver } from './store-over.ts';
import type { AppendOutcome, LogStore } from '../../src/ports/log-store.ts';

export class HeldStore extends StoreOver {
  /** The ids of appends, in order: those asked for again are here again. */
  readonly appends: string[] = [];
  /** Of appends that were not answered, the most at one time. */
  mostInFlight = 0;
  isHeld = false;
  /** For the next answers, though the append is done. */
  forgets = 0;
  #held: (() => void)[] = [];
  #inFlight = 0;

  release(): void {
    this.isHeld = false;
    for (const go of this.#held.splice(0)) go();
  }

  override async append(...given: Parameters<LogStore['append']>): Promise<AppendOutcome> {
    this.appends.push(given[2].id);
    this.#inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
    if (this.isHeld) await new Promise<void>((resolve) => this.#held.push(resolve));
    const outcome = await super.append(...given);
    this.#inFlight -= 1;
    if (this.forgets === 0) return outcome;
    this.forgets -= 1;
    return { kind: 'unknown', reason: 'it did not say' };
  }
}
