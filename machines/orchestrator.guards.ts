/** The orchestrator's questions, each of context and event alone. */
import { asked, carrierIndex, isOfCarrier } from './orchestrator.facts.ts';
import type { Facts } from './orchestrator.facts.ts';
import {
  betterCandidate,
  isTakenOver,
  mayDegrade,
  mayReplace,
  mayStandBeside,
  mayTakeOver,
  nextCandidate,
  shouldFailOver,
} from './orchestrator.rules.ts';
import { momentOf } from './orchestrator.timers.ts';
import type { Beside, OrchestratorEvent } from './orchestrator.types.ts';

export const guards = {
  isOnline: ({ context }: Facts) => context.isOnline,
  isClosing: ({ context }: Facts) => context.isClosing,
  isCarrier: ({ context, event }: Facts) => laneOf(event) === context.carrier?.id,
  isBeside: ({ context, event }: Facts) => laneOf(event) === context.beside?.id,
  isStandby: ({ context, event }: Facts) =>
    laneOf(event) === context.beside?.id && context.beside.purpose === 'standby',
  canBeReplaced: asked(['candidate.lost', 'candidate.failed'], mayReplace),
  shouldFailOver: asked(
    ['candidate.lost'],
    (context, event) => isOfCarrier(context, event) && shouldFailOver(context, event),
  ),
  hasNext: asked(
    ['candidate.failed'],
    (context, event) =>
      isOfCarrier(context, event) &&
      (context.isOnline || !context.hasServed) &&
      nextCandidate({ ...context, failure: event.failure }, event.atMs) !== null,
  ),
  hasAnother: ({ context, event }: Facts) =>
    context.isOnline &&
    (mayTakeOver(context, event) || nextCandidate(context, momentOf(context, event)) !== null),
  mayDegrade: asked(
    ['candidate.failed'],
    (context, event) => isOfCarrier(context, event) && mayDegrade(context, event),
  ),
  isCarrierBarred: asked(
    ['breaker.moved'],
    (context, event) =>
      event.candidate === carrierIndex(context) &&
      event.untilMs > event.atMs &&
      context.unservedSinceMs !== null &&
      context.isOnline &&
      (mayTakeOver(context, event) || nextCandidate(context, event.atMs) !== null),
  ),
  isToMove: ({ context }: Facts) => context.beside?.purpose === 'failover',
  isReturnDue: ({ context, event }: Facts) =>
    betterCandidate(context, momentOf(context, event)) !== null,
  canStandBeside: ({ context }: Facts) => context.endsAtMs !== null && mayStandBeside(context),
  canRotate: ({ context }: Facts) =>
    context.endsAtMs !== null &&
    (context.candidates[carrierIndex(context)]?.policy.maxAttempts ?? 0) > 0,
  isToLeaveInPause: ({ context }: Facts) =>
    context.endsAtMs !== null &&
    context.isSpeaking &&
    isTakenOver(context) &&
    mayStandBeside(context),
  hasTakenOver: ({ context }: Facts) =>
    isSuccessor(context.beside) &&
    context.beside?.candidate === carrierIndex(context) &&
    isTakenOver(context),
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
