/** What a lease computes: total functions of context and fact, so that no guard or action can throw. */
import type {
  AppFailed,
  LeaseContext,
  LeaseDismissal,
  LeaseEnding,
  LeaseEvent,
  LeaseFault,
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

/** As often an application may fail on one thing: once may be chance, and twice the same trouble still. */
const MAX_FAULTS = 3;

/** As often it may not open, or fail as a whole: what it needs may be away for half a minute. */
const MAX_APP_FAULTS = 5;

const FIRST_APP_RETRY_MS = 2_000;
const FIRST_ITEM_RETRY_MS = 1_000;

/** Of what was not handled yet, so many may be set aside or have failed: an application that fails on all gets over none. */
export const MAX_OPEN_FAULTS = 16;

const DISMISSAL_OF: Readonly<Record<LeaseEnding, LeaseDismissal>> = {
  finished: 'done',
  expired: 'graceExpired',
  aged: 'graceExpired',
  loggedOut: 'unknownSession',
  unopened: 'storeUnavailable',
  lost: 'graceExpired',
  failed: 'protocolError',
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
    faults: [],
    isConcluded: false,
  };
}

/** Why it is over although its log does not say so: its owner has been gone for too long, or it is too old. Null: it is not. */
export function overdue({ graceMs, lifeMs }: LeaseContext, event: LeaseEvent): LeaseEnding | null {
  const log = logIn(event);
  if (log === null) return null;
  if (log.unattendedMs > graceMs + CLOCK_SLACK_MS) return 'expired';
  return log.ageMs >= lifeMs ? 'aged' : null;
}

/** The log that an event brings. */
export function logIn(event: LeaseEvent): LeaseLog | null {
  return event.type === 'client.claimed' || event.type === 'session.loggedOut' ? event.log : null;
}

/** A session's life is counted from its first gateway on. */
export function afterClaim(context: LeaseContext, event: LeaseEvent): Partial<LeaseContext> {
  if (event.type !== 'client.claimed') return {};
  const { log, epoch, atMs, faults = context.faults } = event;
  if (log === null) return { epoch, silences: 0, faults };
  const leftMs = Math.max(0, context.lifeMs - Math.max(0, log.ageMs));
  return { epoch, silences: 0, faults, ending: null, isTakenOver: true, endsAtMs: atMs + leftMs };
}

/** What it failed on now: of what was set aside before nothing more can be left out. */
function failedOn({ faults }: LeaseContext, { seq }: AppFailed): number {
  return isSetAside(faults, seq) ? 0 : seq;
}

/** What it has got over since is forgotten. */
function openFaults({ faults }: LeaseContext, { done }: AppFailed): readonly LeaseFault[] {
  return faults.filter((fault) => (fault.seq === 0 ? fault.done >= done : fault.seq > done));
}

export function afterFault(context: LeaseContext, event: LeaseEvent): readonly LeaseFault[] {
  if (event.type !== 'app.failed') return context.faults;
  const seq = failedOn(context, event);
  const faults = openFaults(context, event);
  const before = faults.find((fault) => fault.seq === seq);
  const isPast = seq !== 0 && seq <= event.done; // what follows it is handled: it cannot be handed over again
  const times = isPast ? MAX_FAULTS : (before?.times ?? 0) + 1;
  return [...faults.filter((each) => each !== before), { seq, times, done: event.done }];
}

/** It has failed on this one as often as it may, and can do without it. */
export function isPoisoned(context: LeaseContext, event: LeaseEvent): boolean {
  if (event.type !== 'app.failed' || isHopeless(context, event)) return false;
  return event.seq !== 0 && isSetAside(afterFault(context, event), event.seq);
}

/** Nothing that could be set aside would help. */
export function isHopeless(context: LeaseContext, event: LeaseEvent): boolean {
  const faults = afterFault(context, event);
  return isSetAside(faults, 0) || faults.length > MAX_OPEN_FAULTS;
}

/** The application is not handed it any more; of 0: the application is not opened any more. */
export function isSetAside(faults: readonly LeaseFault[], seq: number): boolean {
  const max = seq === 0 ? MAX_APP_FAULTS : MAX_FAULTS;
  return faults.some((fault) => fault.seq === seq && fault.times >= max);
}

/** When an application that failed may be opened again; 0: at once, without what it failed on. Null where it did not fail. */
export function appRetryMs({ faults }: Pick<LeaseContext, 'faults'>): number | null {
  const newest = faults.at(-1);
  if (newest === undefined) return null;
  const { seq, times } = newest;
  if (seq === 0) return FIRST_APP_RETRY_MS * 2 ** (times - 1);
  return times < MAX_FAULTS ? FIRST_ITEM_RETRY_MS * times : 0;
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
