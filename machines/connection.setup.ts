/**
 * The vocabulary of the connection chart: its actors, guards and actions, each a name that the chart uses.
 *
 * Actors come in by `.provide()`; those that stand here only say what they take and give.
 */
import {
  assign,
  emit,
  enqueueActions,
  fromCallback,
  fromPromise,
  sendTo,
  setup,
  spawnChild,
  stopChild,
} from 'xstate';
import type { EventObject } from 'xstate';

import { afterFatalLoss, afterLoss, lossOf, routeAfterLoss } from './connection.loss.ts';
import type { Route } from './connection.loss.ts';
import { moveTimes } from './connection.moving.ts';
import type { MoveTimerInput } from './connection.moving.ts';
import { isDegraded, isStuck, isVain } from './connection.patience.ts';
import type { SocketFault } from './connection.patience.ts';
import {
  afterChoice,
  afterConnect,
  afterNetwork,
  besideEveryMs,
  faultOf,
  mayRotate,
  redialEveryMs,
  socketName,
  STARTED_OVER,
} from './connection.rules.ts';
import { afterHedgeLoss, afterPromotion, afterRecovery, mayHedge } from './connection.hedging.ts';
import {
  bufferedChunksIn,
  failedSignal,
  reconnectingSignal,
  suspectedSignal,
} from './connection.signals.ts';
import type { OwnerFact } from './connection.owner.ts';
import type {
  ConnectionContext,
  ConnectionEvent,
  ConnectionInput,
  ConnectionSignal,
  ConnectionStatus,
  ReplayResult,
  RestoreResult,
  SocketCommand,
  SocketInput,
  WaitInput,
} from './connection.types.ts';
import { livenessMachine } from './liveness.machine.ts';
import { isWorthWatching } from './liveness.rules.ts';

const notProvided = (): never => {
  throw new Error('the connection chart needs this actor by .provide()');
};

