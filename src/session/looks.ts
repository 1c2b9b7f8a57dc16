/**
 * Which looks at a link its chart is told: those that could change anything. While audio flows and results come, most could not,
 * and an event to an actor costs as much as a chunk.
 */
import { isUneventful } from '../../machines/liveness.rules.ts';
import type { LinkMeasured, LivenessLimits } from '../../machines/liveness.types.ts';

export class Looks {
  #toldAtMs = 0;
  #probedAtMs = 0;
  /** The chart has seen that something came since it asked, or suspected: it is where nothing of this kind moves it. */
  #isFresh = false;

  /** The chart asked the link for a sign of life. */
  probed(atMs: number): void {
    this.#probedAtMs = atMs;
    this.#isFresh = false;
  }

  /** Whether the chart is to be told; then it has to be. */
  isNews(look: LinkMeasured, limits: LivenessLimits = {}): boolean {
    if (this.#isFresh && isUneventful(look, limits, this.#probedAtMs)) return false;
    this.#isFresh = look.lastInboundAtMs >= Math.max(this.#toldAtMs, this.#probedAtMs);
    this.#toldAtMs = look.atMs;
    return true;
  }
}
