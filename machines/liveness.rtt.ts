/** The round trip to the other end, as the liveness chart learns it from what it is told. */
import type { LinkMeasured, LivenessContext, RttEstimate } from './liveness.types.ts';

/** Before the first round trip: a near server, and ample allowance. */
const UNMEASURED_RTT_MS = 50;
const LEAST_VARIATION_MS = 50;

/** From so many round trips on, a stack that answers at once is known to. */
const SAMPLES_TO_RELY_ON = 4;

/** What a chart has learned of the round trip, from the looks that it was told. */
type Learned = Pick<LivenessContext, 'rtt' | 'learnedAtMs' | 'probedAtMs'>;

/** The estimate after this look (RFC 6298, section 2). */
export function learned(
  { rtt, probedAtMs, learnedAtMs }: Learned,
  { rttMs, rttAtMs, lastInboundAtMs }: LinkMeasured,
): Pick<LivenessContext, 'rtt' | 'learnedAtMs'> {
  if (rttMs === null) return { rtt, learnedAtMs };
  const endedAtMs = rttAtMs ?? lastInboundAtMs;
  if (rtt === null) {
    const first = { srttMs: rttMs, rttvarMs: rttMs / 2, samples: 1, newestMs: rttMs };
    return { rtt: first, learnedAtMs: endedAtMs };
  }
  // A trip that took exactly as long as the last is another if it ended with a byte of its own.
  const hasItsByte = rttAtMs !== undefined || lastInboundAtMs - probedAtMs === rttMs;
  const isAgain = endedAtMs > learnedAtMs && hasItsByte;
  if (rttMs === rtt.newestMs && !isAgain) return { rtt, learnedAtMs };

  return {
    rtt: {
      srttMs: 0.875 * rtt.srttMs + 0.125 * rttMs,
      rttvarMs: 0.75 * rtt.rttvarMs + 0.25 * Math.abs(rtt.srttMs - rttMs),
      samples: rtt.samples + 1,
      newestMs: rttMs,
    },
    learnedAtMs: endedAtMs,
  };
}

export function isRttKnown({ rtt }: Pick<LivenessContext, 'rtt'>): boolean {
  return rtt !== null && rtt.samples >= SAMPLES_TO_RELY_ON;
}

export function roundTripMs(rtt: RttEstimate | null): number {
  return (
    (rtt?.srttMs ?? UNMEASURED_RTT_MS) + Math.max(4 * (rtt?.rttvarMs ?? 0), LEAST_VARIATION_MS)
  );
}
