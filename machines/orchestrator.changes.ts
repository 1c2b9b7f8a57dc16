/** What the orchestrator remembers after each fact: total functions of context and event. */
import {
  afterFailure,
  betterCandidate,
  failedDialsWith,
  standbyCandidate,
  withStanding,
} from './orchestrator.rules.ts';
import type {
  Beside,
  MoveReason,
  OrchestratorContext,
  OrchestratorEvent,
  Purpose,
} from './orchestrator.types.ts';

type Change = Partial<OrchestratorContext>;

/** Another candidate is to carry, on a connection that is yet to be dialled. */
export function afterMove(
  context: OrchestratorContext,
  candidate: number,
  reason: MoveReason | null,
): Change {
  const { carrier, lastLane, move, outage, nowMs } = context;
  const from = move?.from ?? carrier?.candidate;
  const sinceMs = move?.sinceMs ?? outage?.sinceMs ?? nowMs;

  return {
    carrier: { id: lastLane + 1, candidate },
    lastLane: lastLane + 1,
    move: reason === null || from === undefined ? move : { from, reason, sinceMs },
    failedDials: [],
    servedAtMs: null,
    endsAtMs: null,
    facultiesLost: [],
  };
}

/** What stood beside carries now. */
export function afterTakeover(context: OrchestratorContext, beside: Beside, atMs: number): Change {
  const { carrier, outage, move } = context;
  return {
    carrier: { id: beside.id, candidate: beside.candidate },
    beside: null,
    nowMs: atMs,
    move: {
      from: move?.from ?? carrier?.candidate ?? beside.candidate,
      reason: beside.purpose === 'standby' && outage === null ? 'rotation' : beside.purpose,
      sinceMs: outage?.sinceMs ?? atMs,
    },
    failedDials: [],
    servedAtMs: null,
    endsAtMs: null,
    facultiesLost: [],
  };
}

/** Audio flows on the carrier. */
export function afterServed(context: OrchestratorContext, atMs: number): Change {
  const { candidates, carrier, holdDownMs } = context;
  const endsAfterMs = candidates[carrier?.candidate ?? 0]?.endsAfterMs ?? null;
  return {
    nowMs: atMs,
    servedAtMs: atMs,
    hasServed: true,
    heldUntilMs: atMs + holdDownMs,
    endsAtMs: endsAfterMs === null ? null : atMs + endsAfterMs,
    outage: null,
    recordOnlySinceMs: null,
    failedDials: [],
    failure: null,
  };
}

/** The carrier lost its socket, or a dial of it failed. */
export function afterTrouble(context: OrchestratorContext, event: OrchestratorEvent): Change {
  if (event.type !== 'candidate.lost') return {};
  return {
    nowMs: event.atMs,
    outage: event.outage ?? context.outage,
    failedDials: failedDialsWith(context, event),
    failure: event.failure,
  };
}

/** A candidate failed: it is left alone for a while, or for good where it is misconfigured. */
export function afterFailureOf(context: OrchestratorContext, event: OrchestratorEvent): Change {
  if (event.type !== 'candidate.failed' && event.type !== 'candidate.lost') return {};
  const { carrier, beside, holdDownMs } = context;
  const isCarriers = event.lane === carrier?.id;
  const index = isCarriers ? carrier.candidate : (beside?.candidate ?? 0);

  return {
    nowMs: event.atMs,
    standings: withStanding(context, index, (standing) =>
      afterFailure(standing, event.failure, event.atMs),
    ),
    ...(isCarriers
      ? { failure: event.failure, outage: event.outage ?? context.outage }
      : { heldUntilMs: event.atMs + holdDownMs }),
  };
}

/** A result is more than an open socket: the candidate works. */
export function afterConfirmation(context: OrchestratorContext, event: OrchestratorEvent): Change {
  if (event.type !== 'candidate.confirmed' || event.lane !== context.carrier?.id) return {};
  return {
    nowMs: event.atMs,
    standings: withStanding(context, context.carrier.candidate, (standing) => ({
      ...standing,
      failures: 0,
      coolUntilMs: 0,
    })),
  };
}

/** The connection to be dialled beside the carrier, or null where there is none to dial. */
export function besideOf(
  context: OrchestratorContext,
  purpose: Purpose,
  atMs: number,
): Beside | null {
  const candidate = {
    standby: () => standbyCandidate(context, atMs),
    return: () => betterCandidate(context, atMs),
    rotation: () => context.carrier?.candidate ?? null,
  }[purpose]();
  if (candidate === null) return null;
  return { id: context.lastLane + 1, candidate, purpose, isReady: false };
}
