/**
 * Renewal: when is a new credential asked for?
 *
 * A link outlives the credential that it was dialled with, where another is brought before that one ends. The service says
 * how long it believes the one that it has; without such a word there is nothing to renew, and no chart runs. What it emits
 * are orders, and neither they nor the context hold a credential: inspectors see both.
 *
 * Chart: visualizations/charts/renewal.svg
 */
import { assign, emit, fromPromise, setup } from 'xstate';

import { ANSWER_WITHIN_MS, ASK_AGAIN_MS, dueInMs } from './renewal.rules.ts';
import type {
  CredentialAnswer,
  CredentialMiss,
  CredentialTerm,
  RenewalContext,
  RenewalEvent,
  RenewalOrder,
} from './renewal.types.ts';

export const renewalMachine = setup({
  types: {
    input: {} as CredentialTerm,
    context: {} as RenewalContext,
    events: {} as RenewalEvent,
    emitted: {} as RenewalOrder,
  },
  actors: {
    ask: fromPromise<CredentialAnswer>((): never => {
      throw new Error('the renewal chart needs this actor by .provide()');
    }),
  },
  delays: {
    renewalDue: ({ context }) => context.dueInMs,
    answerTimeout: ANSWER_WITHIN_MS,
    nextAsking: ASK_AGAIN_MS,
  },
  guards: {
    hasCome: (_, { hasCome }: CredentialAnswer) => hasCome,
  },
  actions: {
    noteTerm: assign({ dueInMs: ({ event }) => dueInMs(event) }),
    bring: emit({ type: 'credential.bring' }),
    tellMissed: emit((_, { why }: { readonly why: CredentialMiss }) => ({
      type: 'credential.missed' as const,
      why,
    })),
  },
}).createMachine({
  id: 'renewal',
  context: ({ input }) => ({ dueInMs: dueInMs(input) }),
  initial: 'believed',
  on: {
    'credential.accepted': {
      target: '.believed',
      description: 'The newest word counts.',
      actions: 'noteTerm',
    },
  },
  states: {
    believed: {
      description: 'The service believes the one that it has, for a while that it has told.',
      after: { renewalDue: 'asking' },
    },
    asking: {
      description: 'Whoever gave the last one is asked for the next.',
      invoke: {
        src: 'ask',
        id: 'ask',
        onDone: [
          { guard: { type: 'hasCome', params: ({ event }) => event.output }, target: 'brought' },
          { target: 'missed', actions: missed('failed') },
        ],
        onError: { target: 'missed', actions: missed('failed') },
      },
      on: {
        'credential.accepted': {
          description: 'Of the last one: what is asked for is newer, and is still waited for.',
        },
      },
      after: { answerTimeout: { target: 'missed', actions: missed('late') } },
    },
    brought: {
      description: 'The service has it. It says when this one ends, if it does; or ends the link.',
      entry: 'bring',
    },
    missed: {
      description: 'None came, and the application was told. The last one may still be believed.',
      after: { nextAsking: 'asking' },
    },
  },
});

function missed(why: CredentialMiss) {
  return { type: 'tellMissed', params: { why } } as const;
}
