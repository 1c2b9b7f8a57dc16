/**
 * Reply: is an answer that the service refused asked for once more?
 *
 * A service that refuses one answer for its limits keeps the conversation, and answers no question that it refused by
 * itself: whoever asked waits for good unless the answer is asked for again. A refusal that says nothing of when would
 * be repeated, and is left to the application, which was told of it.
 *
 * Chart: visualizations/charts/reply.svg
 */
import { assign, emit, fromPromise, setup } from 'xstate';

import { isWorthWaiting, limitMsOf } from './reply.rules.ts';
import type { ReplyContext, ReplyEvent, ReplyMoment, ReplyOrder } from './reply.types.ts';

export const replyMachine = setup({
  types: {
    context: {} as ReplyContext,
    events: {} as ReplyEvent,
    emitted: {} as ReplyOrder,
  },
  actors: {
    look: fromPromise<ReplyMoment>((): never => {
      throw new Error('the reply chart needs this actor by .provide()');
    }),
  },
  delays: { limit: ({ context }) => context.waitMs },
  guards: {
    isWorthWaiting: ({ event }) => isWorthWaiting(event),
    isDue: (_, { isOwed, isTaken }: ReplyMoment) => isOwed && !isTaken,
  },
  actions: {
    noteLimit: assign(({ event }) =>
      event.type === 'reply.refused' ? { waitMs: limitMsOf(event.failure) ?? 0 } : {},
    ),
    ask: emit({ type: 'reply.ask' }),
  },
}).createMachine({
  id: 'reply',
  context: { waitMs: 0 },
  initial: 'settled',
  on: {
    'reply.refused': [
      { guard: 'isWorthWaiting', target: '.waiting', actions: 'noteLimit' },
      {
        target: '.givenUp',
        description: 'Nothing was said of when, or it was asked for a second time already.',
      },
    ],
    'reply.started': { target: '.settled', description: 'The service answers after all.' },
    'link.lost': {
      target: '.settled',
      description: 'The next link is told that an answer is owed.',
    },
  },
  states: {
    settled: {
      description: 'No refusal is waited out.',
    },
    waiting: {
      description: 'The service said when its limit is over; of a rate limit without a hint: 60 s.',
      on: {
        'reply.refused': [
          {
            guard: 'isWorthWaiting',
            target: 'waiting',
            reenter: true,
            description: 'The newest word counts.',
            actions: 'noteLimit',
          },
          { description: 'Of another request: this one is still waited for.' },
        ],
      },
      after: { limit: 'looking' },
    },
    looking: {
      description: 'The limit is over. Does somebody wait for the answer, and has nobody the word?',
      invoke: {
        src: 'look',
        id: 'look',
        onDone: [
          {
            guard: { type: 'isDue', params: ({ event }) => event.output },
            target: 'askedAgain',
            actions: 'ask',
          },
          {
            target: 'settled',
            description: 'A turn that is being spoken is answered along with what is owed.',
          },
        ],
        onError: 'settled',
      },
    },
    askedAgain: {
      description: 'It was asked for once more. Refused again, it is not asked for a third time.',
    },
    givenUp: {
      description: 'It is not asked for again; the application was told of the failure.',
    },
  },
});
