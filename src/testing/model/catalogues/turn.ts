/** What the turn chart can be told, by its names: each fact at once, and when an answer would no longer be due. */
import type { turnMachine } from '../../../../machines/turn.machine.ts';
import type { TurnEvent } from '../../../../machines/turn.types.ts';
import type { EventVariant } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof turnMachine;

const LATER_MS = 2_500;

export const turnModel: PathOptions<Machine> = {
  events: {
    'speech.heard': [at('speech.heard')],
    'speech.ceased': [at('speech.ceased')],
    'utterance.ended': [at('utterance.ended')],
    'answer.begun': [at('answer.begun')],
    'answer.ended': [at('answer.ended'), at('answer.ended', LATER_MS)],
  },
  distinguish: ({ hasAnswered, isAnswering, endedAtMs }, nowMs) => [
    hasAnswered,
    isAnswering,
    nowMs - endedAtMs < LATER_MS,
  ],
};

function at(type: TurnEvent['type'], passMs = 0): EventVariant<Machine> {
  return { label: '', passMs, event: ({ nowMs }) => ({ type, atMs: nowMs }) };
}
