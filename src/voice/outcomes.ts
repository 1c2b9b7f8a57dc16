/** What becomes of requests, for those whom it concerns besides their chart: breakers, and the client's retry budget. */
import type { Failure } from '../../machines/failure.ts';
import { ClientBudget } from '../session/admission/client-budget.ts';
import type { Breakers } from '../session/admission/breakers.ts';

/** Nothing was sent: no service is to blame. */
const OURS: ReadonlySet<string> = new Set(['credential', 'model']);

export class Outcomes {
  readonly breakers: Breakers;
  readonly #budget = new ClientBudget();
  /** The newest request that came to something was answered. */
  #isWell = false;

  constructor(breakers: Breakers) {
    this.breakers = breakers;
  }

  /** A service answers. */
  answered(key: string, atMs: number): void {
    this.breakers.tell(key, { type: 'dial.succeeded', atMs });
    if (!this.#isWell) this.#budget.linkRecovered(atMs);
    this.#isWell = true;
  }

  /** @param isLast nobody else could answer just now. */
  failed(key: string, failure: Failure, isLast: boolean, atMs: number): void {
    if (OURS.has(failure.code)) {
      this.abandoned(key, atMs);
      return;
    }
    this.breakers.tell(key, { type: 'dial.failed', failure, isLast, atMs });
    if (failure.kind === 'perRequest') return; // the service is fine, and nothing is asked again
    if (this.#isWell) this.#budget.linkLost(atMs);
    this.#isWell = false;
    this.#budget.dialFailed(atMs);
  }

  /** A request was let go before it came to anything. */
  abandoned(key: string, atMs: number): void {
    this.breakers.tell(key, { type: 'probe.abandoned', atMs });
  }

  /** How long the next request after a failure has to wait at the least: 0 to 30,000 ms. */
  holdMs(atMs: number): number {
    return this.#budget.holdMs(atMs);
  }
}
