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

import { initialContext } from './connection.rules.ts';
import { connectionSetup, socketInput } from './connection.setup.ts';
import { reconnectedSignal, tell } from './connection.signals.ts';
import { configuring, dialing, linkEvents, soon, waysOut } from './connection.ways.ts';

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
    'carrier.chosen': {
      actions: 'becomeCarrier',
      description: 'A standby is to carry the audio as soon as it can.',
    },
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
        dialing: { ...dialing, description: 'The socket is being opened.' },
        configuring: {
          ...configuring,
          description: 'The socket is open; the provider is told what we want.',
        },
      },
    },
    connected: {
      description: 'The provider serves us again; what it missed is brought back.',
      tags: 'connected',
      initial: 'standingBy',
      on: linkEvents,
      states: {
        standingBy: {
          description: 'Configured and kept alive; a standby waits here until it is chosen.',
          entry: tell.ready,
          always: { guard: 'isCarrier', target: 'restoring' },
        },
        restoring: {
          description: 'The conversation is given back: a handle, items, or nothing.',
          invoke: {
            src: 'sessionRestore',
            id: 'sessionRestore',
            input: ({ context }) => socketInput(context),
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
          entry: tell.served,
          invoke: {
            src: 'bufferReplay',
            id: 'bufferReplay',
            input: ({ context }) => socketInput(context),
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
      entry: tell.caughtUp,
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
            'network.restored': soon,
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
            'Waiting: ever longer, or at a quick, steady pace for a while where the session is kept for us. A network that comes back ends it.',
          invoke: {
            src: 'backoffTimer',
            id: 'backoffTimer',
            input: ({ context }) => ({ waitMs: context.waitMs }),
            onDone: 'dialing',
            onError: { target: '#connection.error', actions: 'noteFaultyActor' },
          },
          on: {
            'network.restored': soon,
            'network.changed': soon,
            'network.lost': { target: 'waitingForNetwork', actions: 'noteOffline' },
            'session.connect': 'dialing',
          },
        },
        dialing: {
          ...dialing,
          description:
            'A new socket is being opened: after silence, of a service that keeps sessions, by a dial every half second until one opens.',
        },
        configuring: {
          ...configuring,
          description: 'The new socket is open; the provider is told what we want.',
        },
      },
    },
    error: {
      description:
        'Given up: the failure is fatal or the attempts are spent. `session.connect` starts over.',
      tags: 'error',
      entry: ['announceFailure', tell.failed],
      on: { 'session.connect': { target: 'connecting', actions: 'startOver' } },
    },
    disconnected: {
      description: 'Closed on purpose.',
      tags: 'disconnected',
      type: 'final',
      entry: 'letGo',
    },
  },
});
