/** Which connection is dialled, and what the orchestrator remembers when another one is to carry. */
import { carrierIndex } from './orchestrator.facts.ts';
import type { Change } from './orchestrator.facts.ts';
import {
  betterCandidate,
  isBarred,
  nextCandidate,
  standbyCandidate,
} from './orchestrator.rules.ts';
import type {
  Beside,
  BreakSignal,
  Lane,
  MoveReason,
  OrchestratorContext,
} from './orchestrator.types.ts';

/** Another candidate is to carry, on a connection that is yet to be dialled. */
export function afterMove(
  context: OrchestratorContext,
  candidate: number,
  reason: MoveReason | null,
): { readonly change: Change; readonly lane: Lane } {
  const { carrier, lastLane, move, outage, passed, nowMs } = context;
  const from = move?.from ?? carrier?.candidate;
  const sinceMs = move?.sinceMs ?? outage?.sinceMs ?? context.unservedSinceMs ?? nowMs;

  const lane = { id: lastLane + 1, candidate };
  const change: Change = {
    ...unserved(nowMs),
    carrier: lane,
    lastLane: lane.id,
    move: reason === null || from === undefined ? move : { from, reason, sinceMs },
    passed: carrier === null ? passed : [...passed, carrier.candidate],
  };
  return { change, lane };
}

/** What stood beside carries now: a loss makes a standby of it, whatever it was dialled for. */
export function afterTakeover(context: OrchestratorContext, beside: Beside): Change {
  const { candidates, carrier, outage, move, nowMs, unservedSinceMs } = context;
  const endsAfterMs = candidates[beside.candidate]?.endsAfterMs ?? null;
  const isPlanned = unservedSinceMs === null;
  const reason = isPlanned ? beside.purpose : 'standby';
  return {
    ...unserved(nowMs),
    carrier: { id: beside.id, candidate: beside.candidate },
    beside: null,
    move: {
      from: move?.from ?? carrier?.candidate ?? beside.candidate,
      reason,
      sinceMs: isPlanned ? nowMs : (outage?.sinceMs ?? unservedSinceMs),
    },
    outage: isPlanned && outage !== null ? { ...outage, sinceMs: nowMs } : outage,
    rotatedAtMs: reason === 'rotation' ? nowMs : context.rotatedAtMs,
    // Its session is as old as it is, not as old as its task.
    endsAtMs: sooner(beside.endsAtMs, endsAfterMs === null ? null : beside.readyAtMs + endsAfterMs),
  };
}

/** The break that another connection is to end, where the one that gave up, or came to nothing, told of none. */
export function untoldBreak(context: OrchestratorContext): BreakSignal | null {
  const { candidates, failure, isBreakTold, outage } = context;
  const candidate = candidates[carrierIndex(context)];
  if (candidate === undefined || outage === null || failure === null || isBreakTold) return null;
  const { component, policy } = candidate;
  return { type: 'break.begun', component, maxAttempts: policy.maxAttempts, cause: failure };
}

function unserved(nowMs: number): Change {
  return {
    failedDials: [],
    servedAtMs: null,
    unservedSinceMs: nowMs,
    endsAtMs: null,
    leavesAtMs: null,
    facultiesLost: [],
  };
}

/**
 * The connection to be dialled beside the carrier, or to be taken for it; null where there is none. Where the carrier's
 * breaker is open, a standby is not enough: the session is to move there.
 */
export function besideOf(
  context: OrchestratorContext,
  wanted: 'standby' | 'rotation' | 'return',
): Beside | null {
  const { beside, isClosing, lastLane, nowMs } = context;
  if (isClosing) return null;
  const refuge = wanted === 'standby' ? refugeOf(context) : null;
  const candidate = {
    standby: () => refuge ?? standbyCandidate(context, nowMs),
    return: () => betterCandidate(context, nowMs),
    rotation: () => carrierIndex(context),
  }[wanted]();
  if (candidate === null) return null;
  const purpose = refuge === null ? wanted : 'failover';
  if (beside?.isReady === true && beside.candidate === candidate) return { ...beside, purpose };
  return { id: lastLane + 1, candidate, purpose, isReady: false, readyAtMs: 0, endsAtMs: null };
}

function refugeOf(context: OrchestratorContext): number | null {
  const { beside, isOnline, nowMs } = context;
  if (!isOnline || !isBarred(context)) return null;
  const isThere = beside?.isReady === true && beside.candidate !== carrierIndex(context);
  return isThere ? beside.candidate : nextCandidate(context, nowMs);
}

/** The sooner of two moments of which either may be unknown. */
export function sooner(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.min(one, other);
}
