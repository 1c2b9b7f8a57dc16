/** What a lease can be told, by the names of its chart: one of a new session, or of one that is in a log. */
import type { leaseMachine } from '../../../../machines/lease.machine.ts';
import type { LeaseFact, LeaseFault, LeaseLog } from '../../../../machines/lease.types.ts';
import type { EventVariant, ModelMoment } from '../events.ts';
import { MODEL_START_AT_MS } from '../events.ts';
import type { PathOptions } from '../paths.ts';

type Machine = typeof leaseMachine;
type Variant = EventVariant<Machine>;
type Moment = ModelMoment<Machine>;

const DAY_MS = 86_400_000;
const GRACE_MS = 120_000;

/** Each deadline of the chart, and the moment before it. */
const LOOKS_MS = [1_999, 2_000, 29_999, 30_000, 119_999, 120_000, 299_999, 300_000, DAY_MS];

const going: LeaseLog = { isEnd: false, unattendedMs: 0, ageMs: 60_000 };

export const leaseModel: PathOptions<Machine> = {
  input: { graceMs: GRACE_MS, lifeMs: DAY_MS, atMs: MODEL_START_AT_MS },
  events: {
    'client.claimed': [
      claimed('a new session', null, true, isFirstRead),
      claimed('its log goes on', going, true, mayClaim),
      claimed('its app failed twice on a chunk', going, true, mayClaim, failed(1, 2)),
      claimed('its app failed four times', going, true, mayClaim, failed(0, 4)),
      claimed('its log ends', { ...going, isEnd: true }, true, mayClaim),
      claimed('its owner is gone for 150 s', { ...going, unattendedMs: 150_000 }, true, mayClaim),
      claimed('its owner is gone for longer', { ...going, unattendedMs: 150_001 }, true, mayClaim),
      claimed('it is a day old', { ...going, ageMs: DAY_MS }, true, mayClaim),
      claimed('the same client', null, true, isKept),
      claimed('another client', null, false, isKept),
    ],
    'client.attached': [
      attached('the newest', ({ epoch }) => epoch),
      attached('an overtaken one', ({ epoch }) => epoch - 1),
    ],
    'session.loggedOut': [
      loggedOut('its log goes on', going, mayLogOut),
      loggedOut('its log ends', { ...going, isEnd: true }, mayLogOut),
      loggedOut('here', null, isHere),
    ],
    'owner.fenced': [fact('owner.fenced', canBeFenced)],
    'store.failed': [fact('store.failed', isInterruptible)],
    'log.incomplete': [fact('log.incomplete', isInterruptible)],
    'app.failed': [appFailed()],
    'app.concluded': [fact('app.concluded', mayConclude)],
    'session.finished': [fact('session.finished', (moment) => !isOpening(moment))],
    'gateway.stopping': [fact('gateway.stopping', (moment) => !isOpening(moment))],
    ...Object.fromEntries(
      (
        [
          'fence.committed',
          'fence.unanswered',
          'app.opened',
          'client.detached',
          'end.committed',
          'log.settled',
          'gateway.stopped',
        ] as const
      ).map((type) => [type, [fact(type)]]),
    ),
    'time.passed': LOOKS_MS.map((passMs) => ({
      label: `${passMs.toLocaleString('en')} ms`,
      passMs,
      event: ({ nowMs }) => ({ type: 'time.passed', atMs: nowMs }),
    })),
  },
  distinguish: ({ isTakenOver, defeats, silences, ending, dueAtMs, isConcluded, faults }) => [
    isTakenOver,
    defeats,
    silences,
    ending,
    dueAtMs === null,
    isConcluded,
    faults.map(({ seq, times }) => `${seq} ${times}`).join(),
  ],
};

function claimed(
  label: string,
  log: LeaseLog | null,
  isSameClient: boolean,
  isPossible: (moment: Moment) => boolean,
  faults: readonly LeaseFault[] = [],
): Variant {
  return {
    label,
    event: (moment) =>
      isPossible(moment)
        ? {
            type: 'client.claimed',
            atMs: moment.nowMs,
            epoch: moment.context.epoch + 1,
            isSameClient,
            log,
            ...(log === null ? {} : { faults }),
          }
        : null,
  };
}

function attached(label: string, epochOf: (context: Moment['context']) => number): Variant {
  return {
    label,
    event: ({ context, nowMs }) => ({
      type: 'client.attached',
      atMs: nowMs,
      epoch: epochOf(context),
    }),
  };
}

function loggedOut(
  label: string,
  log: LeaseLog | null,
  isPossible: (moment: Moment) => boolean,
): Variant {
  return {
    label,
    event: (moment) =>
      isPossible(moment) ? { type: 'session.loggedOut', atMs: moment.nowMs, log } : null,
  };
}

/** On the first chunk; where nothing was handed over yet, as a whole. */
function appFailed(): Variant {
  return {
    label: '',
    event: (moment) =>
      canBreak(moment)
        ? { type: 'app.failed', atMs: moment.nowMs, seq: isOpening(moment) ? 0 : 1, done: 0 }
        : null,
  };
}

function fact(type: LeaseFact['type'], isPossible: (moment: Moment) => boolean = always): Variant {
  return {
    label: '',
    event: (moment) => (isPossible(moment) ? { type, atMs: moment.nowMs } : null),
  };
}

function always(): boolean {
  return true;
}

function isFirstRead({ state, context }: Moment): boolean {
  return state === 'claiming.reading' && context.defeats === 0;
}

/** Who was beaten by another asks for the same again. */
function mayClaim({ state, context }: Moment): boolean {
  return state === 'claiming.reading' && context.ending !== 'loggedOut';
}

function mayLogOut({ state, context }: Moment): boolean {
  return state === 'claiming.reading' && (context.defeats === 0 || context.ending === 'loggedOut');
}

function isKept({ state }: Moment): boolean {
  return state.startsWith('kept.');
}

function isHere(moment: Moment): boolean {
  return moment.state === 'leaving' || (isKept(moment) && isInterruptible(moment));
}

function isOpening({ state }: Moment): boolean {
  return state === 'kept.opening';
}

/** Of a new session nobody knows the name. */
function canBeFenced({ state, context }: Moment): boolean {
  if (state === 'kept.opening') return false; // nothing is written meanwhile
  return state !== 'claiming.fencing' || context.isTakenOver;
}

/** One that has said all is closed. */
function canBreak({ context }: Moment): boolean {
  return !context.isConcluded;
}

function mayConclude({ state, context }: Moment): boolean {
  return (state === 'kept.detached' || state === 'kept.attached') && !context.isConcluded;
}

function failed(seq: number, times: number): readonly LeaseFault[] {
  return [{ seq, times, done: 0 }];
}

/** A new session is opened at once: nothing else can happen meanwhile. */
function isInterruptible({ state, context }: Moment): boolean {
  return state !== 'kept.opening' || context.isTakenOver;
}
