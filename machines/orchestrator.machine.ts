/**
 * Orchestrator: which candidate carries the session?
 *
 * A ladder: the connection resumes or restarts on its endpoint by itself; where that takes too long the next region is
 * tried, then the next provider; where none serves, audio is only recorded; and where that lasts too long the session
 * is suspended. The way up leads over a second connection, which takes the audio when the speaker pauses.
 *
 * Chart: visualizations/charts/orchestrator.svg
 */
import { initialContext } from './orchestrator.rules.ts';
import { orchestratorSetup } from './orchestrator.setup.ts';
import {
  failoverLimit,
  finish,
  leaving,
  moveOn,
  networkRestored,
  preparing,
  waysOutOfFailure,
  waysOutOfLoss,
} from './orchestrator.ways.ts';

export const orchestratorMachine = orchestratorSetup.createMachine({
  id: 'orchestrator',
  context: ({ input }) => initialContext(input),
  initial: 'idle',
  on: {
    'session.close': {
      target: '.closed',
      description: 'An explicit close ends every connection at once; nothing dials after it.',
    },
    'network.lost': { actions: ['noteMoment', 'noteOffline', 'tellLanes'] },
    'network.restored': { actions: ['noteMoment', 'noteOnline', 'tellLanes'] },
    'network.changed': { actions: ['noteMoment', 'tellLanes'] },
    'breaker.moved': { actions: ['noteMoment', 'noteBreaker'] },
    'speech.started': { actions: ['noteMoment', 'noteSpeech'] },
    'speech.paused': { actions: ['noteMoment', 'notePause'] },
    'close.begun': { actions: ['noteMoment', 'noteClosing'] },
  },
  states: {
    idle: {
      description: 'Nothing is dialled yet. Audio may already be captured into the ring.',
      tags: 'idle',
      on: {
        'session.connect': { target: 'serving', actions: ['noteMoment', 'dialFirst'] },
      },
    },
    serving: {
      description: 'One candidate carries the session, or is on its way to.',
      initial: 'arriving',
      on: {
        'session.connect': { actions: ['noteMoment', 'hurry'], description: 'No wait is sat out.' },
        'candidate.served': {
          guard: 'isCarrier',
          target: '.steady',
          actions: ['noteMoment', 'noteServed', 'letSuccessorGo', 'announceMove', 'announceMode'],
        },
        'candidate.caughtUp': { guard: 'isCarrier', actions: 'forgetOutage' },
        'candidate.confirmed': { actions: ['noteMoment', 'noteConfirmed'] },
        'candidate.ready': { guard: 'isBeside', actions: ['noteMoment', 'noteReady'] },
        'candidate.lost': waysOutOfLoss,
        'candidate.failed': waysOutOfFailure,
        'breaker.moved': {
          ...moveOn,
          guard: 'isCarrierBarred',
          description: 'The candidate that is waited for failed elsewhere too: another is tried.',
          actions: ['noteMoment', 'noteBreaker', 'moveOn'],
        },
        'end.announced': { actions: ['noteMoment', 'noteEnd'] },
        'faculty.lost': { guard: 'isCarrier', actions: ['noteFaculty', 'announceMode'] },
        'faculty.restored': { guard: 'isCarrier', actions: ['noteFaculty', 'announceMode'] },
      },
      states: {
        arriving: {
          description: 'The chosen candidate is dialled, or is given what it missed.',
          entry: ['announceBreak', 'armTimers'],
          on: { 'network.restored': { ...networkRestored, target: 'arriving' } },
          after: { failoverLimit },
        },
        steady: {
          description: 'Audio flows. A standby is kept ready where a candidate asks for one.',
          entry: [{ type: 'dialBeside', params: { wanted: 'standby' } }, 'armTimers'],
          always: [finish, { guard: 'isToMove', target: 'preparing' }],
          on: {
            'network.restored': { ...networkRestored, target: 'steady' },
            'breaker.moved': {
              target: 'steady',
              reenter: true,
              description:
                'A carrier that stalled, or failed elsewhere: another is tried beside it.',
              actions: ['noteMoment', 'noteBreaker'],
            },
            'candidate.failed': {
              guard: 'isStandby',
              target: 'steady',
              reenter: true,
              description: 'A standby that gave up is replaced when its candidate may be dialled.',
              actions: ['noteMoment', 'letBesideGo'],
            },
            'end.announced': {
              guard: 'isCarrier',
              target: 'steady',
              reenter: true,
              actions: ['noteMoment', 'noteEnd'],
            },
            'speech.paused': {
              guard: 'isReturnDue',
              target: 'preparing',
              description: 'A better candidate may work again: it is tried beside this one.',
              actions: [
                'noteMoment',
                'notePause',
                { type: 'dialBeside', params: { wanted: 'return' } },
              ],
            },
          },
          after: {
            // First: of two that fall due together it leaves the other nothing to dial.
            rotationDue: [
              {
                guard: 'isToLeaveInPause',
                target: 'leaving',
                actions: 'noteMoment',
              },
              {
                guard: 'canStandBeside',
                target: 'preparing',
                description: 'The end of this session is near: its successor is dialled.',
                actions: ['noteMoment', { type: 'dialBeside', params: { wanted: 'rotation' } }],
              },
              { guard: 'canRotate', target: 'prepared', actions: 'noteMoment' },
            ],
            standbyDue: { target: 'steady', reenter: true, actions: 'noteMoment' },
          },
        },
        finishing: {
          description:
            'The session closes: who serves delivers what is left, and no change begins.',
        },
        troubled: {
          description: 'The carrier lost its socket and dials again by itself.',
          entry: 'armTimers',
          on: {
            'candidate.ready': {
              ...moveOn,
              guard: 'isBeside',
              description: 'The standby is back before the carrier is.',
              actions: ['noteMoment', 'noteReady', 'moveOn'],
            },
            'network.restored': { ...networkRestored, target: 'troubled' },
          },
          after: {
            failoverLimit,
            unservedLimit: {
              description: 'Nobody can be gone to, perhaps because there is no network.',
              actions: ['noteMoment', 'announceUnserved'],
            },
          },
        },
        leaving,
        preparing,
        prepared: {
          description: 'All is ready for the change, which waits for a pause in speech.',
          entry: 'armTimers',
          on: {
            'end.announced': {
              guard: 'isCarrier',
              target: 'prepared',
              reenter: true,
              actions: ['noteMoment', 'noteEnd'],
            },
          },
          always: [
            finish,
            { guard: 'isQuietWithSuccessor', target: 'handingOver' },
            {
              guard: 'isQuietOnline',
              target: 'troubled',
              description: 'No second session is allowed: this one is let go first.',
              actions: 'rotateCarrier',
            },
          ],
          after: {
            lastCall: [
              { guard: 'hasSuccessor', target: 'handingOver', actions: 'noteMoment' },
              {
                guard: 'isOnline',
                target: 'troubled',
                description: 'No pause came in time.',
                actions: ['noteMoment', 'rotateCarrier'],
              },
            ],
          },
        },
        handingOver: {
          description:
            'The final of what was said is waited for: the successor begins where it ends.',
          entry: 'armTimers',
          invoke: {
            src: 'handover',
            id: 'handover',
            input: ({ context }) => ({
              from: context.carrier?.id ?? 0,
              to: context.beside?.id ?? 0,
            }),
            onDone: moveOn,
            onError: moveOn,
          },
          after: { handoverLimit: moveOn },
        },
      },
    },
    degraded: {
      description: 'Nobody serves: audio is recorded until a candidate may be tried again.',
      tags: 'reconnecting',
      entry: ['announceMode', 'armTimers'],
      on: {
        'session.connect': { target: 'serving', actions: ['noteMoment', 'pardon', 'dialFirst'] },
        'network.restored': { ...networkRestored, target: 'degraded' },
        'breaker.moved': {
          target: 'degraded',
          reenter: true,
          actions: ['noteMoment', 'noteBreaker'],
        },
      },
      after: {
        recordOnlyLimit: { target: 'suspended', actions: 'noteMoment' },
        nextProbe: { guard: 'isOnline', target: 'serving', actions: ['noteMoment', 'dialFirst'] },
      },
    },
    suspended: {
      description:
        'Given up: nobody served for too long, or nobody can. `session.connect` starts over.',
      tags: 'error',
      entry: 'announceSuspension',
      on: {
        'session.connect': {
          target: 'serving',
          actions: ['noteMoment', 'startOver', 'dialFirst'],
        },
      },
    },
    closed: {
      description: 'Closed on purpose.',
      tags: 'disconnected',
      type: 'final',
      entry: 'letAllGo',
    },
  },
});
