/**
 * Lease: may this client come back?
 *
 * Who owns a session, and how long it lives. A session is an ordered log; whoever has committed a fence in it owns it, and
 * learns at its next append that another has. A gateway has thousands, so no actor runs here and no timer: the chart is
 * stepped by `transition()`, and its deadlines are data that somebody looks at now and then. What it emits are orders.
 *
 * Chart: visualizations/charts/lease.svg
 */
import { initialLease } from './lease.rules.ts';
import { dismiss, leaseSetup, noteEnding, release } from './lease.setup.ts';

/** While a record is on its way that is to make the session ours. */
const contending = {
  'owner.fenced': [
    {
      guard: 'mayLookAgain',
      target: 'reading',
      description: 'Another was faster.',
      actions: 'noteDefeat',
    },
    { target: '#lease.givenUp', description: 'Others are faster again and again.' },
  ],
  'fence.unanswered': [
    {
      guard: 'mayAskAgain',
      description: 'Asked again, under the same id.',
      actions: 'noteSilence',
    },
    { target: '#lease.givenUp' },
  ],
} as const;

export const leaseMachine = leaseSetup.createMachine({
  id: 'lease',
  context: ({ input }) => initialLease(input),
  initial: 'claiming',
  states: {
    claiming: {
      description: 'Not ours yet: all that is known here is what its log says.',
      initial: 'reading',
      on: { 'store.failed': { target: 'givenUp' } },
      states: {
        reading: {
          description: 'Somebody wants it: the tail of its log says whether it is to be had.',
          on: {
            'client.claimed': [
              { guard: 'isEnded', target: '#lease.over' },
              {
                guard: 'isOverdue',
                target: 'closing',
                description:
                  'By our clock. Its owner may live, and is to learn of it: the log says so first.',
                actions: 'noteOverdue',
              },
              { target: 'fencing', actions: 'noteClaim' },
            ],
            'session.loggedOut': [
              { guard: 'isEnded', target: '#lease.over' },
              {
                target: 'closing',
                description: 'Wherever it lives: who owns it learns of it at the next append.',
                actions: noteEnding('loggedOut'),
              },
            ],
          },
        },
        fencing: {
          description: 'A fence is on its way, behind the tail that was read.',
          on: {
            ...contending,
            'fence.committed': { target: '#lease.kept', actions: 'forgetRivals' },
          },
        },
        closing: {
          description: 'The record that says that it is over is on its way, behind the tail.',
          on: { ...contending, 'end.committed': { target: '#lease.ended' } },
        },
      },
    },
    kept: {
      description: 'Ours: what is accepted gets into the log, and stays there.',
      initial: 'opening',
      on: {
        'session.finished': { target: 'ending', actions: noteEnding('finished') },
        'session.loggedOut': { target: 'ending', actions: noteEnding('loggedOut') },
        'owner.fenced': { target: 'fenced' },
        'store.failed': { target: 'lost' },
        'app.failed': [
          {
            guard: 'isPoisoned',
            target: 'leaving',
            description: 'Always on the same: that is set aside, and its client is told.',
            actions: ['noteFault', 'setAside', dismiss('storeUnavailable')],
          },
          {
            guard: 'isHopeless',
            target: 'ending',
            description: 'Again and again, and nothing that could be left out would help.',
            actions: noteEnding('failed'),
          },
          {
            target: 'leaving',
            description: 'It is opened anew, here or elsewhere.',
            actions: ['noteFault', 'countInLog', dismiss('storeUnavailable')],
          },
        ],
        'app.concluded': { actions: 'noteConclusion' },
        'gateway.stopping': { target: 'leaving', actions: dismiss('draining') },
      },
      states: {
        opening: {
          description: 'The application opens it, and is handed what its former owner left undone.',
          on: {
            'app.opened': { target: 'detached', actions: 'startGrace' },
            'log.incomplete': {
              target: '#lease.ending',
              description: 'Nobody could go on with it: its client begins anew with what it holds.',
              actions: noteEnding('lost'),
            },
            'app.failed': {
              guard: 'isUnopened',
              target: '#lease.ending',
              description: 'Nobody knows of it yet: nothing is to be left of it.',
              actions: ['noteFault', noteEnding('unopened')],
            },
          },
        },
        detached: {
          description: 'Nobody is there, and the grace runs. What comes of the audio is kept.',
          on: {
            'client.claimed': { target: 'returning', actions: 'noteClaim' },
            'client.attached': {
              guard: 'isNewest',
              target: 'attached',
              description: 'One whose fence was overtaken by another is not let in.',
            },
            'time.passed': [
              {
                guard: 'isAllSaid',
                target: '#lease.ending',
                description: 'Nothing is lost by who does not come back for the answer.',
                actions: noteEnding('finished'),
              },
              { guard: 'isTooOld', target: '#lease.ending', actions: noteEnding('aged') },
              { guard: 'isDue', target: '#lease.ending', actions: noteEnding('expired') },
            ],
          },
        },
        returning: {
          description:
            'A fence for a newer socket is on its way: nothing of an older one counts, and the grace waits.',
          entry: 'waitForFence',
          on: { 'fence.committed': { target: 'detached', actions: 'startGrace' } },
        },
        attached: {
          description: 'The client is there, on one socket: the newest.',
          entry: 'startRenewing',
          on: {
            'client.claimed': [
              {
                guard: 'isOfSameClient',
                target: 'returning',
                actions: ['noteClaim', dismiss('fenced')],
              },
              {
                target: 'returning',
                description: 'Another has its token: the older one must not come back for it.',
                actions: ['noteClaim', dismiss('superseded')],
              },
            ],
            'client.detached': { target: 'detached', actions: ['startGrace', 'renew'] },
            'time.passed': [
              { guard: 'isTooOld', target: '#lease.ending', actions: noteEnding('aged') },
              {
                guard: 'isDue',
                description:
                  'The log is to show that its owner lives, also of a client that is silent.',
                actions: ['startRenewing', 'renew'],
              },
            ],
          },
        },
      },
    },
    ending: {
      description: 'Over for good: the application is closed, and the last record is on its way.',
      entry: ['dismissForGood', 'writeEnd'],
      on: {
        'end.committed': { target: 'ended', actions: 'releaseForGood' },
        'owner.fenced': {
          target: 'fenced',
          description: 'It goes on elsewhere: its log is not ours to end, nor to purge.',
        },
        'store.failed': { target: 'lost' },
        'gateway.stopped': { target: 'left' },
      },
    },
    leaving: {
      description: 'It is given up here. What was accepted still gets into the log.',
      entry: ['startLeaving', 'settle'],
      on: {
        'time.passed': {
          guard: 'isDue',
          target: 'left',
          description: 'What is not in the log by now was acknowledged to nobody.',
        },
        'log.settled': { target: 'left' },
        'session.loggedOut': { target: 'ending', actions: noteEnding('loggedOut') },
        'owner.fenced': { target: 'fenced' },
        'store.failed': { target: 'lost' },
        'gateway.stopped': { target: 'left' },
      },
    },
    ended: {
      description: 'The log says that it is over, and no more. Who asks is told so, for a while.',
      entry: ['startTelling', 'purge'],
      on: { 'time.passed': { guard: 'isDue', target: 'forgotten' } },
    },
    forgotten: {
      description: 'Nobody will ask any more.',
      type: 'final',
      entry: 'drop',
    },
    over: {
      description: 'It had ended before.',
      type: 'final',
    },
    givenUp: {
      description: 'Not to be had here now. The client tries elsewhere, or later.',
      type: 'final',
    },
    fenced: {
      description: 'Over here; it goes on elsewhere.',
      type: 'final',
      entry: [dismiss('fenced'), release('fenced')],
    },
    lost: {
      description: 'For so long nobody could say what is in the log: another may own it by now.',
      type: 'final',
      entry: [dismiss('storeUnavailable'), release('uncertain')],
    },
    left: {
      description: 'In the log, to be taken over.',
      type: 'final',
      entry: release('left'),
    },
  },
});
