/** What can happen to a connection, by the names of its chart. */
import {
  ending,
  lost,
  measured,
  ofAnother,
  ofCurrent,
  ofSockets,
  secondLost,
  stalled,
  unanswered,
  when,
} from './link-facts.ts';
import type { Machine } from './link-facts.ts';
import { providerLinkPolicy } from '../../../../machines/index.ts';
import type { PathOptions } from '../paths.ts';

const MAX_ATTEMPTS = 2;

export const connectionModel: PathOptions<Machine> = {
  input: {
    component: 'stt',
    policy: {
      ...providerLinkPolicy,
      maxAttempts: MAX_ATTEMPTS,
      jitter: 'none',
      retryInitialConnect: true,
    },
    refreshesCredential: true,
  },
  events: {
    'socket.opened': ofSockets('socket.opened'),
    'socket.configured': ofSockets('socket.configured'),
    'socket.lost': [
      lost('transient', { kind: 'transient', code: '1006' }),
      lost('planned', { kind: 'planned', code: '1001' }),
      lost('rate limit', { kind: 'rateLimited', code: 'http 429', retryAfterMs: 4_782 }),
      lost('credential refused', { kind: 'auth', code: 'http 401' }),
      lost('misconfigured', { kind: 'config', code: 'http 400' }),
      secondLost,
    ],
    'socket.unanswered': [
      unanswered('for too long', ({ socketId }) => socketId, 15_000),
      unanswered('nor its ping', ({ socketId }) => socketId, 1_000),
      unanswered('for a moment', ({ socketId }) => socketId, 999),
      unanswered('the second socket', ({ hedgeId }) => hedgeId, 15_000),
      unanswered('a former socket', () => -1, 15_000),
    ],
    'link.stalled': [
      stalled('for 30 s', ({ socketId }) => socketId, 30_000),
      stalled('for 12 s', ({ socketId }) => socketId, 12_000),
      stalled('for 11 s', ({ socketId }) => socketId, 11_000),
      stalled('a former socket', () => -1, 30_000),
    ],
    'link.ending': [ending('', ({ socketId }) => socketId), ending('a former socket', () => -1)],
    'move.due': [
      {
        label: '',
        event: ({ context, nowMs }) => when(context.isLeaving, { type: 'move.due', atMs: nowMs }),
      },
    ],
    'server.answered': [ofCurrent('server.answered'), ofAnother('server.answered')],
    'result.committed': [ofCurrent('result.committed'), ofAnother('result.committed')],
    // Liveness tells these, and only while it watches.
    'link.probe': [
      { label: '', event: ({ context }) => when(context.isWatched, { type: 'link.probe' }) },
    ],
    'link.suspected': [
      {
        label: '',
        event: ({ context, nowMs }) =>
          when(context.isWatched, { type: 'link.suspected', atMs: nowMs, silentForMs: 400 }),
      },
    ],
    'link.recovered': [
      {
        label: '',
        event: ({ context, nowMs }) =>
          when(context.isWatched && context.silentSinceMs !== null, {
            type: 'link.recovered',
            atMs: nowMs,
          }),
      },
    ],
    'link.answered': [
      {
        label: '',
        event: ({ context, nowMs }) =>
          when(context.isWatched, { type: 'link.answered', atMs: nowMs, rtt: null }),
      },
    ],
    'link.died': [
      {
        label: '',
        event: ({ context, nowMs }) =>
          when(context.isWatched && context.silentSinceMs !== null, {
            type: 'link.died',
            atMs: nowMs,
            silentForMs: 6_000,
            bufferedChunks: 9,
            unit: 0.5,
          }),
      },
    ],
    'link.measured': [measured('fresh', 0), measured('quiet', 5_000)],
    'session.rotate': [
      { label: '', event: ({ nowMs }) => ({ type: 'session.rotate', atMs: nowMs }) },
    ],
    'carrier.chosen': [
      { label: '', event: ({ nowMs }) => ({ type: 'carrier.chosen', atMs: nowMs, outage: null }) },
    ],
    'network.lost': [{ label: '', event: ({ nowMs }) => ({ type: 'network.lost', atMs: nowMs }) }],
    'network.restored': [
      {
        label: '',
        event: ({ nowMs }) => ({
          type: 'network.restored',
          atMs: nowMs,
          unit: 0.5,
          resetsAttempts: false,
        }),
      },
    ],
    'network.changed': [
      { label: '', event: ({ nowMs }) => ({ type: 'network.changed', atMs: nowMs, unit: 0.5 }) },
    ],
    'xstate.done.actor.sessionRestore': [
      {
        label: '',
        event: ({ nowMs }) => ({
          type: 'xstate.done.actor.sessionRestore',
          output: { resumed: false, toolCallsCarried: 0, atMs: nowMs },
        }),
      },
    ],
    'xstate.done.actor.bufferReplay': [
      {
        label: '',
        event: () => ({
          type: 'xstate.done.actor.bufferReplay',
          output: {
            replayedChunks: 3,
            audioReplayedMs: 60,
            audioLostMs: 0,
            duplicatesDropped: 0,
          },
        }),
      },
    ],
  },
  distinguish: (context) => [
    context.attempts >= MAX_ATTEMPTS,
    context.isOnline,
    context.hedgeId !== null,
    context.isLeaving,
    context.isWatched,
    context.silentSinceMs !== null,
    context.stalledSinceMs !== null,
    context.connectedAtMs === null && context.credentialRefreshed,
    context.role,
  ],
};
