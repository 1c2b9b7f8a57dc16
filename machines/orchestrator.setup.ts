/** The vocabulary of the orchestrator chart: its actors, guards, actions and delays, each a name that the chart uses. */
import {
  assign,
  emit,
  enqueueActions,
  fromPromise,
  sendParent,
  sendTo,
  setup,
  stopChild,
} from 'xstate';

import { connectionMachine } from './connection.machine.ts';
import type { OwnerFact } from './connection.types.ts';
import { atOf, guards } from './orchestrator.guards.ts';
import { connectionInput, laneName, nameOf } from './orchestrator.names.ts';
import {
  afterConfirmation,
  afterFailureOf,
  afterMove,
  afterServed,
  afterTakeover,
  afterTrouble,
  besideOf,
} from './orchestrator.changes.ts';
import {
  FAILOVER_AFTER_MS,
  firstCandidate,
  forgiven,
  freshStandings,
  HANDOVER_LIMIT_MS,
  lastCallInMs,
  missingFaculties,
  modeOf,
  nextCandidate,
  nextProbeInMs,
  recordOnlyLeftMs,
  rotationInMs,
  soonestCandidate,
  withStanding,
} from './orchestrator.rules.ts';
import type {
  HandoverInput,
  HandoverResult,
  OrchestratorContext,
  OrchestratorEvent,
  OrchestratorInput,
  OrchestratorSignal,
  OrchestratorStatus,
  Purpose,
} from './orchestrator.types.ts';

/** The connection chart as a child: what it tells its owner reaches the chart that spawned it. */
export function owned(connection: typeof connectionMachine): typeof connectionMachine {
  return connection.provide({
    actions: { tellOwner: sendParent((_, fact: OwnerFact) => fact) },
  });
}

