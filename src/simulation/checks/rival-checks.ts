/** How often a session goes from one client to another: whoever insists on it is told to wait. PROTOCOL.md, P12.6 */
import { MAX_RIVAL_EPOCHS, RIVAL_EPOCHS_WINDOW_MS } from '../../protocol/limits.ts';

/** A gateway counts from what it is asked, and here it is seen when it answers, which takes as long as its store does. */
const ANSWERS_WITHIN_MS = 2_000;
const COUNTED_MS = RIVAL_EPOCHS_WINDOW_MS - ANSWERS_WITHIN_MS;

interface Owner {
  readonly inst: string;
  readonly takenAtMs: readonly number[];
}

export class RivalChecks {
  readonly #owners = new Map<string, Owner>();

  /** @returns what is wrong with one more WELCOME. */
  welcomed(sessionId: string, inst: string, nowMs: number): string | null {
    const owner = this.#owners.get(sessionId) ?? { inst, takenAtMs: [] };
    const since = owner.takenAtMs.filter((atMs) => nowMs - atMs < COUNTED_MS);
    const takenAtMs = owner.inst === inst ? since : [...since, nowMs];
    this.#owners.set(sessionId, { inst, takenAtMs });
    if (takenAtMs.length <= MAX_RIVAL_EPOCHS) return null;
    return `a session goes to another client ${takenAtMs.length} times in ${COUNTED_MS} ms`;
  }
}
