/**
 * Liveness: is the other end alive?
 *
 * TCP keeps a half-open link "open" for minutes. This chart looks at when the last byte came, on a steady pulse of
 * facts: quiet leads to a probe, an unanswered probe to suspicion, long silence to death. Suspicion only asks for a
 * second socket; death alone lets go, so a radio stall costs nothing.
 *
 * Chart: visualizations/charts/liveness.svg
 */
import { assign, sendParent, setup } from 'xstate';

import {
  afterLook,
  deadAfterMs,
  HEDGE_AGAIN_MS,
  isAlive,
  isQuiet,
  rttOf,
  suspectAfterMs,
} from './liveness.rules.ts';
import type { LinkMeasured, LivenessContext, LivenessInput } from './liveness.types.ts';

export const livenessMachine = setup({
  types: {
    input: {} as LivenessInput,
    context: {} as LivenessContext,
    events: {} as LinkMeasured,
  },
  guards: {
    isQuiet: ({ context, event }) => isQuiet(context, event),
    spokeSinceProbe: ({ context, event }) => isAlive(event, context.probedAtMs),
    spokeSinceSuspicion: ({ context, event }) => isAlive(event, context.suspectedAtMs),
    isSuspicious: ({ context, event }) =>
      event.atMs - context.probedAtMs >= suspectAfterMs(context, event.isAudioFlowing),
    isDead: ({ context, event }) => event.atMs - context.probedAtMs >= deadAfterMs(context),
    isTimeToHedgeAgain: ({ context, event }) => event.atMs - context.hedgedAtMs >= HEDGE_AGAIN_MS,
  },
  actions: {
    look: assign(({ context, event }) => afterLook(context, event)),
    probe: sendParent({ type: 'link.probe' }),
    noteProbe: assign({ probedAtMs: ({ event }) => event.atMs }),
    noteSuspicion: assign({
      suspectedAtMs: ({ event }) => event.atMs,
      hedgedAtMs: ({ event }) => event.atMs,
    }),
    noteHedge: assign({ hedgedAtMs: ({ event }) => event.atMs }),
    tellSuspected: sendParent(({ context, event }) => ({
      type: 'link.suspected',
      atMs: event.atMs,
      silentForMs: event.atMs - context.aliveAtMs,
    })),
    tellAnswered: sendParent(({ context, event }) => ({
      type: 'link.answered',
      atMs: event.atMs,
      rtt: rttOf(context),
    })),
    tellRecovered: sendParent(({ event }) => ({ type: 'link.recovered', atMs: event.atMs })),
    tellDied: sendParent(({ context, event }) => ({
      type: 'link.died',
      atMs: event.atMs,
      silentForMs: event.atMs - context.aliveAtMs,
      bufferedChunks: event.bufferedChunks,
      unit: event.unit,
    })),
  },
}).createMachine({
  id: 'liveness',
  context: ({ input }) => ({
    canProbe: input.canProbe,
    srttMs: input.rtt?.srttMs ?? null,
    rttvarMs: input.rtt?.rttvarMs ?? 0,
    newestRttMs: null,
    aliveAtMs: 0,
    probedAtMs: 0,
    suspectedAtMs: 0,
    hedgedAtMs: 0,
  }),
  initial: 'fresh',
  states: {
    fresh: {
      description: 'Something came a moment ago.',
      on: {
        'link.measured': [
          { guard: 'isQuiet', target: 'probing', actions: ['look', 'noteProbe', 'probe'] },
          { actions: 'look' },
        ],
      },
    },
    probing: {
      description: 'It is quiet: a probe is on its way, and any byte answers it.',
      on: {
        'link.measured': [
          { guard: 'spokeSinceProbe', target: 'fresh', actions: ['look', 'tellAnswered'] },
          {
            guard: 'isSuspicious',
            target: 'suspect',
            actions: ['look', 'noteSuspicion', 'tellSuspected'],
          },
          { actions: 'look' },
        ],
      },
    },
    suspect: {
      description: 'The probe was not answered in time. A second socket is tried beside this one.',
      on: {
        'link.measured': [
          {
            guard: 'spokeSinceSuspicion',
            target: 'fresh',
            actions: ['look', 'tellRecovered'],
          },
          { guard: 'isDead', target: 'dead', actions: ['look', 'tellDied'] },
          {
            guard: 'isTimeToHedgeAgain',
            actions: ['look', 'noteHedge', 'probe', 'tellSuspected'],
          },
          { actions: 'look' },
        ],
      },
    },
    dead: {
      type: 'final',
      description: 'Silent for too long. The link is let go.',
    },
  },
});
