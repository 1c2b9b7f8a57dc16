/**
 * What can really happen to a session's connection, situation by situation: the events that paths are made of.
 *
 * The chart takes any event at any time; a session does not. A socket that opens is configured at once, a restoration
 * ends by itself, and silence is noticed before it is suspected. What cannot be caused is not offered.
 */
import { lossesOf } from './losses.ts';
import {
  broken,
  done,
  idOf,
  isCalm,
  isDialing,
  isMadeOffline,
  isSettingUp,
  isSuspected,
  isWatched,
  onLink,
  REPLAYING,
  RESTORING,
  STANDING_BY,
  when,
} from './moments.ts';
import type { Variant } from './moments.ts';
import type { AnyScript } from './provider-server.ts';
import { isByRequest, isVoice } from './script-kinds.ts';
import type { Setting } from './settings.ts';
import type { connectionMachine } from '../../../machines/connection.machine.ts';
import type { ProviderTraits } from '../../providers/contract.ts';
import type { ModelEvents } from '../model/events.ts';

type Events = ModelEvents<typeof connectionMachine>;

/** Another silence than that of a request, which ends by its own time-out. */
const SUSPICION: readonly string[] = ['link.suspected', 'link.recovered', 'link.died'];
const PINGS: readonly string[] = ['link.probe', 'link.answered'];
const SILENCE: readonly string[] = ['link.measured', ...SUSPICION, ...PINGS];
const OF_AUDIO: readonly string[] = ['result.committed', 'xstate.error.actor.bufferReplay'];

/** The events of one kind of session, whose service can do what the script says. */
export function stimuli(script: AnyScript, traits: ProviderTraits, { tries }: Setting): Events {
  const all = Object.entries(allEvents(script));
  return Object.fromEntries(
    all.map(([type, variants]) => {
      const isTried = tries.includes(type) && hasPlace(type, script, traits);
      return [
        type,
        isTried ? variants.map((each) => placed(each as Variant, type, script)) : [never],
      ];
    }),
  );
}

/** Whether services of this kind have a place for it at all: what has none is named in `unsupported`. */
function hasPlace(type: string, script: AnyScript, { answersPings }: ProviderTraits): boolean {
  if (isVoice(script) && OF_AUDIO.includes(type)) return false;
  if (!isByRequest(script)) return true;
  return !SUSPICION.includes(type) && (answersPings || !PINGS.includes(type));
}

/** The same event, where it can come about. */
function placed({ label, event }: Variant, type: string, script: AnyScript): Variant {
  return when(
    ({ state, context }) => {
      // A replay of no audio ends as it begins.
      if (isVoice(script) && state === REPLAYING) return type === 'xstate.done.actor.bufferReplay';
      if (isVoice(script) && state === RESTORING) return type.endsWith('.actor.sessionRestore');
      if (!isByRequest(script)) return true;
      if (state === STANDING_BY) return !SILENCE.includes(type);
      // An answer is a result as well, and that starts the count of attempts anew.
      return type !== 'server.answered' || context.attempts === 0;
    },
    event,
    label,
  );
}

function allEvents(script: AnyScript): Events {
  return {
    'session.connect': [
      when(
        // A connection that is owned is told to connect once.
        ({ state, context }) => state === 'idle' || (context.lane === 0 && !isSettingUp(state)),
        () => ({ type: 'session.connect' }),
      ),
    ],
    'session.close': [
      when(
        ({ state }) => !isSettingUp(state),
        () => ({ type: 'session.close' }),
      ),
    ],
    'socket.opened': [
      when(isDialing, ({ context, nowMs }) => ({
        type: 'socket.opened',
        id: context.socketId,
        atMs: nowMs,
      })),
    ],
    'socket.configured': [
      when(
        ({ state }) => state.endsWith('.configuring'),
        ({ context, nowMs }) => ({ type: 'socket.configured', id: context.socketId, atMs: nowMs }),
      ),
      when(
        ({ context }) => context.hedgeId !== null,
        ({ context, nowMs }) => ({
          type: 'socket.configured',
          id: idOf(context.hedgeId),
          atMs: nowMs,
        }),
        'the second socket',
      ),
    ],
    'socket.lost': lossesOf(script),
    // Only a gateway is greeted, keeps what it is sent, and is left while it serves: it has tests of its own for that.
    'socket.unanswered': [never],
    'link.stalled': [never],
    'link.ending': [never],
    'move.due': [never],
    ...linkEvents,
    ...networkEvents,
    ...actorEvents,
    ...orders,
  };
}

