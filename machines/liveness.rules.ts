/** When silence means something: the arithmetic of the liveness chart. */
import type { LinkMeasured, LivenessContext, RttEstimate } from './liveness.types.ts';

/** Silence before a probe goes out: short while audio flows, long while idle. */
const PROBE_WHEN_FLOWING_MS = 300;
const PROBE_WHEN_IDLE_MS = 5_000;

/** While suspect, a further second socket is asked for this often, should the last one have failed. */
export const HEDGE_AGAIN_MS = 1_000;

const SUSPECT_AT_MOST_MS = 5_000;
const SUSPECT_AT_MOST_FLOWING_MS = 1_200;

/** A look that comes this late tells of us, not of the network. */
const BUSY_MS = 500;

/** Probe time-out in the manner of RFC 9002, section 6.2.1, with 250 ms for a busy peer. */
function probeTimeoutMs(context: LivenessContext): number {
  return (context.srttMs ?? 50) + Math.max(4 * context.rttvarMs, 50) + 250;
}

/**
 * While audio flows, what is lost grows by the second: there suspicion comes within 2 s of the last sign of life
 * whatever the round-trip time was, since suspecting lets nothing go.
 */
export function suspectAfterMs(context: LivenessContext, isAudioFlowing: boolean): number {
  if (!context.canProbe) return SUSPECT_AT_MOST_MS;
  const mostMs = isAudioFlowing ? SUSPECT_AT_MOST_FLOWING_MS : SUSPECT_AT_MOST_MS;
  return clamp(3 * probeTimeoutMs(context), 400, mostMs);
}

export function deadAfterMs(context: LivenessContext): number {
  return context.canProbe ? clamp(8 * probeTimeoutMs(context), 6_000, 15_000) : 15_000;
}

export function afterLook(context: LivenessContext, look: LinkMeasured): Partial<LivenessContext> {
  const aliveAtMs = Math.max(context.aliveAtMs, look.lastInboundAtMs);
  const excusedAtMs = look.lateByMs > BUSY_MS ? look.atMs : aliveAtMs;

  return { ...smoothedRtt(context, look.rttMs), aliveAtMs: Math.max(aliveAtMs, excusedAtMs) };
}

/** Something came, or we could not have seen it. At that very moment counts: it was quiet then, and clocks are coarse. */
export function isAlive(look: LinkMeasured, sinceMs: number): boolean {
  return look.lastInboundAtMs >= sinceMs || look.lateByMs > BUSY_MS;
}

export function isQuiet(context: Pick<LivenessContext, 'aliveAtMs'>, look: LinkMeasured): boolean {
  const quietMs = look.atMs - Math.max(context.aliveAtMs, look.lastInboundAtMs);
  const limitMs = look.isAudioFlowing ? PROBE_WHEN_FLOWING_MS : PROBE_WHEN_IDLE_MS;

  return look.lateByMs <= BUSY_MS && quietMs >= limitMs;
}

export function rttOf({ srttMs, rttvarMs }: LivenessContext): RttEstimate | null {
  return srttMs === null ? null : { srttMs, rttvarMs };
}

function smoothedRtt(
  context: LivenessContext,
  rttMs: number | null,
): Pick<LivenessContext, 'srttMs' | 'rttvarMs' | 'newestRttMs'> {
  const { srttMs, rttvarMs, newestRttMs } = context;
  if (rttMs === null || rttMs === newestRttMs) return { srttMs, rttvarMs, newestRttMs };
  if (srttMs === null) return { srttMs: rttMs, rttvarMs: rttMs / 2, newestRttMs: rttMs };

  return {
    srttMs: 0.875 * srttMs + 0.125 * rttMs,
    rttvarMs: 0.75 * rttvarMs + 0.25 * Math.abs(srttMs - rttMs),
    newestRttMs: rttMs,
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
