/** The vocabulary of the orchestrator chart: its actors, guards, actions and delays, each a name that the chart uses. */
import { assign, emit, enqueueActions, fromPromise, sendTo, setup, stopChild } from 'xstate';

import { connectionMachine } from './connection.machine.ts';
import {
  afterAnnouncement,
  afterBreaker,
  afterConfirmation,
  afterFaculty,
  afterFailure,
  afterFailureBeside,
  afterHanging,
  afterLettingGo,
  afterNetwork,
  afterRestart,
  afterServed,
  afterTrouble,
} from './orchestrator.changes.ts';
import { changed } from './orchestrator.facts.ts';
import { guards } from './orchestrator.guards.ts';
import { afterMove, afterTakeover, besideOf, untoldBreak } from './orchestrator.moves.ts';
import { connectionInput, laneName, nameOf } from './orchestrator.names.ts';
import {
  firstCandidate,
  mayTakeOver,
  missingFaculties,
  modeOf,
  nextCandidate,
  soonestCandidate,
} from './orchestrator.rules.ts';
import { owned } from './orchestrator.owned.ts';
import { pardoned } from './orchestrator.standings.ts';
import { delays, dueTimes, momentOf } from './orchestrator.timers.ts';
import type {
  BreakSignal,
  HandoverInput,
  HandoverResult,
  OrchestratorContext,
  OrchestratorEvent,
  OrchestratorInput,
  OrchestratorSignal,
  OrchestratorStatus,
  Purpose,
} from './orchestrator.types.ts';

