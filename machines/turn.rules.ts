/** Who has the word after each fact: total functions, so that no guard or action can throw. */
import type { TurnContext, TurnEvent } from './turn.types.ts';

/** After a turn's last word: services take a second or so to begin, and a pause of the turn's own to find its end. */
export const ANSWER_WITHIN_MS = 2_000;

export const initialContext: TurnContext = {
  hasAnswered: false,
  isAnswering: false,
  endedAtMs: 0,
  nowMs: 0,
};

export function afterFact(event: TurnEvent): Partial<TurnContext> {
  const nowMs = event.atMs;
  switch (event.type) {
    case 'answer.begun':
      return { nowMs, isAnswering: true, hasAnswered: true };
    case 'answer.ended':
      return { nowMs, isAnswering: false };
    case 'speech.ceased':
    case 'utterance.ended':
      return { nowMs, endedAtMs: nowMs };
    case 'speech.heard':
      return { nowMs };
  }
}

export function answerDueAtMs({ hasAnswered, endedAtMs }: TurnContext): number {
  return hasAnswered ? endedAtMs + ANSWER_WITHIN_MS : 0;
}
