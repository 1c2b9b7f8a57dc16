/** Clients that take one session from each other: the newer wins, but not for ever (PROTOCOL.md, P12.6). */
import { RIVAL_EPOCHS_WINDOW_MS } from '../../protocol/limits.ts';

interface Owner {
  readonly inst: string;
  /** When somebody else became the owner. */
  readonly takenAtMs: readonly number[];
}

const MAX_SESSIONS = 10_000;
const NEVER: readonly number[] = [];

export class Rivals {
  readonly #maxEpochs: number;
  /** The one that was fenced longest ago first. */
  readonly #owners = new Map<string, Owner>();

  constructor(maxEpochs: number) {
    this.#maxEpochs = maxEpochs;
  }

  /** 0: `inst` may take the session. Else the ms until it may. */
  waitMs(sessionId: string, inst: string, nowMs: number): number {
    const owner = this.#owners.get(sessionId);
    if (owner === undefined || owner.inst === inst) return 0;
    const recent = recentOf(owner, nowMs);
    const oldest = recent[recent.length - this.#maxEpochs];
    return oldest === undefined ? 0 : oldest + RIVAL_EPOCHS_WINDOW_MS - nowMs;
  }

  /** `inst` owns the session now. */
  note(sessionId: string, inst: string, nowMs: number): void {
    const owner = this.#owners.get(sessionId);
    const recent = owner === undefined ? NEVER : recentOf(owner, nowMs);
    const takenAtMs = owner === undefined || owner.inst === inst ? recent : [...recent, nowMs];
    this.#owners.delete(sessionId);
    this.#owners.set(sessionId, { inst, takenAtMs });
    for (const oldest of this.#owners.keys()) {
      if (this.#owners.size <= MAX_SESSIONS) return;
      this.#owners.delete(oldest);
    }
  }

  forget(sessionId: string): void {
    this.#owners.delete(sessionId);
  }
}

function recentOf({ takenAtMs }: Owner, nowMs: number): readonly number[] {
  if (takenAtMs.length === 0) return NEVER;
  return takenAtMs.filter((atMs) => nowMs - atMs < RIVAL_EPOCHS_WINDOW_MS);
}
