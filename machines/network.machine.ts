/**
 * Network: is there a network, and did it change?
 *
 * Platforms say so, and are wrong: a virtual adapter counts as online, a sleeping one as offline. So no word is
 * believed alone. Offline is believed when two sources agree or when no byte comes for a while; online is believed at
 * once, since a dial is the best test; a byte beats every word. What was told is not taken back for a moment, so that a
 * network that flaps is not told in every turn.
 *
 * Chart: visualizations/charts/network.svg
 */
import { assign, emit, setup } from 'xstate';

import {
  afterWord,
  initialContext,
  isAgreed,
  isProof,
  isTakenBack,
  momentOf,
  OFFLINE_HYSTERESIS_MS,
  restoredJudgement,
  RETURN_HYSTERESIS_MS,
  says,
  TRIAL_INTERVAL_MS,
} from './network.rules.ts';
import type { NetworkContext, NetworkFact, NetworkJudgement } from './network.types.ts';

export const networkMachine = setup({
  types: {
    context: {} as NetworkContext,
    events: {} as NetworkFact,
    emitted: {} as NetworkJudgement,
  },
  delays: {
    offlineHysteresis: OFFLINE_HYSTERESIS_MS,
    returnHysteresis: RETURN_HYSTERESIS_MS,
    trialInterval: TRIAL_INTERVAL_MS,
  },
  guards: {
    saysOffline: ({ event }) => says(event, 'offline'),
    saysOnline: ({ event }) => says(event, 'online'),
    saysChanged: ({ event }) => says(event, 'changed'),
    isAgreed: ({ context, event }) => isAgreed(context, event),
    isTakenBack: ({ context, event }) => isTakenBack(context, event),
    isProof: ({ context, event }) => isProof(context, event),
    isStillAgreed: ({ context }) => context.offlineSources.length > 1,
    isStillSaid: ({ context }) => context.offlineSources.length > 0,
    isOneWord: ({ context }) => context.offlineSources.length === 1,
  },
  actions: {
    noteWord: assign(({ context, event }) => afterWord(context, event)),
    forgetWords: assign({ offlineSources: [] }),
    noteDue: assign(({ context, event }, params: { delayMs: number }) => ({
      dueAtMs: momentOf(context, event) + params.delayMs,
    })),
    noteReset: assign(({ context, event }) => {
      const { atMs, resetsAttempts } = restoredJudgement(context, momentOf(context, event));
      return resetsAttempts ? { resetAtMs: atMs } : {};
    }),
    tellLost: emit(({ context, event }) => ({
      type: 'network.lost',
      atMs: momentOf(context, event),
    })),
    tellRestored: emit(({ context, event }) =>
      restoredJudgement(context, momentOf(context, event)),
    ),
    tellChanged: emit(({ event }) => ({ type: 'network.changed', atMs: event.atMs })),
  },
}).createMachine({
  id: 'network',
  context: initialContext,
  initial: 'online',
  on: {
    'network.signalled': {
      guard: 'saysChanged',
      description: 'Another network: whether links outlived it is for liveness to ask.',
      actions: 'tellChanged',
    },
    'machine.woke': { actions: 'tellChanged' },
  },
  states: {
    online: {
      description: 'Nobody says that the network is gone.',
      on: {
        'network.signalled': { guard: 'saysOffline', target: 'doubtful', actions: 'noteWord' },
      },
    },
    doubtful: {
      description: 'One source says offline. It is not believed while bytes come.',
      entry: { type: 'noteDue', params: { delayMs: OFFLINE_HYSTERESIS_MS } },
      after: { offlineHysteresis: { target: 'offline', actions: 'tellLost' } },
      on: {
        'network.signalled': [
          { guard: 'isAgreed', target: 'offline', actions: ['noteWord', 'tellLost'] },
          {
            guard: 'isTakenBack',
            target: 'returning',
            description:
              'It was gone for a moment, perhaps: what waits may dial, and what stands is asked.',
            actions: ['noteWord', 'tellRestored', 'noteReset'],
          },
        ],
        'traffic.seen': {
          guard: 'isProof',
          target: 'online',
          description: 'A byte came long after the word: the source is wrong, and its word void.',
          actions: 'forgetWords',
        },
      },
    },
    offline: {
      description: 'The network is gone, and nobody needs to dial.',
      entry: { type: 'noteDue', params: { delayMs: TRIAL_INTERVAL_MS } },
      after: {
        trialInterval: {
          guard: 'isOneWord',
          target: 'returning',
          description: 'Only one source says so, for long: a dial will tell.',
          actions: ['tellRestored', 'noteReset'],
        },
      },
      on: {
        'network.signalled': [
          {
            guard: 'saysOnline',
            target: 'returning',
            actions: ['noteWord', 'tellRestored', 'noteReset'],
          },
          { guard: 'saysOffline', actions: 'noteWord' },
        ],
        'traffic.seen': {
          guard: 'isProof',
          target: 'returning',
          actions: ['forgetWords', 'tellRestored', 'noteReset'],
        },
      },
    },
    returning: {
      description: 'It was told to be back. For a moment words are noted and not believed.',
      entry: { type: 'noteDue', params: { delayMs: RETURN_HYSTERESIS_MS } },
      after: {
        returnHysteresis: [
          { guard: 'isStillAgreed', target: 'offline', actions: 'tellLost' },
          { guard: 'isStillSaid', target: 'doubtful' },
          { target: 'online' },
        ],
      },
      on: {
        'network.signalled': [
          { guard: 'saysOffline', actions: 'noteWord' },
          { guard: 'saysOnline', actions: 'noteWord' },
        ],
        'traffic.seen': { guard: 'isProof', actions: 'forgetWords' },
      },
    },
  },
});
