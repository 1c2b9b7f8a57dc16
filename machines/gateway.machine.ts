/**
 * Gateway: may new work come in?
 *
 * A gateway takes clients while its store takes what they send. One that is told to go sends its clients elsewhere, some at
 * a time, keeps what it has accepted until they have gone, and stops when the last one has or the time is up. What the chart
 * emits are orders. Where nobody can take its sessions over before it has let go of them, it lets go as soon as all is
 * committed: waiting would only keep its clients from the next one.
 *
 * Chart: visualizations/charts/gateway.svg
 */
import { assign, emit, setup } from 'xstate';

import {
  afterDrain,
  ASK_EVERY_MS,
  askedNow,
  initialGateway,
  STORE_ANSWER_MS,
  STORE_RETRY_MS,
} from './gateway.rules.ts';
import type { GatewayContext, GatewayEvent, GatewayInput, GatewayOrder } from './gateway.types.ts';

export const gatewayMachine = setup({
  types: {
    input: {} as GatewayInput,
    context: {} as GatewayContext,
    events: {} as GatewayEvent,
    emitted: {} as GatewayOrder,
    tags: {} as 'ready',
  },
  delays: {
    storeRetry: STORE_RETRY_MS,
    storeSilence: STORE_ANSWER_MS,
    nextAsking: ASK_EVERY_MS,
    drainDeadline: ({ context }) => context.drainMs,
    stopDeadline: ({ context }) => context.stopMs,
  },
  guards: {
    isDeserted: ({ event }) => event.type === 'gateway.drain' && event.sockets === 0,
    isHandover: ({ event }) => event.type === 'gateway.drain' && event.isHandover,
    isAnybodyUnasked: ({ context }) => context.unasked > 0,
  },
  actions: {
    noteDrain: assign(({ context, event }) =>
      event.type === 'gateway.drain' ? afterDrain(context, event) : {},
    ),
    noteWelcomed: assign({ unasked: ({ context }) => context.unasked + 1 }),
    noteAsked: assign({ unasked: ({ context }) => context.unasked - askedNow(context) }),
    ask: emit(({ context }) => ({
      type: 'clients.ask' as const,
      count: askedNow(context),
      endsAtMs: context.endsAtMs,
    })),
    settleSessions: emit({ type: 'sessions.settle' }),
    closeSockets: emit({ type: 'sockets.close' }),
    leaveSessions: emit({ type: 'sessions.leave' }),
    releaseSessions: emit({ type: 'sessions.release' }),
    tryStore: emit({ type: 'store.try' }),
  },
}).createMachine({
  id: 'gateway',
  context: ({ input }) => initialGateway(input),
  initial: 'accepting',
  states: {
    accepting: {
      description: 'In service.',
      initial: 'ready',
      on: {
        'gateway.drain': [
          { guard: 'isDeserted', target: 'stopping', actions: 'noteDrain' },
          { guard: 'isHandover', target: 'draining.handingOver', actions: 'noteDrain' },
          { target: 'draining', actions: 'noteDrain' },
        ],
        'gateway.stop': { target: 'stopping' },
      },
      states: {
        ready: {
          description: 'Clients are let in, and come back.',
          tags: 'ready',
          on: { 'store.failed': { target: 'storeless' } },
        },
        storeless: {
          description:
            'The store takes nothing: who comes is sent to another gateway, who is there waits.',
          on: { 'store.answered': { target: 'ready' } },
          after: { storeRetry: 'trying' },
        },
        trying: {
          description: 'The store is asked to take something, and nobody is let in until it has.',
          entry: 'tryStore',
          on: {
            'store.answered': { target: 'ready' },
            'store.failed': { target: 'storeless' },
          },
          after: { storeSilence: 'storeless' },
        },
      },
    },
    draining: {
      description: 'Nobody is let in. Who is there may finish; what is accepted is committed.',
      initial: 'asking',
      on: {
        'sockets.gone': { target: 'stopping' },
        'gateway.stop': { target: 'stopping', description: 'Nobody is waited for any more.' },
      },
      after: { drainDeadline: 'stopping' },
      states: {
        asking: {
          description: 'Clients are asked to go, some each second: elsewhere they all arrive.',
          entry: ['ask', 'noteAsked'],
          on: { 'client.welcomed': { actions: 'noteWelcomed' } },
          after: {
            nextAsking: [
              { guard: 'isAnybodyUnasked', target: 'asking', reenter: true },
              { target: 'waiting' },
            ],
          },
        },
        waiting: {
          description: 'All were asked. Each goes in a pause of its own.',
          on: { 'client.welcomed': { target: 'asking', actions: 'noteWelcomed' } },
        },
        handingOver: {
          description:
            'Clients have nowhere to go before this gateway has let go of their sessions: all are told, and nothing is waited for but what they sent.',
          entry: ['ask', 'noteAsked', 'settleSessions'],
          on: {
            'client.welcomed': { target: 'handingOver', reenter: true, actions: 'noteWelcomed' },
            'sessions.settled': { target: '#gateway.stopping' },
          },
        },
      },
    },
    stopping: {
      description: 'Sockets are closed; what was accepted still gets into the log.',
      entry: ['closeSockets', 'leaveSessions'],
      on: { 'sessions.left': { target: 'stopped' } },
      after: {
        stopDeadline: {
          target: 'stopped',
          description: 'What is not in the log by now was acknowledged to nobody.',
          actions: 'releaseSessions',
        },
      },
    },
    stopped: {
      description: 'Nothing runs any more. Sessions that had not ended are in the log.',
      type: 'final',
    },
  },
});
