/**
 * Connection: is this endpoint usable, and what are we doing about it?
 *
 * The chart decides; actors do the work and come in by `.provide()`. `socket` is spawned rather than invoked, because
 * an invoked actor ends with its state and a socket outlives several: it is dialled in `dialing` and serves until
 * `active` is left. Every way out of those states stops it.
 *
 * Chart: visualizations/charts/connection.svg
 */
import { assign, enqueueActions } from 'xstate';

import { initialContext, reconnectedSignal } from './connection.rules.ts';
import type { Route } from './connection.rules.ts';
import { connectionSetup } from './connection.setup.ts';

/** The ways out of a state that holds a socket, when that socket is lost. */
const waysOut = [
  { guard: leads('error'), target: '#connection.error', actions: ['letGo', 'noteFatalLoss'] },
  {
    guard: leads('waitingForNetwork'),
    target: '#connection.reconnecting.waitingForNetwork',
    actions: ['letGo', 'noteLoss', 'announceAttempt'],
  },
  {
    guard: leads('waitingForRateLimit'),
    target: '#connection.reconnecting.waitingForRateLimit',
    actions: ['letGo', 'noteLoss', 'announceAttempt'],
  },
  {
    guard: leads('backingOff'),
    target: '#connection.reconnecting.backingOff',
    actions: ['letGo', 'noteLoss', 'announceAttempt'],
  },
  {
    guard: leads('dialing'),
    target: '#connection.reconnecting.dialing',
    actions: ['letGo', 'noteLoss', 'announceAttempt'],
  },
  { guard: 'isHedge', actions: 'letHedgeGo' },
] as const;

/** What can happen to a link that stands, in `connected` and in `active` alike. */
const linkEvents = {
  'socket.lost': waysOut,
  'link.died': waysOut,
  'link.measured': [
    { guard: 'isWatched', actions: 'forward' },
    { guard: 'isQuiet', description: 'It became quiet: watch.', actions: ['watch', 'forward'] },
  ],
  'link.answered': { actions: 'unwatch' },
  'link.probe': { actions: 'probe' },
  'link.suspected': [
    {
      guard: 'mayHedge',
      description: 'Suspecting does not let go: a second socket is dialled beside the first.',
      actions: ['noteSuspicion', 'announceSuspicion', 'takeHedgeNumber', 'dialBeside'],
    },
    { actions: 'noteSuspicion' },
  ],
  'link.recovered': { actions: ['letHedgeGo', 'forgetSuspicion', 'unwatch', 'announceRecovery'] },
  'socket.configured': {
    guard: 'isHedge',
    description: 'The second socket answered first: it carries on.',
    target: '#connection.connected',
    reenter: true,
    actions: ['promoteHedge', 'noteConnected'],
  },
  'server.answered': { guard: 'isCurrent', actions: 'noteAnswer' },
  'result.committed': { guard: 'isCurrent', actions: ['noteAnswer', 'noteProgress'] },
} as const;

function leads<R extends Route>(route: R) {
  return { type: 'leadsTo', params: { route } } as const;
}

