/**
 * Request: who answers this request, and when is it asked again?
 *
 * One request over HTTP, or over whatever one question goes out and one answer comes back, to one of several candidates.
 * A candidate that fails is asked again by the failure table and the backoff envelope; while it has to be waited for,
 * another is asked; one that will not answer is passed over. What a request learns of its candidates it leaves behind as
 * `memory`, which the next one begins from.
 *
 * `exchange` is invoked, so that it ends with its state: what a former one still tells concerns nobody.
 *
 * Chart: visualizations/charts/request.svg
 */
import { initialContext, isAlone, outputOf } from './request.rules.ts';
import type { RequestRoute } from './request.rules.ts';
import { requestSetup } from './request.setup.ts';
import type { RequestOutcome } from './request.types.ts';

export const requestMachine = requestSetup.createMachine({
  id: 'request',
  context: ({ input }) => initialContext(input),
  output: ({ context, event }) => outputOf(context, event.output as RequestOutcome),
  initial: 'choosing',
  on: {
    'request.cancel': {
      target: '.cancelled',
      description: 'Nobody waits for the answer any more; nothing is asked after it.',
    },
    'breaker.moved': { actions: 'noteBreaker' },
  },
  states: {
    choosing: {
      description: 'The most preferred candidate that may be asked now, or else the soonest.',
      always: [
        { guard: leads('givenUp'), target: 'givenUp', actions: 'announceEnd' },
        {
          guard: leads('asking'),
          target: 'asking',
          actions: ['choose', 'announceAttempt'],
        },
        {
          guard: leads('rateLimited'),
          target: 'waiting.rateLimited',
          actions: ['choose', 'announceAttempt'],
        },
        {
          guard: leads('barred'),
          target: 'waiting.barred',
          actions: ['choose', 'announceAttempt'],
        },
        { target: 'waiting.backingOff', actions: ['choose', 'announceAttempt'] },
      ],
    },
    asking: {
      description: 'One candidate is asked. Whatever leads out of here lets go of the exchange.',
      initial: 'awaiting',
      invoke: {
        src: 'exchange',
        id: 'exchange',
        input: ({ context }) => ({
          candidate: context.current,
          atMs: context.nowMs,
          isAlone: isAlone(context, context.current),
        }),
        onError: { target: 'choosing', actions: 'noteFault' },
      },
      on: {
        'answer.failed': [
          {
            guard: 'endsRequest',
            target: 'refused',
            description: 'The request is at fault, or what was told of the answer stands.',
            actions: 'noteRefusal',
          },
          { target: 'choosing', actions: 'noteFailure' },
        ],
        'exchange.barred': {
          target: 'choosing',
          description: 'Its breaker lets nobody through: nothing was sent, and nothing failed.',
          actions: 'noteBar',
        },
      },
      states: {
        awaiting: {
          description: 'The request is out, and nothing came back yet.',
          on: {
            'answer.begun': { target: 'answering', actions: 'noteAnswer' },
            'answer.ended': {
              target: '#request.answered',
              description: 'An answer of nothing is an answer.',
              actions: ['noteAnswer', 'noteEnd'],
            },
          },
        },
        answering: {
          description: 'The answer comes in, though not through here.',
          on: { 'answer.ended': { target: '#request.answered', actions: 'noteEnd' } },
        },
      },
    },
    waiting: {
      description: 'Nobody may be asked just now.',
      initial: 'backingOff',
      on: {
        'breaker.moved': {
          target: 'choosing',
          description: 'Somebody else may be first now.',
          actions: 'noteBreaker',
        },
      },
      after: { wait: { target: 'choosing', actions: 'noteDue' } },
      states: {
        backingOff: {
          description: 'Inside the backoff envelope, or until the retry budget allows it.',
        },
        rateLimited: { description: 'The server said when to come back, or 60 s.' },
        barred: {
          description: 'Its breaker is open: it failed too often.',
        },
      },
    },
    answered: {
      description: 'All of the answer is there.',
      type: 'final',
      output: 'answered',
    },
    refused: {
      description: 'This one request failed, and asking again would not help.',
      type: 'final',
      output: 'refused',
    },
    givenUp: {
      description: 'No candidate is left who could answer.',
      type: 'final',
      output: 'givenUp',
    },
    cancelled: {
      description: 'Called off on purpose.',
      type: 'final',
      output: 'cancelled',
    },
  },
});

function leads<R extends RequestRoute>(route: R) {
  return { type: 'leadsTo', params: { route } } as const;
}
