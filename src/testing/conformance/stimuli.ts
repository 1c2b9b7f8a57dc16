/**
 * What can really happen to a session's connection, situation by situation: the events that paths are made of.
 *
 * The chart takes any event at any time; a session does not. A socket that opens is configured at once, a restoration
 * ends by itself, and silence is noticed before it is suspected. What cannot be caused is not offered.
 */
import { waysOf } from './provider-server.ts';
import type { ServiceScript, Ways } from './provider-server.ts';
import type { Setting } from './settings.ts';
import type { connectionMachine } from '../../../machines/connection.machine.ts';
import type { ConnectionContext } from '../../../machines/connection.types.ts';
import type { Failure, FailureKind } from '../../../machines/failure.ts';
import type { EventVariant, ModelEvents, ModelMoment } from '../model/events.ts';

type Moment = ModelMoment<typeof connectionMachine>;
type Events = ModelEvents<typeof connectionMachine>;
type Variant = EventVariant<typeof connectionMachine>;

/** How a loss is caused. It stands in the code of the failure that a path carries. */
export type LossCause = 'refusal' | 'ending' | 'reset' | 'throws' | 'hedge';

const STANDING_BY = 'connected.standingBy';
const LINK_STATES = [STANDING_BY, 'connected.replaying', 'active'];
const DIAL_STATES = ['connecting.dialing', 'reconnecting.dialing'];

/** The events of one kind of session, whose service can do what the script says. */
export function stimuli(script: ServiceScript, { tries }: Setting): Events {
  const all = Object.entries(allEvents(script));
  return Object.fromEntries(
    all.map(([type, variants]) => [type, tries.includes(type) ? variants : [never]]),
  );
}

function allEvents(script: ServiceScript): Events {
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

function lossesOf({ refusals, endings }: ServiceScript): readonly Variant[] {
  return [
    ...lossesBy('refusal', refusals, isDialing),
    loss(isDialing, 'reset', 'transient'),
    loss(isDialing, 'throws', 'config'),
    ...lossesBy('ending', endings, hasLink),
    loss(hasLink, 'reset', 'transient'),
    loss(({ context }) => context.hedgeId !== null, 'hedge', 'transient'),
  ];
}

function lossesBy(
  cause: LossCause,
  ways: Ways<object>,
  can: (moment: Moment) => boolean,
): readonly Variant[] {
  return (Object.keys(ways) as FailureKind[]).flatMap((kind) =>
    waysOf(ways, kind).map((_, way) => loss(can, cause, kind, way)),
  );
}

function loss(
  can: (moment: Moment) => boolean,
  cause: LossCause,
  kind: FailureKind,
  way = 0,
): Variant {
  const failure: Failure = { kind, code: cause, detail: String(way) };
  const label = `${kind} by ${cause}${way === 0 ? '' : ` ${way + 1}`}`;
  return when(
    (moment) => can(moment) && isNews(moment, cause, kind),
    ({ context, nowMs }) => ({
      type: 'socket.lost',
      id: cause === 'hedge' ? idOf(context.hedgeId) : context.socketId,
      failure,
      atMs: nowMs,
      bufferedChunks: 0,
      unit: 0.5,
    }),
    cause === 'refusal' || cause === 'ending' ? label : cause,
  );
}

/**
 * Each way to fail is tried on the first link and on the dials that follow its loss; after that only what counts
 * repetitions is new.
 */
function isNews({ context, state }: Moment, cause: LossCause, kind: FailureKind): boolean {
  const { attempts } = context;
  if (attempts === 0 || cause === 'reset') return true;
  if (attempts > 1) return kind === 'auth' && cause === 'refusal';
  return state.endsWith('.dialing') || kind === 'planned' || kind === 'staleHandle';
}

/** The number of the script's way that a path's failure stands for. */
export function wayOf({ detail }: Failure): number {
  return Number(detail);
}

function when(can: (moment: Moment) => boolean, event: Variant['event'], label = ''): Variant {
  return { label, event: (moment) => (can(moment) ? event(moment) : null) };
}

function onLink(can: (moment: Moment) => boolean, event: Variant['event']): Variant {
  return when((moment) => hasLink(moment) && can(moment), event);
}

function done(actorId: string, output: unknown): Variant {
  return { label: '', event: () => ({ type: `xstate.done.actor.${actorId}`, actorId, output }) };
}

function broken(actorId: string): Variant {
  const error = new Error('it broke, as it was told to');
  return { label: '', event: () => ({ type: `xstate.error.actor.${actorId}`, actorId, error }) };
}

function isDialing({ state }: Moment): boolean {
  return DIAL_STATES.includes(state);
}

function hasLink({ state }: Moment): boolean {
  return LINK_STATES.includes(state);
}

function isSettingUp(state: string): boolean {
  return state.endsWith('.configuring') || state === 'connected.restoring';
}

/** Nothing is under way that ends by itself, and there is somebody to tell. What comes of it later is the same. */
function isCalm({ state, context }: Moment): boolean {
  const isThere = state !== 'idle' || context.lane === 0;
  return isThere && !isSettingUp(state) && context.attempts < 2;
}

function isMadeOffline({ context, state }: Moment): boolean {
  return context.candidate > 0 && state === 'reconnecting.backingOff';
}

function isWatched({ context }: Moment): boolean {
  return context.isWatched;
}

function isSuspected({ context }: Moment): boolean {
  return context.isWatched && context.silentSinceMs !== null;
}

function idOf(id: number | null): number {
  return id ?? -1;
}

/** What makes two situations different ones: everything that a guard reads, and no more. */
export function distinguish(context: ConnectionContext): readonly unknown[] {
  return [
    context.attempts,
    context.isOnline,
    context.isWatched,
    context.hedgeId !== null,
    context.silentSinceMs !== null,
    context.hasBeenConnected,
    context.credentialRefreshed,
    // Whether it is the same again counts for the two that are dialled at once.
    ['planned', 'staleHandle'].find((kind) => kind === context.failure?.kind) ?? null,
  ];
}
