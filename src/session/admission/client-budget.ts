/** The retry budget of one client: of one session, over all of its candidates. One that is well has none to remember. */
import {
  afterFailedDial,
  afterHealth,
  fullBudget,
  holdMs,
  isFull,
} from '../../../machines/retry-budget.ts';
import type { RetryBudget } from '../../../machines/retry-budget.ts';

export class ClientBudget {
  /** Null while it is full. */
  #budget: RetryBudget | null = null;
  #healthyLinks: number;

  /** @param healthyLinks those that are healthy already. Default 0. */
  constructor(healthyLinks = 0) {
    this.#healthyLinks = healthyLinks;
  }

  dialFailed(atMs: number): void {
    const budget = this.#budget ?? afterHealth(fullBudget(atMs), this.#healthyLinks > 0, atMs);
    this.#budget = afterFailedDial(budget, atMs);
  }

  /** A link of this client counts as healthy from now on: one of them suffices to earn at the higher rate. */
  linkRecovered(atMs: number): void {
    this.#healthyLinks += 1;
    this.#noteHealth(atMs);
  }

  /** A healthy link of this client ended, or is healthy no more. */
  linkLost(atMs: number): void {
    this.#healthyLinks = Math.max(0, this.#healthyLinks - 1);
    this.#noteHealth(atMs);
  }

  /** How long the next dial has to wait at the least: 0 to 30,000 ms. */
  holdMs(atMs: number): number {
    return this.#budget === null ? 0 : holdMs(this.#budget, atMs);
  }

  #noteHealth(atMs: number): void {
    if (this.#budget === null) return;
    const budget = afterHealth(this.#budget, this.#healthyLinks > 0, atMs);
    this.#budget = isFull(budget) ? null : budget;
  }
}