export const connectionSetup = setup({
  types: {
    input: {} as ConnectionInput,
    context: {} as ConnectionContext,
    events: {} as ConnectionEvent,
    emitted: {} as ConnectionSignal,
    tags: {} as ConnectionStatus,
  },
  actors: {
    socket: fromCallback<SocketCommand, SocketInput>(notProvided),
    backoffTimer: fromPromise<void, WaitInput>(notProvided),
    rateLimitWait: fromPromise<void, WaitInput>(notProvided),
    sessionRestore: fromPromise<RestoreResult, SocketInput>(notProvided),
    bufferReplay: fromPromise<ReplayResult, SocketInput>(notProvided),
    moveTimer: fromCallback<EventObject, MoveTimerInput>(notProvided),
    liveness: livenessMachine,
  },
  guards: {
    isCurrent: ({ context, event }) => 'id' in event && event.id === context.socketId,
    isHedge: ({ context, event }) => 'id' in event && event.id === context.hedgeId,
    leadsTo: ({ context, event }, params: { route: Route }) => {
      const loss = lossOf(context, event);
      return loss !== null && routeAfterLoss(context, loss) === params.route;
    },
    isVain: ({ context, event }) =>
      event.type === 'socket.unanswered' &&
      (event.id === context.socketId || event.id === context.hedgeId) &&
      isVain(event),
    isStuck: ({ context, event }) =>
      event.type === 'link.stalled' && event.id === context.socketId && isStuck(event),
    isDegradedAnew: ({ context, event }) =>
      event.type === 'link.stalled' &&
      event.id === context.socketId &&
      event.sinceMs !== context.stalledSinceMs &&
      isDegraded(event),
    isWatched: ({ context }) => context.isWatched,
    isWorthWatching: ({ context, event }) =>
      event.type === 'link.measured' && isWorthWatching(event, context.limits),
    isEndingAnew: ({ context, event }) =>
      event.type === 'link.ending' && event.id === context.socketId && !context.isLeaving,
    mayHedge: ({ context, event }) => mayHedge(context, 'atMs' in event ? event.atMs : 0),
    mayRotate: ({ context, event }) => mayRotate(context, 'atMs' in event ? event.atMs : 0),
    isOffline: ({ context }) => !context.isOnline,
    isCarrier: ({ context }) => context.role === 'carrier',
  },
  actions: {
    takeSocketNumber: assign(({ context }) => ({
      lastSocketId: context.lastSocketId + 1,
      socketId: context.lastSocketId + 1,
    })),
    takeHedgeNumber: assign(({ context }) => ({
      lastSocketId: context.lastSocketId + 1,
      hedgeId: context.lastSocketId + 1,
    })),
    dial: spawnChild('socket', {
      id: ({ context }) => socketName(context.socketId),
      input: ({ context }) => socketInput(context),
    }),
    dialBeside: spawnChild('socket', {
      id: ({ context }) => socketName(context.hedgeId),
      input: ({ context }) => ({
        ...socketInput(context),
        id: context.hedgeId ?? 0,
        reason: 'reconnect',
        redialEveryMs: besideEveryMs(context.policy),
        isMove: context.isLeaving,
      }),
    }),
    watch: enqueueActions(({ context, enqueue }) => {
      enqueue.spawnChild('liveness', {
        id: 'liveness',
        input: { canProbe: context.canProbe, rtt: context.rtt, limits: context.limits },
      });
      enqueue.assign({ isWatched: true });
    }),
    unwatch: enqueueActions(({ context, event, enqueue }) => {
      enqueue(stopChild('liveness'));
      enqueue.assign({ isWatched: false, rtt: 'rtt' in event ? event.rtt : context.rtt });
    }),
    /** Stops everything that belongs to the link. Stopping what is not there does nothing. */
    letGo: enqueueActions(({ context, enqueue }) => {
      enqueue(stopChild(socketName(context.socketId)));
      enqueue(stopChild(socketName(context.hedgeId)));
      enqueue(stopChild('liveness'));
      enqueue(stopChild('moveTimer'));
      enqueue.assign({ isWatched: false, isLeaving: false });
    }),
    letHedgeGo: enqueueActions(({ context, enqueue }) => {
      enqueue(stopChild(socketName(context.hedgeId)));
      enqueue.assign({ hedgeId: null });
    }),
    noteHedgeLoss: assign(({ event }) =>
      event.type === 'socket.lost' ? afterHedgeLoss(event) : {},
    ),
    promoteHedge: enqueueActions(({ context, event, enqueue }) => {
      enqueue(stopChild(socketName(context.socketId)));
      enqueue(stopChild('liveness'));
      enqueue(stopChild('moveTimer'));
      enqueue.assign({ isWatched: false, isLeaving: false });
      enqueue.assign(afterPromotion(context, 'atMs' in event ? event.atMs : 0));
    }),
    noteEnding: assign({ isLeaving: true }),
    planMove: spawnChild('moveTimer', { id: 'moveTimer', input: ({ event }) => moveTimes(event) }),
    forward: sendTo('liveness', ({ event }) => event),
    challenge: sendTo('liveness', ({ event }) => ({
      type: 'link.challenged',
      atMs: 'atMs' in event ? event.atMs : 0,
    })),
    probe: sendTo(({ context }) => socketName(context.socketId), { type: 'socket.probe' }),
    abandon: sendTo(
      (_, { id }: SocketFault) => socketName(id),
      (_, { failure }: SocketFault) => ({ type: 'socket.abandon' as const, failure }),
    ),
    warn: sendTo(
      (_, { id }: SocketFault) => socketName(id),
      (_, { failure }: SocketFault) => ({ type: 'socket.warn' as const, failure }),
    ),
    noteStall: assign({
      stalledSinceMs: ({ event }) => ('sinceMs' in event ? event.sinceMs : null),
    }),
    noteLoss: assign(({ context, event }) => {
      const loss = lossOf(context, event);
      return loss ? afterLoss(context, loss) : {};
    }),
    noteFatalLoss: assign(({ context, event }) => {
      const loss = lossOf(context, event);
      return loss ? afterFatalLoss(context, loss) : {};
    }),
    noteFaultyActor: assign(({ event }) => ({ failure: faultOf(event) })),
    noteConnected: assign(({ context, event }) => ({
      ...afterConnect(context, 'atMs' in event ? event.atMs : 0),
      ...('found' in event ? event.found : {}),
    })),
    noteAnswer: assign(({ event }) => ({ answeredAtMs: 'atMs' in event ? event.atMs : null })),
    noteProgress: assign({ attempts: 0, unhealthySinceMs: null, credentialRefreshed: false }),
    noteSuspicion: assign({
      silentSinceMs: ({ event }) =>
        event.type === 'link.suspected' ? event.atMs - event.silentForMs : null,
    }),
    forgetSuspicion: assign(({ context, event }) =>
      afterRecovery(context, 'atMs' in event ? event.atMs : 0),
    ),
    startOver: assign(STARTED_OVER),
    noteOnline: assign({ isOnline: true }),
    noteOffline: assign({ isOnline: false }),
    dialSoon: assign(({ context, event }) =>
      event.type === 'network.restored' || event.type === 'network.changed'
        ? afterNetwork(context, event)
        : {},
    ),
    becomeCarrier: assign(({ context, event }) =>
      event.type === 'carrier.chosen' ? afterChoice(context, event) : {},
    ),
    /** Tells the chart that owns this connection, where there is one: it gives this action its meaning. */
    tellOwner: (_, _told: { readonly fact: OwnerFact['type'] }) => undefined,
    announceAttempt: emit(({ context, event }) =>
      reconnectingSignal(context, bufferedChunksIn(event)),
    ),
    announceFailure: emit(({ context }) => failedSignal(context)),
    announceSuspicion: emit(({ context, event }) => suspectedSignal(context, event)),
    announceFirstSuspicion: enqueueActions(({ context, event, enqueue }) => {
      if (context.silentSinceMs === null) enqueue.emit(suspectedSignal(context, event));
    }),
    announceRecovery: emit(({ context }) => ({
      type: 'connection.recovered',
      component: context.component,
    })),
  },
});

export function socketInput(context: ConnectionContext): SocketInput {
  const { lane, candidate, socketId, dialReason } = context;
  return {
    lane,
    candidate,
    id: socketId,
    reason: dialReason,
    redialEveryMs: redialEveryMs(context),
    isMove: false,
  };
}
