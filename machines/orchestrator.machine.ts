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

/** The carrier is replaced by the connection that stands ready beside it. */
const takeOver = {
  target: '#orchestrator.serving.arriving',
  reenter: true,
  actions: 'takeOver',
} as const;

/** The carrier is given up for the next candidate. */
const moveOn = {
  target: '#orchestrator.serving.arriving',
  reenter: true,
  actions: ['moveOn', 'dialCarrier'],
} as const;

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
    'speech.started': { actions: 'noteSpeech' },
    'speech.paused': { actions: ['noteMoment', 'notePause'] },
  },
  states: {
    idle: {
      description: 'Nothing is dialled yet. Audio may already be captured into the ring.',
      tags: 'idle',
      on: {
        'session.connect': {
          target: 'serving',
          actions: ['noteMoment', 'chooseFirst', 'dialCarrier'],
        },
      },
    },
    serving: {
      description: 'One candidate carries the session, or is on its way to.',
      initial: 'arriving',
      on: {
        'session.connect': { actions: 'hurry', description: 'No wait is sat out.' },
        'candidate.served': {
          guard: 'isCarrier',
          target: '.steady',
          actions: ['noteServed', 'announceMove', 'announceMode'],
        },
        'candidate.confirmed': { actions: 'noteConfirmed' },
        'candidate.ready': { guard: 'isBeside', actions: 'noteReady' },
        'candidate.lost': [
          { ...takeOver, guard: 'canBeReplaced', actions: ['noteTrouble', 'takeOver'] },
          {
            ...moveOn,
            guard: 'shouldFailOver',
            description: 'Two dials failed within 3 s, or the wait would be a long one.',
            actions: ['noteTrouble', 'noteFailure', 'moveOn', 'dialCarrier'],
          },
          { guard: 'isCarrier', target: '.troubled', actions: ['noteTrouble', 'letUnreadyGo'] },
          {
            guard: 'isStandby',
            description: 'A standby that dies is dialled again by its own connection.',
            actions: 'noteUnready',
          },
          { guard: 'isBeside', target: '.steady', actions: ['noteFailure', 'letBesideGo'] },
        ],
        'candidate.failed': [
          { ...takeOver, guard: 'canBeReplaced', actions: ['noteFailure', 'takeOver'] },
          { ...moveOn, guard: 'hasNext', actions: ['noteFailure', 'moveOn', 'dialCarrier'] },
          { guard: 'mayDegrade', target: 'degraded', actions: ['noteFailure', 'letAllGo'] },
          { guard: 'isCarrier', target: 'suspended', actions: ['noteFailure', 'letAllGo'] },
          { guard: 'isStandby', actions: ['noteFailure', 'letBesideGo'] },
          { guard: 'isBeside', target: '.steady', actions: ['noteFailure', 'letBesideGo'] },
        ],
        'breaker.moved': [
          {
            ...moveOn,
            guard: 'isCarrierBarred',
            description: 'The carrier stalled, or failed elsewhere: the next one is tried.',
            actions: ['noteMoment', 'noteBreaker', 'moveOn', 'dialCarrier'],
          },
          { actions: ['noteMoment', 'noteBreaker'] },
        ],
        'faculty.lost': { guard: 'isCarrier', actions: ['noteFaculty', 'announceMode'] },
        'faculty.restored': { guard: 'isCarrier', actions: ['noteFaculty', 'announceMode'] },
      },
      states: {
        arriving: {
          description: 'The chosen candidate is dialled, or is given what it missed.',
          after: { failoverLimit: { ...moveOn, guard: 'hasAnother' } },
        },
        steady: {
          description: 'Audio flows. A standby is kept ready where a candidate asks for one.',
          entry: { type: 'dialBeside', params: { purpose: 'standby' } },
          on: {
            'end.announced': {
              guard: 'isCarrier',
              target: 'steady',
              reenter: true,
              actions: ['noteMoment', 'noteEnd'],
            },
            'speech.paused': [
              {
                guard: 'isReturnDue',
                target: 'preparing',
                description: 'A better candidate may work again: it is tried beside this one.',
                actions: [
                  'noteMoment',
                  'notePause',
                  { type: 'dialBeside', params: { purpose: 'return' } },
                ],
              },
              {
                actions: [
                  'noteMoment',
                  'notePause',
                  { type: 'dialBeside', params: { purpose: 'standby' } },
                ],
              },
            ],
          },
          after: {
            rotationDue: [
              { guard: 'hasReadySuccessor', target: 'prepared' },
              {
                guard: 'makesBeforeBreaks',
                target: 'preparing',
                description: 'The end of this session is near: its successor is dialled.',
                actions: { type: 'dialBeside', params: { purpose: 'rotation' } },
              },
              { guard: 'isEndKnown', target: 'prepared' },
            ],
          },
        },
        troubled: {
          description: 'The carrier lost its socket and dials again by itself.',
          after: { failoverLimit: { ...moveOn, guard: 'hasAnother' } },
        },
        preparing: {
          description: 'A successor is dialled beside the carrier.',
          on: {
            'candidate.ready': { guard: 'isBeside', target: 'prepared', actions: 'noteReady' },
          },
        },
        prepared: {
          description: 'All is ready for the change, which waits for a pause in speech.',
          always: [
            { guard: 'isQuietWithSuccessor', target: 'handingOver' },
            {
              guard: 'isQuiet',
              target: 'troubled',
              description: 'No second session is allowed: this one is let go first.',
              actions: 'rotateCarrier',
            },
          ],
          after: { lastCall: { target: 'prepared', actions: 'notePause', reenter: true } },
        },
        handingOver: {
          description: 'The carrier is asked for its last result, so that nothing is told twice.',
          invoke: {
            src: 'handover',
            id: 'handover',
            input: ({ context }) => ({
              from: context.carrier?.id ?? 0,
              to: context.beside?.id ?? 0,
            }),
            onDone: takeOver,
            onError: takeOver,
          },
          after: { handoverLimit: takeOver },
        },
      },
    },
    degraded: {
      description: 'Nobody serves: audio is recorded until a candidate may be tried again.',
      tags: 'reconnecting',
      entry: 'announceMode',
      on: {
        'session.connect': { target: 'serving', actions: ['chooseSoonest', 'dialCarrier'] },
        'network.restored': {
          target: 'serving',
          actions: ['noteMoment', 'noteOnline', 'chooseFirst', 'dialCarrier'],
        },
      },
      after: {
        recordOnlyLimit: 'suspended',
        nextProbe: { target: 'serving', actions: ['chooseSoonest', 'dialCarrier'] },
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
          actions: ['noteMoment', 'startOver', 'chooseFirst', 'dialCarrier'],
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
