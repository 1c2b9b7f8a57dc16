/** The situations in which something can happen to a session's connection, as questions. */
import type { connectionMachine } from '../../../machines/connection.machine.ts';
import type { ConnectionContext } from '../../../machines/connection.types.ts';
import type { EventVariant, ModelMoment } from '../model/events.ts';

export type Moment = ModelMoment<typeof connectionMachine>;
export type Variant = EventVariant<typeof connectionMachine>;

export const STANDING_BY = 'connected.standingBy';
export const RESTORING = 'connected.restoring';
export const REPLAYING = 'connected.replaying';
const LINK_STATES = [STANDING_BY, REPLAYING, 'active'];
const DIAL_STATES = ['connecting.dialing', 'reconnecting.dialing'];

export function when(
  can: (moment: Moment) => boolean,
  event: Variant['event'],
  label = '',
): Variant {
  return { label, event: (moment) => (can(moment) ? event(moment) : null) };
}

export function onLink(can: (moment: Moment) => boolean, event: Variant['event']): Variant {
  return when((moment) => hasLink(moment) && can(moment), event);
}

export function done(actorId: string, output: unknown): Variant {
  return { label: '', event: () => ({ type: `xstate.done.actor.${actorId}`, actorId, output }) };
}

export function broken(actorId: string): Variant {
  const error = new Error('it broke, as it was told to');
  return { label: '', event: () => ({ type: `xstate.error.actor.${actorId}`, actorId, error }) };
}

export function isDialing({ state }: Moment): boolean {
  return DIAL_STATES.includes(state);
}

export function hasLink({ state }: Moment): boolean {
  return LINK_STATES.includes(state);
}

export function isSettingUp(state: string): boolean {
  return state.endsWith('.configuring') || state === RESTORING;
}

/** Nothing is under way that ends by itself, and there is somebody to tell. What comes of it later is the same. */
export function isCalm({ state, context }: Moment): boolean {
  const isThere = state !== 'idle' || context.lane === 0;
  return isThere && !isSettingUp(state) && context.attempts < 2;
}

export function isMadeOffline({ context, state }: Moment): boolean {
  return context.candidate > 0 && state === 'reconnecting.backingOff';
}

export function isWatched({ context }: Moment): boolean {
  return context.isWatched;
}

export function isSuspected({ context }: Moment): boolean {
  return context.isWatched && context.silentSinceMs !== null;
}

export function idOf(id: number | null): number {
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
