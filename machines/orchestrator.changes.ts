/** What the orchestrator remembers after each fact: total functions of context and event. */
import type { Failure } from './failure.ts';
import { carrierIndex, isOfCarrier } from './orchestrator.facts.ts';
import type { Change, Fact } from './orchestrator.facts.ts';
import { sooner } from './orchestrator.moves.ts';
import { failedDialsWith, isExcusable } from './orchestrator.rules.ts';
import {
  cooled,
  forgiven,
  FRESH,
  isMisconfigured,
  pardoned,
  shunned,
  withStanding,
} from './orchestrator.standings.ts';
import type { OrchestratorContext } from './orchestrator.types.ts';

const HANGING: Failure = { kind: 'transient', code: 'dial', detail: 'nobody served in time' };

/** Audio flows on the carrier. */
export function afterServed(context: OrchestratorContext): Change {
  const { candidates, endsAtMs, heldUntilMs, holdDownMs, nowMs, outage } = context;
  const endsAfterMs = candidates[carrierIndex(context)]?.endsAfterMs ?? null;
  const isAnother = context.servedAtMs === null; // and not the same one again, on another socket
  const isOld = context.unservedSinceMs !== null; // what is known of its end was told of this socket
  return {
    servedAtMs: nowMs,
    unservedSinceMs: null,
    isBreakTold: false,
    hasServed: true,
    passed: [],
    heldUntilMs: isAnother ? nowMs + holdDownMs : heldUntilMs,
    endsAtMs: sooner(isOld ? endsAtMs : null, endsAfterMs === null ? null : nowMs + endsAfterMs),
    leavesAtMs: isOld ? context.leavesAtMs : null,
    facultiesLost: isOld ? context.facultiesLost : [],
    // Without a link no longer, and not over either: see `forgetOutage`.
    outage: outage && {
      ...outage,
      downtimeMs: outage.downtimeMs + Math.max(0, nowMs - outage.sinceMs),
      sinceMs: nowMs,
    },
    recordOnlySinceMs: null,
    failedDials: [],
    failure: null,
  };
}

/** The carrier lost its socket, or a dial of it failed. */
export function afterTrouble(context: OrchestratorContext, event: Fact<'candidate.lost'>): Change {
  const { failure, atMs } = event;
  return {
    outage: event.outage ?? context.outage,
    isBreakTold: true,
    failedDials: failedDialsWith(context, event),
    failure,
    unservedSinceMs: context.unservedSinceMs ?? atMs,
    endsAtMs: null,
    leavesAtMs: null,
    facultiesLost: [],
    standings: isExcusable(context, event)
      ? context.standings
      : withStanding(context, carrierIndex(context), (standing) => cooled(standing, failure, atMs)),
  };
}

/** The carrier has given up: its candidate is left alone for a while, or for good where it is misconfigured. */
export function afterFailure(
  context: OrchestratorContext,
  event: Fact<'candidate.failed'>,
): Change {
  const { failure, atMs } = event;
  return {
    standings: withStanding(context, carrierIndex(context), (standing) => ({
      ...cooled(standing, failure, atMs),
      isBarred: standing.isBarred || isMisconfigured(failure),
    })),
    failure,
    outage: event.outage ?? context.outage,
    unservedSinceMs: context.unservedSinceMs ?? atMs,
  };
}

/** What was dialled beside the carrier failed. At the carrier's own candidate that says little of the carrier. */
export function afterFailureBeside(
  context: OrchestratorContext,
  event: Fact<'candidate.lost' | 'candidate.failed'>,
): Change {
  const { beside, holdDownMs, heldUntilMs } = context;
  if (beside === null) return {};
  const { failure, atMs } = event;
  const isFatal = event.type === 'candidate.failed' && isMisconfigured(failure);
  const isSame = beside.candidate === carrierIndex(context);

  return {
    standings: withStanding(context, beside.candidate, (standing) => ({
      ...cooled(standing, failure, atMs),
      isBarred: standing.isBarred || (isFatal && !isSame),
      isAlone: standing.isAlone || (isFatal && isSame),
    })),
    heldUntilMs: beside.purpose === 'return' ? atMs + holdDownMs : heldUntilMs,
    beside: null,
  };
}