export const connectionMachine = connectionSetup.createMachine({
  id: 'connection',
  context: ({ input }) => initialContext(input),
  initial: 'idle',
  on: {
    'session.close': {
      target: '.disconnected',
      description: 'An explicit close ends every wait at once; nothing dials after it.',
    },
    'network.lost': { actions: 'noteOffline' },
    'network.restored': { actions: 'noteOnline' },
  },
  states: {
    idle: {
      description: 'Nothing is dialled yet. Audio may already be captured into the ring.',
      tags: 'idle',
      on: { 'session.connect': 'connecting' },
    },
    connecting: {
      description: 'The first dial. A loss here is only tried again where the policy says so.',
      tags: 'connecting',
      initial: 'dialing',
      on: { 'socket.lost': waysOut },
      states: {
        dialing: {
          description: 'The socket is being opened.',
          entry: ['takeSocketNumber', 'dial'],
          on: { 'socket.opened': { guard: 'isCurrent', target: 'configuring' } },
        },
        configuring: {
          description: 'The socket is open; the provider is told what we want.',
          on: {
            'socket.configured': {
              guard: 'isCurrent',
              target: '#connection.connected',
              actions: 'noteConnected',
            },
          },
        },
      },
    },
    connected: {
      description: 'The provider serves us again; what it missed is brought back.',
      tags: 'connected',
      initial: 'restoring',
      on: linkEvents,
      states: {
        restoring: {
          description: 'The conversation is given back: a handle, items, or nothing.',
          invoke: {
            src: 'sessionRestore',
            id: 'sessionRestore',
            input: ({ context }) => ({ id: context.socketId, reason: context.dialReason }),
            onDone: {
              target: 'replaying',
              actions: assign({ restore: ({ event }) => event.output }),
            },
            onError: { target: '#connection.error', actions: ['letGo', 'noteFaultyActor'] },
          },
        },
        replaying: {
          description:
            'Audio flows: first what no result covers yet, at the pace the provider takes.',
          invoke: {
            src: 'bufferReplay',
            id: 'bufferReplay',
            input: ({ context }) => ({ id: context.socketId, reason: context.dialReason }),
            onDone: {
              target: '#connection.active',
              actions: enqueueActions(({ context, event, enqueue }) => {
                if (context.outage === null) return;
                enqueue.emit(reconnectedSignal(context, context.outage, event.output));
                enqueue.assign({ outage: null });
              }),
            },
            onError: { target: '#connection.error', actions: ['letGo', 'noteFaultyActor'] },
          },
        },
      },
    },
    active: {
      description: 'Caught up and live: every chunk goes out as it is captured.',
      tags: 'active',
      on: linkEvents,
    },
    reconnecting: {
      description: 'The socket was lost. Capture goes on into the ring.',
      tags: 'reconnecting',
      initial: 'backingOff',
      on: { 'socket.lost': waysOut },
      states: {
        waitingForNetwork: {
          description: 'There is no network. No timer runs and no attempt is spent.',
          on: {
            'network.restored': { target: 'dialing', actions: 'noteOnline' },
            'session.connect': 'dialing',
          },
        },
        waitingForRateLimit: {
          description: 'The server said when to come back, or 60 s.',
          invoke: {
            src: 'rateLimitWait',
            id: 'rateLimitWait',
            input: ({ context }) => ({ waitMs: context.waitMs }),
            onDone: 'dialing',
            onError: { target: '#connection.error', actions: 'noteFaultyActor' },
          },
        },
        backingOff: {
          description:
            'Waiting inside the backoff envelope. A network that comes back ends the wait.',
          invoke: {
            src: 'backoffTimer',
            id: 'backoffTimer',
            input: ({ context }) => ({ waitMs: context.waitMs }),
            onDone: 'dialing',
            onError: { target: '#connection.error', actions: 'noteFaultyActor' },
          },
          on: {
            'network.restored': { target: 'dialing', actions: 'noteOnline' },
            'network.lost': { target: 'waitingForNetwork', actions: 'noteOffline' },
            'session.connect': 'dialing',
          },
        },
        dialing: {
          description: 'A new socket is being opened.',
          entry: ['takeSocketNumber', 'dial'],
          on: { 'socket.opened': { guard: 'isCurrent', target: 'configuring' } },
        },
        configuring: {
          description: 'The new socket is open; the provider is told what we want.',
          on: {
            'socket.configured': {
              guard: 'isCurrent',
              target: '#connection.connected',
              actions: 'noteConnected',
            },
          },
        },
      },
    },
    error: {
      description:
        'Given up: the failure is fatal or the attempts are spent. `session.connect` starts over.',
      tags: 'error',
      entry: 'announceFailure',
      on: { 'session.connect': { target: 'connecting', actions: 'startOver' } },
    },
    disconnected: {
      description: 'Closed on purpose.',
      tags: 'disconnected',
      type: 'final',
    },
  },
});
