/** What the capture chart asks, does and waits for, by name. */
import { assign, emit, fromCallback, fromPromise, raise, setup } from 'xstate';

import { LONGEST_TIMER_MS } from './backoff.ts';
import { ASK_AGAIN_MS, isElsewhere, isGone } from './capture.rules.ts';
import type {
  CaptureContext,
  CaptureEnd,
  CaptureFact,
  CaptureInput,
  CaptureNews,
  CaptureSignal,
  CaptureSilence,
  TakeInput,
  TakeResult,
} from './capture.types.ts';

/** One actor, by the reason why a device is asked for. */
const taking = fromPromise<TakeResult, TakeInput>((): never => {
  throw new Error('the capture chart needs this actor by .provide()');
});

export const captureSetup = setup({
  types: {
    input: {} as CaptureInput,
    context: {} as CaptureContext,
    events: {} as CaptureFact | CaptureNews,
    emitted: {} as CaptureSignal,
  },
  actors: {
    open: taking,
    move: taking,
    ask: taking,
    watch: fromCallback((): never => {
      throw new Error('the capture chart needs this actor by .provide()');
    }),
  },
  delays: {
    nextAsking: ASK_AGAIN_MS,
    lossTimeout: ({ context }) => Math.min(context.lossTimeoutMs, LONGEST_TIMER_MS),
  },
  guards: {
    isTaken: (_, { device }: TakeResult) => device !== null,
    isHopeless: (_, { isRetryable }: TakeResult) => !isRetryable,
    isTooLate: ({ context }, { atMs }: TakeResult) =>
      atMs - context.lostAtMs >= context.lossTimeoutMs,
    isThere: ({ context }) => context.device !== null,
    isAway: ({ context }) => context.device === null,
    isGone: ({ context, event }) =>
      event.type === 'devices.listed' && isGone(context, event.inputs),
    isElsewhere: ({ context, event }) =>
      event.type === 'devices.listed' && isElsewhere(context, event.inputs),
    isStill: ({ context }) => !context.isRunning,
    isMuted: ({ context }) => context.mutedAtMs !== null,
    isAudible: ({ context }) => context.mutedAtMs === null,
    isNewlyMuted: ({ context, event }) =>
      context.mutedAtMs === null && event.type === 'device.taken' && event.isMuted,
    isMuteOver: ({ context, event }) =>
      context.mutedAtMs !== null && event.type === 'device.taken' && !event.isMuted,
  },
  actions: {
    noteDevice: assign((_, { device }: TakeResult) =>
      device === null ? {} : { device: { id: device.id, groupId: device.groupId } },
    ),
    sayTaken: raise((_, { device, atMs }: TakeResult) => ({
      type: 'device.taken' as const,
      isMuted: device?.isMuted === true,
      atMs,
    })),
    sayLost: raise(({ event }) => ({
      type: 'device.lost' as const,
      atMs: 'atMs' in event ? event.atMs : 0,
    })),
    sayFailed: raise((_, end: { readonly why: CaptureEnd; readonly lastedMs: number }) => ({
      type: 'source.failed' as const,
      ...end,
    })),
    noteLoss: assign({
      device: null,
      lostAtMs: ({ event }) => ('atMs' in event ? event.atMs : 0),
    }),
    letGo: emit({ type: 'device.release' }),
    noteMute: assign({ mutedAtMs: ({ event }) => ('atMs' in event ? event.atMs : null) }),
    noteUnmute: assign({ mutedAtMs: null }),
    noteRunning: assign({ isRunning: true }),
    noteStill: assign({ isRunning: false }),
    tellOpened: emit({ type: 'capture.opened' }),
    tellRefused: emit({ type: 'capture.refused' }),
    tellChanged: emit({ type: 'capture.changed' }),
    tellInterrupted: emit((_, { why }: { readonly why: CaptureSilence }) => ({
      type: 'capture.interrupted' as const,
      why,
    })),
    tellResumed: emit({ type: 'capture.resumed' }),
    tellMuted: emit({ type: 'capture.muted' }),
    tellUnmuted: emit(({ context, event }) => ({
      type: 'capture.unmuted' as const,
      lastedMs: 'atMs' in event ? event.atMs - (context.mutedAtMs ?? event.atMs) : 0,
    })),
    tellFailed: emit(
      (_, { why, lastedMs }: { readonly why: CaptureEnd; readonly lastedMs: number }) => ({
        type: 'capture.failed' as const,
        why,
        lastedMs,
      }),
    ),
  },
});
