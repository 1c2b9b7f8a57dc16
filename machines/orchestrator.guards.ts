/** The orchestrator's questions, each of context and event alone. */
import {
  betterCandidate,
  mayDegrade,
  mayReplace,
  mayStandBeside,
  mayTakeOver,
  nextCandidate,
  shouldFailOver,
} from './orchestrator.rules.ts';
import { momentOf } from './orchestrator.timers.ts';
import type { Beside, OrchestratorContext, OrchestratorEvent } from './orchestrator.types.ts';

interface Facts {
  readonly context: OrchestratorContext;
  readonly event: OrchestratorEvent;
}

export const guards = {
  isOnline: ({ context }: Facts) => context.isOnline,
  isCarrier: ({ context, event }: Facts) => laneOf(event) === context.carrier?.id,
  isBeside: ({ context, event }: Facts) => laneOf(event) === context.beside?.id,
  isStandby: ({ context, event }: Facts) =>
    laneOf(event) === context.beside?.id && context.beside.purpose === 'standby',
  canBeReplaced: ({ context, event }: Facts) =>
    (event.type === 'candidate.lost' || event.type === 'candidate.failed') &&
    mayReplace(context, event),
  shouldFailOver: ({ context, event }: Facts) =>
    event.type === 'candidate.lost' &&
    event.lane === context.carrier?.id &&
    shouldFailOver(context, event),
  hasNext: ({ context, event }: Facts) =>
    event.type === 'candidate.failed' &&
    event.lane === context.carrier?.id &&
    (context.isOnline || !context.hasServed) &&
    nextCandidate({ ...context, failure: event.failure }, event.atMs) !== null,
  hasAnother: ({ context, event }: Facts) =>
    context.isOnline &&
    (mayTakeOver(context, event) || nextCandidate(context, momentOf(context, event)) !== null),
  mayDegrade: ({ context, event }: Facts) =>
    event.type === 'candidate.failed' &&
    event.lane === context.carrier?.id &&
    mayDegrade(context, event),
  isCarrierBarred: ({ context, event }: Facts) =>
    event.type === 'breaker.moved' &&
    event.candidate === context.carrier?.candidate &&
    event.untilMs > event.atMs &&
    context.unservedSinceMs !== null &&
    context.isOnline &&
    (mayTakeOver(context, event) || nextCandidate(context, event.atMs) !== null),
  isToMove: ({ context }: Facts) => context.beside?.purpose === 'failover',
  isReturnDue: ({ context, event }: Facts) =>
    betterCandidate(context, momentOf(context, event)) !== null,
  canStandBeside: ({ context }: Facts) => context.endsAtMs !== null && mayStandBeside(context),
  canRotate: ({ context }: Facts) =>
    context.endsAtMs !== null &&
    (context.candidates[context.carrier?.candidate ?? 0]?.policy.maxAttempts ?? 0) > 0,
  hasSuccessor: ({ context }: Facts) => isSuccessor(context.beside),
  isQuietWithSuccessor: ({ context }: Facts) => !context.isSpeaking && isSuccessor(context.beside),
  isQuietOnline: ({ context }: Facts) => !context.isSpeaking && context.isOnline,
};

/** A standby is for accidents: for a change that is planned it has to be asked. */
function isSuccessor(beside: Beside | null): boolean {
  return beside?.isReady === true && beside.purpose !== 'standby';
}

function laneOf(event: OrchestratorEvent): number | null {
  return 'lane' in event ? event.lane : null;
}
