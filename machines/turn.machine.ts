/**
 * Turn: who has the word?
 *
 * A session is moved in a pause, where a move is heard least: while nobody speaks, neither the user nor who answers, and
 * nobody is about to answer. Facts are of the audio and of the service; what they make together is decided here.
 *
 * Chart: visualizations/charts/turn.svg
 */
import { assign, emit, setup } from 'xstate';

import { afterFact, answerDueAtMs, initialContext } from './turn.rules.ts';
import type { TurnContext, TurnEvent, TurnSignal } from './turn.types.ts';

export const turnMachine = setup({
  types: {
    context: {} as TurnContext,
    events: {} as TurnEvent,
    emitted: {} as TurnSignal,
  },
  delays: { answerLimit: ({ context }) => answerDueAtMs(context) - context.nowMs },
  guards: {
    isAnswering: ({ context }) => context.isAnswering,
    hasAnswered: ({ context }) => context.hasAnswered,
    isAnswerDue: ({ context, event }) => answerDueAtMs(context) > event.atMs,
  },
  actions: {
    note: assign(({ event }) => afterFact(event)),
    noteDue: assign(({ context }) => ({ nowMs: answerDueAtMs(context) })),
    tellStarted: emit(({ context }) => ({ type: 'speech.started', atMs: context.nowMs })),
    tellPaused: emit(({ context }) => ({ type: 'speech.paused', atMs: context.nowMs })),
  },
}).createMachine({
  id: 'turn',
  context: initialContext,
  initial: 'paused',
  states: {
    paused: {
      description: 'Nobody speaks, and nobody is about to.',
      on: {
        'speech.heard': { target: 'speaking', actions: ['note', 'tellStarted'] },
        'utterance.ended': [
          { guard: 'hasAnswered', target: 'awaiting', actions: ['note', 'tellStarted'] },
          {
            description: 'The pause is told again, by a service that knows better.',
            actions: ['note', 'tellPaused'],
          },
        ],
        'answer.begun': { target: 'answering', actions: ['note', 'tellStarted'] },
      },
    },
    speaking: {
      description: 'The user speaks.',
      on: {
        'speech.ceased': endsOfTurn(),
        'utterance.ended': endsOfTurn(),
        'answer.begun': { actions: 'note' },
        'answer.ended': { actions: 'note' },
      },
    },
    awaiting: {
      description: 'Who answered before is about to: its answer is waited for, 2 s at the most.',
      on: {
        'speech.heard': { target: 'speaking', actions: 'note' },
        'utterance.ended': { target: 'awaiting', reenter: true, actions: 'note' },
        'answer.begun': { target: 'answering', actions: 'note' },
      },
      after: { answerLimit: { target: 'paused', actions: ['noteDue', 'tellPaused'] } },
    },
    answering: {
      description: 'An answer is made, or played.',
      on: {
        'speech.heard': { target: 'speaking', actions: 'note' },
        'utterance.ended': { actions: 'note' },
        'answer.ended': [
          {
            guard: 'isAnswerDue',
            target: 'awaiting',
            description: 'It was of an earlier turn, or only the first part.',
            actions: 'note',
          },
          { target: 'paused', actions: ['note', 'tellPaused'] },
        ],
      },
    },
  },
});

/** The user's turn is over. */
function endsOfTurn() {
  return [
    { guard: 'isAnswering', target: 'answering', actions: 'note' },
    { guard: 'hasAnswered', target: 'awaiting', actions: 'note' },
    { target: 'paused', actions: ['note', 'tellPaused'] },
  ] as const;
}
