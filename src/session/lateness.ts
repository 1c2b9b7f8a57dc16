/**
 * Whether what a service tells may have been long on its way: its link was silent for long, to a ping as well, and since it
 * speaks again no ping was answered that was sent since.
 */
import type { Pings } from './pings.ts';

/** Far longer than a round trip, and short enough that little is said meanwhile. */
const SILENT_MS = 3_000;

/** Where answers to pings take longer, what a service says now may be of so long ago: its line is slow, or only its answers are. */
const SLOW_RTT_MS = 500;

/** What was held back comes within this time, answers to older pings among it. */
const HELD_BACK_MS = 1_000;

export class Lateness {
  #sinceMs: number | null = null;

  get isLate(): boolean {
    return this.#sinceMs !== null;
  }

  /** What is told now may be of long ago, also on a link that was never silent and is only slow. */
  mayBeLate({ rttMs }: Pings): boolean {
    return this.isLate || (rttMs ?? 0) > SLOW_RTT_MS;
  }

  /** Something came, and nothing since `lastInboundAtMs`. */
  spoke(nowMs: number, lastInboundAtMs: number, { waitsSinceMs }: Pings): void {
    if (waitsSinceMs === null || this.isLate) return;
    if (nowMs - Math.max(waitsSinceMs, lastInboundAtMs) >= SILENT_MS) this.#sinceMs = nowMs;
  }

  answered({ proof }: Pings): void {
    if (this.#sinceMs === null || proof === null) return;
    if (proof.sentAtMs >= this.#sinceMs + HELD_BACK_MS) this.#sinceMs = null;
  }
}
