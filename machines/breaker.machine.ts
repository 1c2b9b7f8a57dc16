/**
 * Breaker: may we dial this candidate?
 *
 * One for each provider, region and key, shared by every session that dials there. It has no timer and no child:
 * deadlines are data and facts carry the moment, so that a gateway can keep thousands as plain snapshots and step them
 * by XState's pure `transition()`. `mayDial` answers the question of a snapshot.
 *
 * Chart: visualizations/charts/breaker.svg
 */
import { assign, emit, setup } from 'xstate';
import type { SnapshotFrom } from 'xstate';

import {
  afterFailure,
  afterOpening,
  afterStall,
  afterSuccess,
  CLOSED_CONTEXT,
  isCounted,
  isLastSuccess,
  isStallTooMany,
  mayDial,
  openingReason,
  probeUntilMs,
} from './breaker.rules.ts';
import type { BreakerContext, BreakerEvent, BreakerSignal } from './breaker.types.ts';

/** A breaker as a plain value. */
export type BreakerSnapshot = SnapshotFrom<typeof breakerMachine>;

export const breakerMachine = setup({
  types: {
    context: {} as BreakerContext,
    events: {} as BreakerEvent,
    emitted: {} as BreakerSignal,
  },
  guards: {
    isFailingTooMuch: ({ context, event }) =>
      event.type === 'dial.failed' && openingReason(context, event) !== null,
    isStallingTooMuch: ({ context, event }) =>
      event.type === 'stream.stalled' && isStallTooMany(context, event),
    isCounted: ({ event }) => event.type === 'dial.failed' && isCounted(event),
    isFailedProbe: ({ event }) => event.type === 'dial.failed' && isCounted(event) && !event.isLast,
    isStalledProbe: ({ event }) => event.type === 'stream.stalled' && !event.isLast,
    isTimeToProbe: ({ context, event }) => mayDial({ value: 'open', context }, event.atMs),
    isProbeFree: ({ context, event }) => mayDial({ value: 'halfOpen', context }, event.atMs),
    isLastSuccess: ({ context }) => isLastSuccess(context),
  },
  actions: {
    noteFailure: assign(({ context, event }) =>
      event.type === 'dial.failed' ? afterFailure(context, event) : {},
    ),
    noteStall: assign(({ context }) => afterStall(context)),
    noteSuccess: assign(({ context, event }) =>
      event.type === 'dial.succeeded' ? afterSuccess(context, event) : {},
    ),
    noteOpening: assign(({ context, event }) => {
      const reason = event.type === 'dial.failed' ? openingReason(context, event) : null;
      return afterOpening(context, reason ?? 'stalls', event.atMs);
    }),
    noteReopening: assign(({ context, event }) => afterOpening(context, 'probe', event.atMs)),
    takeProbe: assign({ probeUntilMs: ({ event }) => probeUntilMs(event.atMs) }),
    freeProbe: assign({ probeUntilMs: null }),
    countSuccess: assign({ successes: ({ context }) => context.successes + 1 }),
    forgetSuccesses: assign({ successes: 0 }),
    startOver: assign(CLOSED_CONTEXT),
    announceOpening: emit(({ context }) => ({
      type: 'breaker.opened',
      untilMs: context.openUntilMs,
      reason: context.reason ?? 'probe',
      times: context.openings,
    })),
    announceProbing: emit({ type: 'breaker.halfOpened' }),
    announceClosing: emit({ type: 'breaker.closed' }),
  },
}).createMachine({
  id: 'breaker',
  context: CLOSED_CONTEXT,
  initial: 'closed',
  states: {
    closed: {
      description: 'Dial at will. Failures are counted.',
      on: {
        'dial.succeeded': { actions: 'noteSuccess' },
        'dial.failed': [
          {
            guard: 'isFailingTooMuch',
            target: 'open',
            actions: ['noteOpening', 'announceOpening'],
          },
          { guard: 'isCounted', actions: 'noteFailure' },
        ],
        'stream.stalled': [
          {
            guard: 'isStallingTooMuch',
            target: 'open',
            actions: ['noteOpening', 'announceOpening'],
          },
          { actions: 'noteStall' },
        ],
      },
    },
    open: {
      description:
        'Nobody dials until the time is over. What earlier dials still tell changes nothing.',
      on: {
        'dial.asked': {
          guard: 'isTimeToProbe',
          target: 'halfOpen',
          actions: ['takeProbe', 'announceProbing'],
        },
      },
    },
    halfOpen: {
      description: 'One dial at a time finds out whether the candidate is back.',
      on: {
        'dial.asked': { guard: 'isProbeFree', actions: 'takeProbe' },
        'probe.abandoned': { actions: 'freeProbe' },
        'dial.succeeded': [
          { guard: 'isLastSuccess', target: 'closed', actions: ['startOver', 'announceClosing'] },
          { actions: ['countSuccess', 'freeProbe'] },
        ],
        'dial.failed': [
          { guard: 'isFailedProbe', target: 'open', actions: ['noteReopening', 'announceOpening'] },
          {
            guard: 'isCounted',
            description: 'A failure, but a breaker never opens the last candidate.',
            actions: ['forgetSuccesses', 'freeProbe'],
          },
          { description: 'It says nothing about the candidate.', actions: 'freeProbe' },
        ],
        'stream.stalled': [
          {
            guard: 'isStalledProbe',
            target: 'open',
            actions: ['noteReopening', 'announceOpening'],
          },
          { actions: ['forgetSuccesses', 'freeProbe'] },
        ],
      },
    },
  },
});
