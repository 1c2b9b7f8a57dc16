/**
 * The client's chart of liveness has numbers of its own, since charts know no protocol: they are those of tenuto.v1 for a service
 * that answers each probe at once and says within 250 ms that audio came in, as a gateway does.
 */
import { describe, expect, it } from 'vitest';

import { isDegraded, isStuck } from '../../machines/connection.patience.ts';
import type { LinkStalled } from '../../machines/connection.peer.ts';
import {
  deadAfterMs,
  initialContext,
  isWorthWatching,
  suspectAfterMs,
} from '../../machines/liveness.rules.ts';
import type { LinkMeasured, LivenessContext } from '../../machines/liveness.types.ts';
import {
  DEAD_MAX_MS,
  DEAD_MIN_MS,
  DEAD_PTO_RATIO,
  NO_PROGRESS_DEGRADED_MS,
  NO_PROGRESS_REATTACH_MS,
  PING_IDLE_MS,
  PTO_MARGIN_MS,
  PTO_MIN_VARIANCE_MS,
  PTO_RTTVAR_RATIO,
  SUSPECT_FLOWING_MAX_MS,
  SUSPECT_IDLE_MIN_MS,
  SUSPECT_MARGIN_MS,
  SUSPECT_MAX_MS,
  SUSPECT_MIN_MS,
  SUSPECT_PTO_RATIO,
  WAKE_MIN_MS,
  WAKE_PTO_RATIO,
} from '../../src/protocol/limits.ts';

/** From none to hopeless, so that each bound is met from both sides. */
const ROUND_TRIPS = [0, 40, 120, 300, 700, 1_500, 4_000].flatMap((srttMs) =>
  [0, 10, 60, 250].map((rttvarMs) => ({ srttMs, rttvarMs })),
);

function measured({ srttMs, rttvarMs }: (typeof ROUND_TRIPS)[number]): LivenessContext {
  const rtt = { srttMs, rttvarMs, samples: 9, newestMs: srttMs };
  return initialContext({ canProbe: true, rtt, limits: { isPrompt: true } });
}

function roundTripMs({ srttMs, rttvarMs }: (typeof ROUND_TRIPS)[number]): number {
  return srttMs + Math.max(PTO_RTTVAR_RATIO * rttvarMs, PTO_MIN_VARIANCE_MS);
}

function within(ms: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, ms));
}

describe('the client of a gateway', () => {
  it('P15.4: suspects a silent link as the protocol has it, while audio flows and while idle', () => {
    const flowing = ROUND_TRIPS.map((rtt) => suspectAfterMs(measured(rtt), true));
    const idle = ROUND_TRIPS.map((rtt) => suspectAfterMs(measured(rtt), false));

    expect(flowing).toEqual(
      ROUND_TRIPS.map((rtt) =>
        within(roundTripMs(rtt) + SUSPECT_MARGIN_MS, SUSPECT_MIN_MS, SUSPECT_FLOWING_MAX_MS),
      ),
    );
    expect(idle).toEqual(
      ROUND_TRIPS.map((rtt) =>
        within(
          SUSPECT_PTO_RATIO * (roundTripMs(rtt) + PTO_MARGIN_MS),
          SUSPECT_IDLE_MIN_MS,
          SUSPECT_MAX_MS,
        ),
      ),
    );
  });

  it('P15.5: lets go as the protocol has it', () => {
    const dead = ROUND_TRIPS.map((rtt) => deadAfterMs(measured(rtt)));

    expect(dead).toEqual(
      ROUND_TRIPS.map((rtt) =>
        within(DEAD_PTO_RATIO * (roundTripMs(rtt) + PTO_MARGIN_MS), DEAD_MIN_MS, DEAD_MAX_MS),
      ),
    );
  });

  it('P15.2: takes 350 ms for a probe before the first round trip is known', () => {
    const unmeasured = initialContext({ canProbe: true, limits: { isPrompt: true } });

    expect(suspectAfterMs(unmeasured, false)).toBe(SUSPECT_PTO_RATIO * 350);
  });

  it('P15.3: asks an idle link after 5 s of quiet, and not before', () => {
    const look = (quietMs: number): LinkMeasured => ({
      type: 'link.measured',
      atMs: 60_000,
      lastInboundAtMs: 60_000 - quietMs,
      rttMs: 40,
      isAudioFlowing: false,
      lateByMs: 0,
      bufferedChunks: 0,
      unit: 0.5,
    });

    expect(isWorthWatching(look(PING_IDLE_MS), { isPrompt: true })).toBe(true);
    expect(isWorthWatching(look(PING_IDLE_MS - 1), { isPrompt: true })).toBe(false);
  });

  it('P15.6: is told of a standstill, and leaves it, as the protocol has it', () => {
    const standstill = (forMs: number): LinkStalled => ({
      type: 'link.stalled',
      id: 1,
      atMs: 0,
      sinceMs: 0,
      forMs,
    });

    const limits = [NO_PROGRESS_DEGRADED_MS, NO_PROGRESS_REATTACH_MS];
    expect(limits.map((ms) => isDegraded(standstill(ms)))).toEqual([true, true]);
    expect(limits.map((ms) => isStuck(standstill(ms)))).toEqual([false, true]);
    expect(isDegraded(standstill(NO_PROGRESS_DEGRADED_MS - 1))).toBe(false);
    expect(isStuck(standstill(NO_PROGRESS_REATTACH_MS - 1))).toBe(false);
  });

  it('P15.7: gives an answer after a sleep the time that an idle link has', () => {
    expect([WAKE_PTO_RATIO, WAKE_MIN_MS]).toEqual([SUSPECT_PTO_RATIO, SUSPECT_IDLE_MIN_MS]);
  });
});
