/**
 * Liveness: is the other end alive?
 *
 * TCP keeps a half-open link "open" for minutes. This chart looks at when the last byte came, on a steady pulse of
 * facts: quiet leads to a probe, an unanswered probe to suspicion, long silence to death. Suspicion only asks for a
 * second socket; death alone lets go, so a radio stall costs nothing. While audio flows the chart stays, and probes
 * whenever it is quiet; a link that answered and idles needs it no more.
 *
 * Chart: visualizations/charts/liveness.svg
 */
import { assign, sendParent, setup } from 'xstate';

import {
  afterLook,
  hasSpoken,
  initialContext,
  isDead,
  isLate,
  isSuspicious,
  isTimeToHedgeAgain,
  isToBeAsked,
} from './liveness.rules.ts';
import type {
  LinkMeasured,
  LivenessContext,
  LivenessEvent,
  LivenessInput,
} from './liveness.types.ts';

/** A guard that only a look can pass. */
function ofLook(judge: (context: LivenessContext, look: LinkMeasured) => boolean) {
  return ({ context, event }: { context: LivenessContext; event: LivenessEvent }) =>
    event.type === 'link.measured' && judge(context, event);
}

export const livenessMachine = setup({
  types: {
    input: {} as LivenessInput,
    context: {} as LivenessContext,
    events: {} as LivenessEvent,
  },
  guards: {
    isToBeAsked: ofLook(isToBeAsked),
    isIdle: ofLook((_context, look) => !look.isAudioFlowing),
    hasAnswered: ofLook(({ probedAtMs }, look) => hasSpoken(look, probedAtMs)),
    isUnchallenged: ({ context }) => !context.isChallenged,
    isExcused: ofLook(({ isChallenged, limits }, look) => isLate(look, limits) && !isChallenged),
    isSuspicious: ofLook(isSuspicious),
    hasRecovered: ofLook(
      ({ suspectedAtMs, limits }, look) => hasSpoken(look, suspectedAtMs) || isLate(look, limits),
    ),
    isDead: ofLook(isDead),
    isTimeToHedgeAgain: ofLook(isTimeToHedgeAgain),
  },
  actions: {
    look: assign(({ context, event }) =>
      event.type === 'link.measured' ? afterLook(context, event) : {},
    ),
    probe: sendParent({ type: 'link.probe' }),
    noteProbe: assign({
      probedAtMs: ({ event }) => event.atMs,
      isChallenged: ({ event }) => event.type === 'link.challenged',
    }),
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
      rtt: context.rtt,
    })),
    tellRecovered: sendParent(({ context, event }) => ({
      type: 'link.recovered',
      atMs: event.atMs,
      rtt: context.rtt,
    })),
    tellDied: sendParent(({ context, event }) => ({
      type: 'link.died',
      atMs: event.atMs,
      silentForMs: event.atMs - context.aliveAtMs,
      bufferedChunks: event.type === 'link.measured' ? event.bufferedChunks : 0,
      unit: event.type === 'link.measured' ? event.unit : 0,
    })),
  },
}).createMachine({
  id: 'liveness',
  context: ({ input }) => initialContext(input),
  initial: 'fresh',
  states: {
    fresh: {
      description: 'Something came a moment ago.',
      on: {
        'link.measured': [
          { guard: 'isToBeAsked', target: 'probing', actions: ['look', 'noteProbe', 'probe'] },
          {
            guard: 'isIdle',
            description: 'It answered, and no audio flows: there is nothing to watch any more.',
            actions: ['look', 'tellAnswered'],
          },
          { actions: 'look' },
        ],
        'link.challenged': {
          target: 'probing',
          description:
            'The network changed, or we slept: ask at once whether the link outlived it.',
          actions: ['noteProbe', 'probe'],
        },
      },
    },
    probing: {
      description:
        'A probe is on its way, since the link was quiet or its round trip unknown. Any byte answers it.',
      on: {
        'link.measured': [
          { guard: 'hasAnswered', target: 'fresh', actions: 'look' },
          { guard: 'isExcused', target: 'fresh', actions: 'look' },
          {
            guard: 'isSuspicious',
            target: 'suspect',
            actions: ['look', 'noteSuspicion', 'tellSuspected'],
          },
          { actions: 'look' },
        ],
        'link.challenged': {
          guard: 'isUnchallenged',
          description: 'The probe on its way may have gone the old way: another, once.',
          actions: ['noteProbe', 'probe'],
        },
      },
    },
    suspect: {
      description: 'The probe was not answered in time. A second socket is tried beside this one.',
      on: {
        'link.challenged': {
          description: 'The way may be another now: ask again, and try a second socket at once.',
          actions: ['noteHedge', 'probe', 'tellSuspected'],
        },
        'link.measured': [
          { guard: 'hasRecovered', target: 'fresh', actions: ['look', 'tellRecovered'] },
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