const never: Variant = { label: '', event: () => null };

/** Silence is tried on the first link: on every later one it leads to the same. */
const linkEvents: Events = {
  'server.answered': [
    onLink(
      ({ context }) => context.answeredAtMs === null,
      ({ context, nowMs }) => ({ type: 'server.answered', id: context.socketId, atMs: nowMs }),
    ),
  ],
  'result.committed': [
    onLink(
      ({ context }) => !context.isWatched,
      ({ context, nowMs }) => ({ type: 'result.committed', id: context.socketId, atMs: nowMs }),
    ),
  ],
  'link.measured': [
    onLink(
      ({ context }) => context.attempts === 0,
      ({ nowMs }) => ({
        type: 'link.measured',
        atMs: nowMs,
        lastInboundAtMs: nowMs - 10_000,
        rttMs: null,
        isAudioFlowing: true,
        lateByMs: 0,
        bufferedChunks: 0,
        unit: 0.5,
      }),
    ),
  ],
  'link.probe': [onLink(isWatched, () => ({ type: 'link.probe' }))],
  'link.suspected': [
    onLink(isWatched, ({ nowMs }) => ({ type: 'link.suspected', atMs: nowMs, silentForMs: 0 })),
  ],
  'link.answered': [
    onLink(
      (moment) => isWatched(moment) && moment.context.silentSinceMs === null,
      ({ nowMs }) => ({ type: 'link.answered', atMs: nowMs, rtt: null }),
    ),
  ],
  'link.recovered': [
    onLink(isSuspected, ({ nowMs }) => ({ type: 'link.recovered', atMs: nowMs, rtt: null })),
  ],
  'link.died': [
    onLink(isSuspected, ({ nowMs }) => ({
      type: 'link.died',
      atMs: nowMs,
      silentForMs: 0,
      bufferedChunks: 0,
      unit: 0.5,
    })),
  ],
};

/** What the chart that owns a connection orders. */
const orders: Events = {
  'session.rotate': [
    onLink(
      ({ context }) => context.role === 'carrier' && context.attempts === 0,
      ({ nowMs }) => ({ type: 'session.rotate', atMs: nowMs, bufferedChunks: 0, unit: 0.5 }),
    ),
  ],
  'carrier.chosen': [
    when(
      ({ state }) => state === STANDING_BY,
      ({ nowMs }) => ({ type: 'carrier.chosen', atMs: nowMs, outage: null }),
    ),
  ],
};

const networkEvents: Events = {
  'network.lost': [
    when(
      (moment) => isCalm(moment) && moment.context.isOnline,
      ({ nowMs }) => ({ type: 'network.lost', atMs: nowMs }),
    ),
  ],
  'network.restored': [
    when(
      // A connection that is made while there is no network has not been told, and backs off.
      (moment) => isCalm(moment) && (!moment.context.isOnline || isMadeOffline(moment)),
      ({ nowMs }) => ({ type: 'network.restored', atMs: nowMs, unit: 0.5, resetsAttempts: true }),
    ),
  ],
  'network.changed': [
    when(isCalm, ({ nowMs }) => ({ type: 'network.changed', atMs: nowMs, unit: 0.5 })),
  ],
};

const actorEvents: Events = {
  'xstate.done.actor.sessionRestore': [
    done('sessionRestore', { resumed: false, toolCallsCarried: 0, atMs: 0 }),
  ],
  'xstate.done.actor.bufferReplay': [
    done('bufferReplay', {
      replayedChunks: 0,
      audioReplayedMs: 0,
      audioLostMs: 0,
      duplicatesDropped: 0,
    }),
  ],
  'xstate.done.actor.backoffTimer': [done('backoffTimer', undefined)],
  'xstate.done.actor.rateLimitWait': [done('rateLimitWait', undefined)],
  'xstate.error.actor.sessionRestore': [broken('sessionRestore')],
  'xstate.error.actor.bufferReplay': [broken('bufferReplay')],
  'xstate.error.actor.backoffTimer': [broken('backoffTimer')],
  'xstate.error.actor.rateLimitWait': [broken('rateLimitWait')],
};
