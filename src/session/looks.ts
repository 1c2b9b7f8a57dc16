/**
 * Which looks at a link its chart is told: those that could change anything. While audio flows and results come, most could not,
 * and an event to an actor costs as much as a chunk.
 */
import { learned } from '../../machines/liveness.rtt.ts';
import type { Learned } from '../../machines/liveness.rtt.ts';
import { isUneventful, isWorthWatching } from '../../machines/liveness.rules.ts';
import type { LinkMeasured, LivenessLimits } from '../../machines/liveness.types.ts';

export class Looks {
  #toldAtMs = 0;
  /** As the chart has it. */
  #learned: Learned = NOTHING;
  /** The chart has seen that something came since it asked, or suspected: it is where nothing of this kind moves it. */
  #isFresh = false;
  /** The chart has let go of its watch, since nothing flowed: it begins anew only where that is worth while. */
  #isUnwatched = false;

  /** The chart asked the link for a sign of life. */
  probed(atMs: number): void {
    this.#learned = { ...this.#learned, probedAtMs: atMs };
    this.#isFresh = false;
    this.#isUnwatched = false;
  }

  /** When the chart asked last. */
  get probedAtMs(): number {
    return this.#learned.probedAtMs;
  }

  /** Whether the chart is to be told; then it has to be. */
  isNews(look: LinkMeasured, limits: LivenessLimits = {}): boolean {
    if (this.#isFresh && isUneventful(look, limits, this.#learned)) return false;
    const isHeard = !this.#isUnwatched || isWorthWatching(look, limits);
    this.#isUnwatched = !isHeard || (this.#isFresh && !look.isAudioFlowing); // a chart that asks instead is `probed`
    const { probedAtMs } = this.#learned;
    this.#isFresh = look.lastInboundAtMs >= Math.max(this.#toldAtMs, probedAtMs);
    this.#toldAtMs = look.atMs;
    if (probedAtMs > 0) this.#learned = { ...learned(this.#learned, look), probedAtMs }; // until it asks, it learns nothing
    return isHeard;
  }
}

const NOTHING: Learned = { rtt: null, learnedAtMs: 0, probedAtMs: 0 };