export const orchestratorSetup = setup({
  types: {
    input: {} as OrchestratorInput,
    context: {} as OrchestratorContext,
    events: {} as OrchestratorEvent,
    emitted: {} as OrchestratorSignal | BreakSignal,
    tags: {} as OrchestratorStatus,
  },
  actors: {
    connection: owned(connectionMachine),
    handover: fromPromise<HandoverResult, HandoverInput>((): never => {
      throw new Error('the orchestrator chart needs this actor by .provide()');
    }),
  },
  delays,
  guards,
  actions: {
    /** Every transition on which the time matters begins with this; what follows asks the context. */
    noteMoment: assign(({ context, event }) => ({ nowMs: momentOf(context, event) })),
    armTimers: assign(({ context }) => ({ dueAtMs: dueTimes(context) })),
    noteOffline: assign({ isOnline: false }),
    noteOnline: assign(changed(['network.restored'], afterNetwork)),
    noteSpeech: assign({ isSpeaking: true }),
    notePause: assign({ isSpeaking: false }),
    noteClosing: assign({ isClosing: true }),
    noteBreaker: assign(changed(['breaker.moved'], afterBreaker)),
    noteEnd: assign(changed(['end.announced'], afterAnnouncement)),
    noteConfirmed: assign(changed(['candidate.confirmed'], afterConfirmation)),
    noteFaculty: assign(changed(['faculty.lost', 'faculty.restored'], afterFaculty)),
    noteServed: assign(({ context }) => afterServed(context)),
    /** Only now: until the carrier has caught up, whoever takes over from it has to end the same break. */
    forgetOutage: assign({ outage: null }),
    noteTrouble: assign(changed(['candidate.lost'], afterTrouble)),
    noteFailure: assign(changed(['candidate.failed'], afterFailure)),
    noteHanging: assign(({ context }) => afterHanging(context)),
    noteReady: assign(({ context }) => ({
      beside: context.beside && { ...context.beside, isReady: true, readyAtMs: context.nowMs },
    })),
    noteUnready: assign(({ context }) => ({
      beside: context.beside && { ...context.beside, isReady: false, endsAtMs: null },
    })),
    pardon: assign(({ context }) => ({ standings: pardoned(context.standings) })),
    startOver: assign(({ context }) => afterRestart(context)),
    /** The most preferred candidate that may be dialled, or the one that may be first. */
    dialFirst: enqueueActions(({ context, enqueue }) => {
      const index = firstCandidate(context, context.nowMs) ?? soonestCandidate(context);
      const { change, lane } = afterMove(context, index, null);
      enqueue.assign(change);
      enqueue.spawnChild('connection', {
        id: laneName(lane.id),
        input: connectionInput(context, lane, 'carrier'),
      });
      if (!context.isOnline) enqueue.sendTo(laneName(lane.id), lostAt(context));
      enqueue.sendTo(laneName(lane.id), { type: 'session.connect' });
    }),
    /** The carrier is let go, for what stands ready beside it or else for the next candidate. */
    moveOn: enqueueActions(({ context, event, enqueue }) => {
      const { carrier, beside, nowMs } = context;
      if (beside !== null && mayTakeOver(context, event)) {
        const change = afterTakeover(context, beside);
        const { outage = null } = change;
        enqueue(stopChild(laneName(carrier?.id)));
        enqueue.assign(change);
        enqueue.sendTo(laneName(beside.id), { type: 'carrier.chosen', atMs: nowMs, outage });
        return;
      }
      const next = nextCandidate(context, nowMs);
      if (next === null) return;
      const { change, lane } = afterMove(context, next, 'failover');
      enqueue(stopChild(laneName(carrier?.id)));
      enqueue(stopChild(laneName(beside?.id)));
      enqueue.assign({ ...change, beside: null });
      enqueue.spawnChild('connection', {
        id: laneName(lane.id),
        input: connectionInput(context, lane, 'carrier'),
      });
      enqueue.sendTo(laneName(lane.id), { type: 'session.connect' });
    }),
    dialBeside: enqueueActions(
      ({ context, enqueue }, { wanted }: { wanted: Exclude<Purpose, 'failover'> }) => {
        const beside = besideOf(context, wanted);
        if (beside === null) return;
        enqueue.assign({ beside });
        if (beside.id === context.beside?.id) return; // the standby is what is wanted
        enqueue(stopChild(laneName(context.beside?.id)));
        enqueue.assign({ lastLane: beside.id });
        enqueue.spawnChild('connection', {
          id: laneName(beside.id),
          input: connectionInput(context, beside, 'standby'),
        });
        if (!context.isOnline) enqueue.sendTo(laneName(beside.id), lostAt(context));
        enqueue.sendTo(laneName(beside.id), { type: 'session.connect' });
      },
    ),
    /** What was dialled beside the carrier failed. */
    letBesideGo: enqueueActions(({ context, enqueue }) => {
      enqueue(stopChild(laneName(context.beside?.id)));
      enqueue.assign(changed(['candidate.lost', 'candidate.failed'], afterFailureBeside));
    }),
    /** A change that was prepared is off; a standby stays. */
    letSuccessorGo: enqueueActions(({ context: { beside }, enqueue }) => {
      if (beside === null || beside.purpose === 'standby') return;
      enqueue(stopChild(laneName(beside.id)));
      enqueue.assign({ beside: null });
    }),
    letAllGo: enqueueActions(({ context, enqueue }) => {
      enqueue(stopChild(laneName(context.carrier?.id)));
      enqueue(stopChild(laneName(context.beside?.id)));
      enqueue.assign(afterLettingGo(context));
    }),
    tellLanes: enqueueActions(({ context, event, enqueue }) => {
      for (const lane of [context.carrier, context.beside]) {
        if (lane !== null) enqueue.sendTo(laneName(lane.id), event);
      }
    }),
    hurry: sendTo(({ context }) => laneName(context.carrier?.id), { type: 'session.connect' }),
    rotateCarrier: enqueueActions(({ context: { carrier, nowMs }, enqueue }) => {
      enqueue.sendTo(laneName(carrier?.id), { type: 'session.rotate', atMs: nowMs });
      enqueue.assign({ rotatedAtMs: nowMs });
    }),
    announceBreak: enqueueActions(({ context, enqueue }) => {
      const signal = untoldBreak(context);
      if (signal === null) return;
      enqueue.emit(signal);
      enqueue.assign({ isBreakTold: true });
    }),
    announceMove: enqueueActions(({ context, enqueue }) => {
      const { move, carrier, candidates, nowMs } = context;
      if (move === null || carrier === null) return;
      enqueue.assign({ move: null });
      if (move.reason === 'failover' && move.from === carrier.candidate) return; // back where it was
      enqueue.emit({
        type: 'candidate.changed',
        from: nameOf(candidates[move.from]),
        to: nameOf(candidates[carrier.candidate]),
        reason: move.reason,
        takeoverMs: Math.max(0, nowMs - move.sinceMs),
      });
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
    announceUnserved: enqueueActions(({ context, enqueue }) => {
      if (context.mode === 'recordOnly') return;
      const missing = context.candidates[0].faculties;
      enqueue.emit({ type: 'session.degraded', mode: 'recordOnly', missing });
      enqueue.assign({ mode: 'recordOnly' });
    }),
    announceSuspension: emit(({ context }) => ({
      type: 'session.suspended',
      failure: context.failure ?? { kind: 'transient', code: 'unknown', detail: '' },
      attempts: Math.max(0, (context.outage?.attempts ?? 0) - 1), // no dial follows the last loss
    })),
  },
});

/** A connection believes that there is a network until it is told otherwise. */
function lostAt({ nowMs }: OrchestratorContext) {
  return { type: 'network.lost', atMs: nowMs } as const;
}
