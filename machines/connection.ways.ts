/** The ways between the connection chart's states that several states share. */
import type { Route } from './connection.loss.ts';
import { stalled, vain } from './connection.patience.ts';
import type { LinkStalled, SocketUnanswered } from './connection.peer.ts';
import { tell } from './connection.signals.ts';

const lose = ['letGo', 'noteLoss', 'announceAttempt', tell.lost] as const;

const toError = {
  guard: leads('error'),
  target: '#connection.error',
  actions: ['letGo', 'noteFatalLoss'],
} as const;

const toNetworkWait = {
  guard: leads('waitingForNetwork'),
  target: '#connection.reconnecting.waitingForNetwork',
  actions: lose,
} as const;

const toBackoff = {
  guard: leads('backingOff'),
  target: '#connection.reconnecting.backingOff',
  actions: lose,
} as const;

/** Silence is a transient failure: it knows no rate limit and no announced end. */
const waysOutOfSilence = [toError, toNetworkWait, toBackoff] as const;

/** The ways out of a state that holds a socket, when that socket is lost. */
export const waysOut = [
  ...waysOutOfSilence,
  {
    guard: leads('waitingForRateLimit'),
    target: '#connection.reconnecting.waitingForRateLimit',
    actions: lose,
  },
  { guard: leads('dialing'), target: '#connection.reconnecting.dialing', actions: lose },
] as const;

/** A socket that opened, and whose service says nothing: the one that is dialled, or the one beside a silent one. */
const unanswered = {
  guard: 'isVain',
  description: 'The greeting got lost, or the service takes too long: it is given up, and lost.',
  actions: {
    type: 'abandon',
    params: ({ event }: { event: SocketUnanswered }) => vain(event),
  },
} as const;

/** What can happen to a link that stands, in `connected` and in `active` alike. */
export const linkEvents = {
  'socket.lost': [
    ...waysOut,
    {
      guard: 'isHedge',
      description:
        'The first carries on. A second that was refused for good is followed by none while this link stands.',
      actions: ['letHedgeGo', 'noteHedgeLoss'],
    },
  ],
  'link.died': waysOutOfSilence,
  'session.rotate': {
    guard: 'mayRotate',
    description: 'A known end is near and no second socket is allowed: let go, then dial.',
    target: '#connection.reconnecting.dialing',
    actions: lose,
  },
  'network.changed': [
    { guard: 'isWatched', actions: 'challenge' },
    {
      description: 'What stands may not stand any more: ask for a sign of life.',
      actions: ['watch', 'challenge'],
    },
  ],
  'network.restored': [
    { guard: 'isWatched', actions: ['noteOnline', 'challenge'] },
    {
      description: 'It may not have outlived the time without a network: ask for a sign of life.',
      actions: ['noteOnline', 'watch', 'challenge'],
    },
  ],
  'socket.unanswered': unanswered,
  'link.stalled': [
    {
      guard: 'isStuck',
      description: 'It lives, and has kept nothing for 30 s: another gateway is to be tried.',
      actions: {
        type: 'abandon',
        params: ({ event }: { event: LinkStalled }) => stalled('transient', event),
      },
    },
    {
      guard: 'isDegradedAnew',
      description: 'It lives, and has kept nothing for 12 s: the application is told, once.',
      actions: [
        'noteStall',
        {
          type: 'warn',
          params: ({ event }: { event: LinkStalled }) => stalled('perRequest', event),
        },
      ],
    },
  ],
  'link.measured': [
    { guard: 'isWatched', actions: 'forward' },
    {
      guard: 'isWorthWatching',
      description: 'It became quiet, or audio flows: watch.',
      actions: ['watch', 'forward'],
    },
  ],
  'link.answered': { actions: 'unwatch' },
  'link.probe': { actions: 'probe' },
  'link.suspected': [
    {
      guard: 'mayHedge',
      description:
        'Suspecting does not let go: a second socket is dialled beside the first; of a service that keeps sessions by a dial every half second until one opens.',
      actions: ['noteSuspicion', 'announceSuspicion', 'takeHedgeNumber', 'dialBeside'],
    },
    {
      description: 'No second socket may be dialled: it is told once, and waited for.',
      actions: ['announceFirstSuspicion', 'noteSuspicion'],
    },
  ],
  'link.ending': {
    guard: 'isEndingAnew',
    description:
      'It goes on serving until then: at some moment of the time that is left, another is dialled beside it.',
    actions: ['noteEnding', 'planMove'],
  },
  'move.due': {
    guard: 'mayHedge',
    description:
      'The first carries on until the second is ready; one that fails is followed by another.',
    actions: ['takeHedgeNumber', 'dialBeside'],
  },
  'link.recovered': {
    description:
      'It was only slow: the second socket is let go, and the next is dialled the later the oftener it was for nothing.',
    actions: ['forgetSuspicion', 'letHedgeGo', 'unwatch', 'announceRecovery'],
  },
  'socket.configured': {
    guard: 'isHedge',
    description: 'The second socket is ready before the first is lost: it carries on.',
    target: '#connection.connected',
    reenter: true,
    actions: ['promoteHedge', 'noteConnected'],
  },
  'server.answered': { guard: 'isCurrent', actions: 'noteAnswer' },
  'result.committed': {
    guard: 'isCurrent',
    actions: ['noteAnswer', 'noteProgress', tell.confirmed],
  },
} as const;

/** A socket that is being opened, and then told what we want of it. */
export const dialing = {
  entry: ['takeSocketNumber', 'dial'],
  on: {
    'socket.opened': { guard: 'isCurrent', target: 'configuring' },
    'network.restored': {
      guard: 'isOffline',
      description: 'What was dialled without a network may hang for long: another dial.',
      target: 'dialing',
      reenter: true,
      actions: ['letGo', 'noteOnline'],
    },
  },
} as const;

export const configuring = {
  on: {
    'socket.unanswered': unanswered,
    'socket.configured': {
      guard: 'isCurrent',
      target: '#connection.connected',
      actions: 'noteConnected',
    },
  },
} as const;

/** The network changed for the better: what waits dials soon. */
export const soon = {
  target: '#connection.reconnecting.backingOff',
  reenter: true,
  actions: 'dialSoon',
} as const;

function leads<R extends Route>(route: R) {
  return { type: 'leadsTo', params: { route } } as const;
}
