/** The orchestrator's questions, each of context and event alone. */
import {
  betterCandidate,
  mayDegrade,
  nextCandidate,
  shouldFailOver,
} from './orchestrator.rules.ts';
import type { OrchestratorContext, OrchestratorEvent } from './orchestrator.types.ts';

interface Facts {
  readonly context: OrchestratorContext;
  readonly event: OrchestratorEvent;
}

/** The moment that an event tells; of one that tells none, the newest that is known. */
export function atOf(context: OrchestratorContext, event: OrchestratorEvent): number {
  return 'atMs' in event ? event.atMs : context.nowMs;
}

function laneOf(event: OrchestratorEvent): number | null {
  return 'lane' in event ? event.lane : null;
}

export const guards = {
  isCarrier: ({ context, event }: Facts) => laneOf(event) === context.carrier?.id,
  isBeside: ({ context, event }: Facts) => laneOf(event) === context.beside?.id,
  isStandby: ({ context, event }: Facts) =>
    laneOf(event) === context.beside?.id && context.beside?.purpose === 'standby',
  canBeReplaced: ({ context, event }: Facts) =>
    laneOf(event) === context.carrier?.id && context.beside?.isReady === true,
  shouldFailOver: ({ context, event }: Facts) =>
    event.type === 'candidate.lost' &&
    event.lane === context.carrier?.id &&
    shouldFailOver(context, event),
  hasNext: ({ context, event }: Facts) =>
    event.type === 'candidate.failed' &&
    event.lane === context.carrier?.id &&
    nextCandidate({ ...context, failure: event.failure }, event.atMs) !== null,
  hasAnother: ({ context }: Facts) =>
    context.isOnline && nextCandidate(context, context.nowMs) !== null,
  mayDegrade: ({ context, event }: Facts) =>
    event.type === 'candidate.failed' &&
    event.lane === context.carrier?.id &&
    mayDegrade(context, event.failure, event.atMs),
  isCarrierBarred: ({ context, event }: Facts) =>
    event.type === 'breaker.moved' &&
    event.candidate === context.carrier?.candidate &&
    event.untilMs > event.atMs &&
    nextCandidate(context, event.atMs) !== null,
  isReturnDue: ({ context, event }: Facts) =>
    betterCandidate(context, atOf(context, event)) !== null,
  makesBeforeBreaks: ({ context }: Facts) =>
    context.candidates[context.carrier?.candidate ?? 0]?.makesBeforeBreaks === true,
  hasReadySuccessor: ({ context }: Facts) => context.beside?.isReady === true,
  isEndKnown: ({ context }: Facts) => context.endsAtMs !== null,
  isQuietWithSuccessor: ({ context }: Facts) =>
    !context.isSpeaking && context.beside?.isReady === true,
  isQuiet: ({ context }: Facts) => !context.isSpeaking,
};