/** Nobody served in time: the dial that hangs counts as one, and its candidate is left alone. */
export function afterHanging(context: OrchestratorContext): Change {
  const { outage, hasServed, nowMs, unservedSinceMs } = context;
  const broken = { sinceMs: unservedSinceMs ?? nowMs, downtimeMs: 0, cause: HANGING, attempts: 0 };
  const before = outage ?? (hasServed ? broken : null);
  return {
    standings: withStanding(context, carrierIndex(context), (standing) => shunned(standing, nowMs)),
    outage: before && { ...before, attempts: before.attempts + 1 },
    failure: HANGING,
  };
}

/** A result is more than an open socket: the candidate works. */
export function afterConfirmation(
  context: OrchestratorContext,
  event: Fact<'candidate.confirmed'>,
): Change {
  if (!isOfCarrier(context, event)) return {};
  return {
    standings: withStanding(
      context,
      carrierIndex(context),
      ({ openUntilMs, askedUntilMs, isAlone }) => ({
        ...FRESH,
        openUntilMs,
        askedUntilMs,
        isAlone,
      }),
    ),
  };
}

/** The network is back: what hung or failed while it was away says nothing. */
export function afterNetwork(
  context: OrchestratorContext,
  event: Fact<'network.restored'>,
): Change {
  return {
    isOnline: true,
    failedDials: [],
    unservedSinceMs: context.unservedSinceMs === null ? null : context.nowMs,
    standings: forgiven(context.standings, event),
  };
}

/** The breaker of a candidate opened, or closed. */
export function afterBreaker(context: OrchestratorContext, event: Fact<'breaker.moved'>): Change {
  const { candidate, untilMs } = event;
  return {
    standings: withStanding(context, candidate, (standing) => ({
      ...standing,
      openUntilMs: untilMs,
    })),
  };
}

/** Part of what the carrier does failed alone, or works again. */
export function afterFaculty(
  { facultiesLost }: OrchestratorContext,
  event: Fact<'faculty.lost' | 'faculty.restored'>,
): Change {
  const others = facultiesLost.filter((faculty) => faculty !== event.faculty);
  return { facultiesLost: event.type === 'faculty.lost' ? [...others, event.faculty] : others };
}

/** The service said when it ends a session: the carrier's, or that of what stands beside it. */
export function afterAnnouncement(
  context: OrchestratorContext,
  event: Fact<'end.announced'>,
): Change {
  const { lane, endsAtMs, leavesAtMs = null } = event;
  const { beside } = context;
  if (isOfCarrier(context, event)) return { endsAtMs, leavesAtMs };
  return lane === beside?.id ? { beside: { ...beside, endsAtMs } } : {};
}

/** Nobody carries any more. Who did is kept, for whoever serves next. */
export function afterLettingGo(context: OrchestratorContext): Change {
  const { carrier, move, outage, unservedSinceMs, nowMs } = context;
  const sinceMs = outage?.sinceMs ?? unservedSinceMs ?? nowMs;
  return {
    carrier: null,
    beside: null,
    servedAtMs: null,
    move: move ?? (carrier && { from: carrier.candidate, reason: 'failover', sinceMs }),
    recordOnlySinceMs: context.recordOnlySinceMs ?? nowMs,
  };
}

/** An order to connect after the end: as if nothing had been, but for what others hold against the candidates. */
export function afterRestart({ standings }: OrchestratorContext): Change {
  return {
    standings: pardoned(standings),
    passed: [],
    outage: null,
    isBreakTold: false,
    move: null,
    hasServed: false,
    recordOnlySinceMs: null,
    failure: null,
  };
}