export const orchestratorSetup = setup({
  types: {
    input: {} as OrchestratorInput,
    context: {} as OrchestratorContext,
    events: {} as OrchestratorEvent,
    emitted: {} as OrchestratorSignal,
    tags: {} as OrchestratorStatus,
    children: {} as Record<string, 'connection' | 'handover'>,
  },
  actors: {
    connection: owned(connectionMachine),
    handover: fromPromise<HandoverResult, HandoverInput>((): never => {
      throw new Error('the orchestrator chart needs this actor by .provide()');
    }),
  },
  delays: {
    failoverLimit: FAILOVER_AFTER_MS,
    handoverLimit: HANDOVER_LIMIT_MS,
    rotationDue: ({ context }) => rotationInMs(context),
    lastCall: ({ context }) => lastCallInMs(context),
    nextProbe: ({ context }) => nextProbeInMs(context),
    recordOnlyLimit: ({ context }) => recordOnlyLeftMs(context, context.nowMs),
  },
  guards,
  actions: {
    noteMoment: assign(({ context, event }) => ({ nowMs: atOf(context, event) })),
    noteOffline: assign({ isOnline: false }),
    noteOnline: assign(({ context }) => ({
      isOnline: true,
      standings: forgiven(context.standings),
    })),
    noteSpeech: assign({ isSpeaking: true }),
    notePause: assign({ isSpeaking: false }),
    noteBreaker: assign(({ context, event }) => {
      if (event.type !== 'breaker.moved') return {};
      const { candidate, untilMs } = event;
      return {
        standings: withStanding(context, candidate, (standing) => ({
          ...standing,
          openUntilMs: untilMs,
        })),
      };
    }),
    noteEnd: assign(({ context, event }) => ({
      endsAtMs: event.type === 'end.announced' ? event.endsAtMs : context.endsAtMs,
    })),
    noteConfirmed: assign(({ context, event }) => afterConfirmation(context, event)),
    noteFaculty: assign(({ context, event }) => {
      if (event.type !== 'faculty.lost' && event.type !== 'faculty.restored') return {};
      const others = context.facultiesLost.filter((faculty) => faculty !== event.faculty);
      return { facultiesLost: event.type === 'faculty.lost' ? [...others, event.faculty] : others };
    }),
    noteServed: assign(({ context, event }) => afterServed(context, atOf(context, event))),
    noteTrouble: assign(({ context, event }) => afterTrouble(context, event)),
    noteFailure: assign(({ context, event }) => afterFailureOf(context, event)),
    noteReady: assign(({ context }) => ({
      beside: context.beside && { ...context.beside, isReady: true },
    })),
    noteUnready: assign(({ context }) => ({
      beside: context.beside && { ...context.beside, isReady: false },
    })),
    chooseFirst: assign(({ context, event }) => {
      const index = firstCandidate(context, atOf(context, event));
      return afterMove(context, index ?? soonestCandidate(context), null);
    }),
    chooseSoonest: assign(({ context }) => afterMove(context, soonestCandidate(context), null)),
    startOver: assign(({ context }) => ({
      standings: freshStandings(context.candidates),
      outage: null,
      hasServed: false,
      failure: null,
    })),
    dialCarrier: enqueueActions(({ context, enqueue }) => {
      const { carrier } = context;
      if (carrier === null) return;
      enqueue.spawnChild('connection', {
        id: laneName(carrier.id),
        input: connectionInput(context, carrier, 'carrier'),
      });
      enqueue.sendTo(laneName(carrier.id), { type: 'session.connect' });
    }),
    /** The carrier is let go, and the next candidate takes its place. */
    moveOn: enqueueActions(({ context, event, enqueue }) => {
      const next = nextCandidate(context, atOf(context, event));
      if (next === null) return;
      enqueue(stopChild(laneName(context.carrier?.id)));
      enqueue(stopChild(laneName(context.beside?.id)));
      enqueue.assign({ ...afterMove(context, next, 'failover'), beside: null });
    }),
    /** What stands ready beside the carrier takes its place. */
    takeOver: enqueueActions(({ context, event, enqueue }) => {
      const { beside, carrier, outage } = context;
      if (beside === null) return;
      const atMs = 'output' in event ? (event.output as HandoverResult).atMs : atOf(context, event);
      enqueue(stopChild(laneName(carrier?.id)));
      enqueue.assign(afterTakeover(context, beside, atMs));
      enqueue.sendTo(laneName(beside.id), { type: 'carrier.chosen', atMs, outage });
    }),
    dialBeside: enqueueActions(({ context, event, enqueue }, { purpose }: { purpose: Purpose }) => {
      const beside = besideOf(context, purpose, atOf(context, event));
      if (beside === null) return;
      enqueue(stopChild(laneName(context.beside?.id)));
      enqueue.assign({ beside, lastLane: beside.id });
      enqueue.spawnChild('connection', {
        id: laneName(beside.id),
        input: connectionInput(context, beside, 'standby'),
      });
      enqueue.sendTo(laneName(beside.id), { type: 'session.connect' });
    }),
    letBesideGo: enqueueActions(({ context, enqueue }) => {
      enqueue(stopChild(laneName(context.beside?.id)));
      enqueue.assign({ beside: null });
    }),
    letUnreadyGo: enqueueActions(({ context, enqueue }) => {
      const { beside } = context;
      if (beside === null || beside.purpose === 'standby') return;
      enqueue(stopChild(laneName(beside.id)));
      enqueue.assign({ beside: null });
    }),
    letAllGo: enqueueActions(({ context, enqueue }) => {
      enqueue(stopChild(laneName(context.carrier?.id)));
      enqueue(stopChild(laneName(context.beside?.id)));
      enqueue.assign({
        carrier: null,
        beside: null,
        servedAtMs: null,
        recordOnlySinceMs: context.recordOnlySinceMs ?? context.nowMs,
      });
    }),
    tellLanes: enqueueActions(({ context, event, enqueue }) => {
      for (const lane of [context.carrier, context.beside]) {
        if (lane !== null) enqueue.sendTo(laneName(lane.id), event);
      }
    }),
    hurry: sendTo(({ context }) => laneName(context.carrier?.id), { type: 'session.connect' }),
    rotateCarrier: sendTo(
      ({ context }) => laneName(context.carrier?.id),
      ({ context, event }) => ({ type: 'session.rotate', atMs: atOf(context, event) }),
    ),
    announceMove: enqueueActions(({ context, enqueue }) => {
      const { move, carrier, candidates, nowMs } = context;
      if (move === null || carrier === null) return;
      enqueue.emit({
        type: 'candidate.changed',
        from: nameOf(candidates[move.from]),
        to: nameOf(candidates[carrier.candidate]),
        reason: move.reason,
        takeoverMs: Math.max(0, nowMs - move.sinceMs),
      });
      enqueue.assign({ move: null });
    }),
    announceMode: enqueueActions(({ context, enqueue }) => {
      const mode = modeOf(context);
      if (mode === context.mode) return;
      if (mode !== null) {
        enqueue.emit({ type: 'session.degraded', mode, missing: missingFaculties(context) });
      } else if (context.mode !== null) {
        enqueue.emit({ type: 'session.restored', mode: context.mode });
      }
      enqueue.assign({ mode });
    }),
    announceSuspension: emit(({ context }) => ({
      type: 'session.suspended',
      failure: context.failure ?? { kind: 'transient', code: 'unknown', detail: '' },
      attempts: context.outage?.attempts ?? 0,
    })),
  },
});
