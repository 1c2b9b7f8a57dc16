/**
 * When the orchestrator's timers fall due, and what time it is when something happens.
 *
 * A chart can ask no clock and an event of a timer brings no time, so the moments are noted when a state is entered.
 */
import { LONGEST_TIMER_MS } from './backoff.ts';
import { isBarred, isOther, wantsStandby } from './orchestrator.rules.ts';
import { usableAtMs } from './orchestrator.standings.ts';
import type { OrchestratorContext, TimerName } from './orchestrator.types.ts';

/** A dial that hangs is not waited for longer than this where another candidate can be had. */
const FAILOVER_AFTER_MS = 5_000;

/** A break that lasts longer is told as such: nobody serves, and audio is only recorded. */
const UNSERVED_AFTER_MS = 10_000;

/** The final of what was said is waited for no longer than this. */
const HANDOVER_LIMIT_MS = 1_500;

/** A planned end is met by then, whether anybody speaks or not. */
const LAST_CALL_MS = 5_000;

/** Between two rotations: else a service that announces an end at once would make a storm. A sooner end is met by its own dial. */
const ROTATION_EVERY_MS = 10_000;

const NEVER = Infinity;

type Moments = Readonly<Record<TimerName, number>>;

/** The moments that the timers of a state wait for, seen from the moment at which it is entered. */
export function dueTimes(context: OrchestratorContext): Moments {
  const { nowMs } = context;
  const within = (atMs: number): number =>
    Math.min(Math.max(nowMs, atMs), nowMs + LONGEST_TIMER_MS);

  return {
    failoverLimit: within(failoverAtMs(context)),
    unservedLimit: within((context.unservedSinceMs ?? nowMs) + UNSERVED_AFTER_MS),
    handoverLimit: within(nowMs + HANDOVER_LIMIT_MS),
    rotationDue: within(rotationAtMs(context)),
    leaveBy: within(leaveByMs(context)),
    standbyDue: within(standbyAtMs(context)),
    lastCall: within(context.endsAtMs === null ? NEVER : context.endsAtMs - LAST_CALL_MS),
    nextProbe: within(probeAtMs(context)),
    recordOnlyLimit: within(recordOnlyEndsAtMs(context)),
  };
}

/** The delays of the chart, each from the moment at which its state was entered. */
export const delays = {
  failoverLimit: untilDue('failoverLimit'),
  unservedLimit: untilDue('unservedLimit'),
  handoverLimit: untilDue('handoverLimit'),
  rotationDue: untilDue('rotationDue'),
  leaveBy: untilDue('leaveBy'),
  standbyDue: untilDue('standbyDue'),
  lastCall: untilDue('lastCall'),
  nextProbe: untilDue('nextProbe'),
  recordOnlyLimit: untilDue('recordOnlyLimit'),
};

/** The moment of an event: what it tells, when its timer was due, or else the newest moment that is known. */
export function momentOf(context: OrchestratorContext, event: { readonly type: string }): number {
  return Math.max(context.nowMs, toldAtMs(event) ?? dueOf(context, event.type) ?? 0);
}

function recordOnlyEndsAtMs(context: OrchestratorContext): number {
  return (context.recordOnlySinceMs ?? context.nowMs) + context.recordOnlyMs;
}

/** What stands ready is taken at the limit; a candidate that may not be dialled by then, as soon as it may be. */
function failoverAtMs(context: OrchestratorContext): number {
  const limitAtMs = (context.unservedSinceMs ?? context.nowMs) + FAILOVER_AFTER_MS;
  if (context.beside?.isReady === true) return limitAtMs;
  const others = context.standings.filter((_, index) => isOther(context, index));
  return Math.max(limitAtMs, Math.min(...others.map(usableAtMs)));
}

function rotationAtMs(context: OrchestratorContext): number {
  const { endsAtMs, leavesAtMs, rotationLeadMs, candidates, carrier, standings, rotatedAtMs } =
    context;
  if (endsAtMs === null || carrier === null) return NEVER;
  const endsAfterMs = candidates[carrier.candidate]?.endsAfterMs ?? NEVER;
  const leadMs = Math.min(rotationLeadMs, endsAfterMs / 2);
  const earliestMs = (rotatedAtMs ?? -NEVER) + ROTATION_EVERY_MS;
  const standing = standings[carrier.candidate]; // its last successor may have failed a moment ago
  const dueAtMs = leavesAtMs ?? endsAtMs - leadMs;
  return Math.max(dueAtMs, earliestMs, standing ? usableAtMs(standing) : 0);
}

/** A pause is waited for through half of what is left: those who were told at once do not all go at the end of it. */
function leaveByMs({ endsAtMs, leavesAtMs, nowMs }: OrchestratorContext): number {
  return endsAtMs === null ? NEVER : ((leavesAtMs ?? nowMs) + endsAtMs) / 2;
}

function standbyAtMs(context: OrchestratorContext): number {
  const { beside, isOnline, standings } = context;
  if (beside !== null || !isOnline) return NEVER;
  const wants = isBarred(context) ? isOther : wantsStandby;
  const wanted = standings.filter((_, index) => wants(context, index));
  return Math.min(...wanted.map(usableAtMs));
}

function probeAtMs({ standings }: OrchestratorContext): number {
  return Math.min(...standings.map(usableAtMs));
}

function untilDue(name: TimerName): (facts: { readonly context: OrchestratorContext }) => number {
  return ({ context }) => Math.max(0, (context.dueAtMs[name] ?? 0) - context.nowMs);
}

function toldAtMs(event: object): number | null {
  if ('atMs' in event && typeof event.atMs === 'number') return event.atMs;
  return 'output' in event && typeof event.output === 'object' && event.output !== null
    ? toldAtMs(event.output)
    : null;
}

/** Of `xstate.after.lastCall.orchestrator.serving.prepared`, when `lastCall` was due. */
function dueOf({ dueAtMs }: OrchestratorContext, type: string): number | null {
  const [, after, name] = type.split('.');
  return after === 'after' ? (dueAtMs[name as TimerName] ?? null) : null;
}
