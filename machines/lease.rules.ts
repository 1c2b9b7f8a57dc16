/** What a lease computes: total functions of context and fact, so that no guard or action can throw. */
import type {
  LeaseContext,
  LeaseDismissal,
  LeaseEnding,
  LeaseEvent,
  LeaseInput,
  LeaseLog,
} from './lease.types.ts';

/** Another was faster: the loser looks again, but not for ever. */
export const MAX_DEFEATS = 5;

/** Under its id a fence is asked for again once: it is never written twice. */
export const MAX_SILENCES = 2;

/** Wall clocks of two machines differ, and a gateway takes a while to come back: rather too late than too early. */
const CLOCK_SLACK_MS = 30_000;

/** So many times within the grace an owner shows in the log that it lives: a silent client's session is not forsaken. */
const RENEWALS_PER_GRACE = 4;

/** What was accepted has so long to get into the log; of what is not there nobody was told that it is. */
export const LEAVE_MS = 2_000;

/** A client that was asleep for so long is told that its session is not known, and no longer that it has ended. */
export const TOLD_FOR_MS = 300_000;

const DISMISSAL_OF: Readonly<Record<LeaseEnding, LeaseDismissal>> = {
  finished: 'done',
  expired: 'graceExpired',
  aged: 'graceExpired',
  loggedOut: 'unknownSession',
  failed: 'storeUnavailable',
};

export function initialLease({ graceMs, lifeMs, atMs }: LeaseInput): LeaseContext {
  return {
    graceMs,
    lifeMs,
    epoch: 0,
    endsAtMs: atMs + lifeMs,
    dueAtMs: null,
    isTakenOver: false,
    defeats: 0,
    silences: 0,
    ending: null,
  };
}

/** What the log says it is: over, or left by its owner for so long that it is. */
export function isOver({ graceMs, lifeMs }: LeaseContext, log: LeaseLog | null): boolean {
  if (log === null) return false;
  return log.isEnd || log.unattendedMs > graceMs + CLOCK_SLACK_MS || log.ageMs >= lifeMs;
}

/** The log that an event brings. */
export function logIn(event: LeaseEvent): LeaseLog | null {
  return event.type === 'client.claimed' || event.type === 'session.loggedOut' ? event.log : null;
}

/** A session's life is counted from its first gateway on. */
export function afterClaim(context: LeaseContext, event: LeaseEvent): Partial<LeaseContext> {
  if (event.type !== 'client.claimed') return {};
  const { log, epoch, atMs } = event;
  if (log === null) return { epoch, silences: 0 };
  const leftMs = Math.max(0, context.lifeMs - Math.max(0, log.ageMs));
  return { epoch, silences: 0, isTakenOver: true, endsAtMs: atMs + leftMs };
}

export function graceEndMs({ graceMs }: LeaseContext, { atMs }: LeaseEvent): number {
  return atMs + graceMs;
}

export function renewalMs({ graceMs }: LeaseContext, { atMs }: LeaseEvent): number {
  return atMs + graceMs / RENEWALS_PER_GRACE;
}

export function isDue({ dueAtMs }: LeaseContext, { atMs }: Pick<LeaseEvent, 'atMs'>): boolean {
  return dueAtMs !== null && atMs >= dueAtMs;
}

/** Whether a look at the time could change anything: sweeping thousands costs nothing where not. */
export function isWorthALook(context: LeaseContext, atMs: number): boolean {
  return atMs >= Math.min(context.dueAtMs ?? Infinity, context.endsAtMs);
}

export function dismissalOf(ending: LeaseEnding | null): LeaseDismissal {
  return DISMISSAL_OF[ending ?? 'finished'];
}
