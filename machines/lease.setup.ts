/** What the lease chart's guards ask and its actions do. */
import { assign, emit, setup } from 'xstate';

import {
  LEAVE_MS,
  afterClaim,
  afterFault,
  dismissalOf,
  graceEndMs,
  isDue,
  isHopeless,
  isPoisoned,
  logIn,
  MAX_DEFEATS,
  MAX_SILENCES,
  overdue,
  renewalMs,
  TOLD_FOR_MS,
} from './lease.rules.ts';
import type {
  LeaseContext,
  LeaseDismissal,
  LeaseEnding,
  LeaseEvent,
  LeaseInput,
  LeaseOrder,
  LeaseRelease,
} from './lease.types.ts';

export const leaseSetup = setup({
  types: {
    input: {} as LeaseInput,
    context: {} as LeaseContext,
    events: {} as LeaseEvent,
    emitted: {} as LeaseOrder,
  },
  guards: {
    isEnded: ({ event }) => logIn(event)?.isEnd === true,
    isOverdue: ({ context, event }) => overdue(context, event) !== null,
    isOfSameClient: ({ event }) => event.type === 'client.claimed' && event.isSameClient,
    isNewest: ({ context, event }) =>
      event.type === 'client.attached' && event.epoch === context.epoch,
    isUnopened: ({ context, event }) => !context.isTakenOver && !isHopeless(context, event),
    isPoisoned: ({ context, event }) => isPoisoned(context, event),
    isHopeless: ({ context, event }) => isHopeless(context, event),
    mayLookAgain: ({ context }) => context.defeats + 1 < MAX_DEFEATS,
    mayAskAgain: ({ context }) => context.silences + 1 < MAX_SILENCES,
    isTooOld: ({ context, event }) => event.atMs >= context.endsAtMs,
    isDue: ({ context, event }) => isDue(context, event),
    isAllSaid: ({ context, event }) => context.isConcluded && isDue(context, event),
  },
  actions: {
    noteClaim: assign(({ context, event }) => afterClaim(context, event)),
    noteDefeat: assign({ defeats: ({ context }) => context.defeats + 1, silences: 0 }),
    noteFault: assign({ faults: ({ context, event }) => afterFault(context, event) }),
    noteConclusion: assign({ isConcluded: true }),
    forgetRivals: assign({ defeats: 0, silences: 0 }),
    noteSilence: assign({ silences: ({ context }) => context.silences + 1 }),
    startGrace: assign({ dueAtMs: ({ context, event }) => graceEndMs(context, event) }),
    startRenewing: assign({ dueAtMs: ({ context, event }) => renewalMs(context, event) }),
    startTelling: assign({ dueAtMs: ({ event }) => event.atMs + TOLD_FOR_MS }),
    startLeaving: assign({ dueAtMs: ({ event }) => event.atMs + LEAVE_MS }),
    waitForFence: assign({ dueAtMs: null }),
    noteEnding: assign((_, { why }: { readonly why: LeaseEnding }) => ({
      ending: why,
      dueAtMs: null,
    })),
    noteOverdue: assign({ ending: ({ context, event }) => overdue(context, event) }),
    dismiss: emit((_, { why }: { readonly why: LeaseDismissal }) => ({
      type: 'client.dismiss' as const,
      why,
    })),
    dismissForGood: emit(({ context }) => ({
      type: 'client.dismiss' as const,
      why: dismissalOf(context.ending),
    })),
    countInLog: emit({ type: 'fault.note' }),
    setAside: emit(({ event }) => ({
      type: 'item.setAside' as const,
      seq: event.type === 'app.failed' ? event.seq : 0,
    })),
    renew: emit({ type: 'log.renew' }),
    writeEnd: emit({ type: 'log.end' }),
    settle: emit({ type: 'log.settle' }),
    release: emit((_, { why }: { readonly why: LeaseRelease }) => ({
      type: 'session.release' as const,
      why,
    })),
    releaseForGood: emit(({ context }) => ({
      type: 'session.release' as const,
      why: context.ending ?? 'finished',
    })),
    purge: emit({ type: 'log.purge' }),
    drop: emit({ type: 'log.drop' }),
  },
});

export function noteEnding(why: LeaseEnding) {
  return { type: 'noteEnding', params: { why } } as const;
}

export function dismiss(why: LeaseDismissal) {
  return { type: 'dismiss', params: { why } } as const;
}

export function release(why: LeaseRelease) {
  return { type: 'release', params: { why } } as const;
}
