/** What an application is told by more than one event, in their order. */
import type { Ended } from './engine.types.ts';
import { LossEvent, ResumableCloseEvent, ResumableErrorEvent } from './events.ts';
import type { LossFacts } from './events.types.ts';
import { dialError, lossError, overError } from './loss-errors.ts';

export function eventsOfLoss(loss: LossFacts): readonly Event[] {
  const error = lossError(loss);
  const first = error === null ? [] : [new ResumableErrorEvent(error)];
  return [...first, new LossEvent(loss)];
}

/** Another dial follows. @param wasUp a connection broke; else a dial failed. */
export function eventsOfBreak(ended: Ended, wasUp: boolean): readonly Event[] {
  const first = wasUp ? [] : [new ResumableErrorEvent(dialError(ended))];
  return [...first, new ResumableCloseEvent({ ...ended, willReconnect: true })];
}

/** Nothing follows. */
export function eventsOfEnd(
  ended: Ended,
  wasAsked: boolean,
  hasBeenOpen: boolean,
): readonly Event[] {
  const last = new ResumableCloseEvent({ ...ended, willReconnect: false });
  if (!wasAsked && !ended.wasClean) return [new ResumableErrorEvent(overError(ended)), last];
  return hasBeenOpen ? [last] : [new ResumableErrorEvent(dialError(ended)), last];
}
