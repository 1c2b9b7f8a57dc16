/** What each fault did: when it was noticed, when audio flowed again, how much was sent again. */
import { clockText } from './io.ts';
import { breaksOf, carrierAt, endingOf, storyOf } from './story.ts';
import type { Break, StoryEntry } from './story.ts';
import { VOICE_PARTS } from './voice-parts.ts';
import { isHalfOpenKind } from '../simulators/faults/kinds.ts';
import type { FaultPlan } from '../simulators/faults/plan.ts';
import type { FaultRecord } from '../simulators/faults/proxy.ts';

/**
 * `riddenOut`: audio flowed on. `notInUse`: it hit a service that carried nothing. `alreadyBroken`: no audio flowed when it
 * fired. `cutShort`: the run ended before it could show.
 */
export type OutageOutcome = 'noticed' | 'riddenOut' | 'notInUse' | 'alreadyBroken' | 'cutShort';

export interface Outage {
  readonly fault: string;
  /** On the story's clock. */
  readonly firedAtMs: number;
  readonly outcome: OutageOutcome;
  /** From the fault on; null where nobody had to notice. */
  readonly noticedAfterMs: number | null;
  readonly flowingAfterMs: number | null;
  /** Of the whole outage, also where several faults share it. */
  readonly replayedChunks: number;
}

/** Faults so close to one another that nothing could show between them. */
const SAME_MOMENT_MS = 1_000;
/** The longest that a link may be silent before it counts as dead: machines/liveness.rules.ts. */
const DEAD_AT_MOST_MS = 15_000;

export function outagesOf(
  faults: readonly FaultRecord[],
  story: readonly StoryEntry[],
): readonly Outage[] {
  const isInUse = ({ fault: { target }, firedAtMs }: FaultRecord): boolean =>
    isSame(target, carrierAt(story, firedAtMs));
  const used = faults.filter(isInUse);
  const outages = new Map<FaultRecord, Outage>();
  let next: Outage | null = null;
  for (const record of [...used].reverse()) {
    next = outageOf(record, next, story);
    outages.set(record, next);
  }

  return faults.map((record) => {
    const own = outages.get(record);
    if (own !== undefined) return own;
    const twin = used.find((other) => isSameMoment(other, record));
    const shared = twin && outages.get(twin);
    // What stands aside matters where the one that carries broke in the same moment.
    return shared && shared.noticedAfterMs !== null
      ? sharedBy(record, shared)
      : toldOf(record, [], 'notInUse');
  });
}

/** Of a voice agent: each part breaks alone. */
export function outagesOfParts(
  faults: readonly FaultRecord[],
  story: readonly StoryEntry[],
): readonly Outage[] {
  return VOICE_PARTS.flatMap((part) =>
    outagesOf(
      faults.filter(({ fault: { target } }) => target === part),
      storyOf(story, part),
    ),
  ).sort((one, other) => one.firedAtMs - other.firedAtMs);
}

/**
 * The faults of a plan that found nothing to break: what each service has fired are the first of its own.
 *
 * @param first whom a fault hits that names no service.
 */
export function notReached(
  plan: FaultPlan,
  fired: readonly FaultRecord[],
  first: string,
): FaultPlan {
  const left = new Map<string, number>();
  for (const { fault } of fired) {
    const target = fault.target ?? first;
    left.set(target, (left.get(target) ?? 0) + 1);
  }
  const faults = plan.faults.filter((fault) => {
    const target = fault.target ?? first;
    const count = left.get(target) ?? 0;
    left.set(target, count - 1);
    return count <= 0;
  });
  return { ...plan, faults };
}

/** @param next what became of the next fault that hit whoever carried. */
function outageOf(record: FaultRecord, next: Outage | null, story: readonly StoryEntry[]): Outage {
  const { firedAtMs, fault } = record;
  const breaks = breaksOf(story);
  const open = breaks.filter(({ noticedAtMs }) => noticedAtMs < firedAtMs).at(-1);
  if (open !== undefined && (open.flowingAtMs ?? Infinity) > firedAtMs) {
    return { ...toldOf(record, [open], 'alreadyBroken'), noticedAfterMs: null };
  }
  const untilMs = next?.firedAtMs ?? Infinity;
  const own = breaks.filter(
    ({ noticedAtMs, carrier }) =>
      noticedAtMs >= firedAtMs && noticedAtMs < untilMs && isSame(fault.target, carrier),
  );
  if (own.length > 0) return toldOf(record, own, 'noticed');
  if (next !== null && sharesOutage(record, next)) return sharedBy(record, next);

  const { atMs, isComplete } = endingOf(story);
  const couldShow = isComplete || atMs - firedAtMs > DEAD_AT_MOST_MS;
  return toldOf(record, [], couldShow ? 'riddenOut' : 'cutShort');
}

/** Whether what nobody had noticed when the next fault fired came to light with it. */
function sharesOutage({ fault, firedAtMs }: FaultRecord, next: Outage): boolean {
  if (next.noticedAfterMs === null) return false;
  if (isSameMoment({ firedAtMs }, next)) return true;
  const noticedAfterMs = next.firedAtMs + next.noticedAfterMs - firedAtMs;
  return isHalfOpenKind(fault.kind) && noticedAfterMs <= DEAD_AT_MOST_MS;
}

function sharedBy(record: FaultRecord, shared: Outage): Outage {
  const shift = (afterMs: number | null): number | null =>
    afterMs === null ? null : Math.max(0, shared.firedAtMs + afterMs - record.firedAtMs);
  return {
    ...shared,
    fault: nameOf(record),
    firedAtMs: record.firedAtMs,
    noticedAfterMs: shift(shared.noticedAfterMs),
    flowingAfterMs: shift(shared.flowingAfterMs),
  };
}

function toldOf(record: FaultRecord, during: readonly Break[], outcome: OutageOutcome): Outage {
  const { firedAtMs } = record;
  const [first] = during;
  const flowingAtMs = during.at(-1)?.flowingAtMs ?? null;
  return {
    fault: nameOf(record),
    firedAtMs,
    outcome,
    noticedAfterMs: first === undefined ? null : first.noticedAtMs - firedAtMs,
    flowingAfterMs: flowingAtMs === null ? null : flowingAtMs - firedAtMs,
    replayedChunks: during.reduce((sum, { replayedAfter }) => sum + replayedAfter, 0),
  };
}

type Moment = Pick<FaultRecord, 'firedAtMs'>;

function isSameMoment(one: Moment, other: Moment): boolean {
  return Math.abs(one.firedAtMs - other.firedAtMs) <= SAME_MOMENT_MS;
}

/** A session with one service names none. */
function isSame(target: string | undefined, carrier: string | undefined): boolean {
  return target === undefined || carrier === undefined || target === carrier;
}

function nameOf({ fault: { target, kind } }: FaultRecord): string {
  return target === undefined ? kind : `${target}: ${kind}`;
}

export function outageTable(outages: readonly Outage[], startedAtMs: number): readonly string[] {
  const rows = outages.map((outage) => [
    outage.fault,
    clockText(outage.firedAtMs - startedAtMs),
    noticedText(outage),
    flowedText(outage),
    String(outage.replayedChunks),
  ]);

  return table(['what broke', 'after start', 'noticed', 'audio flowed', 'chunks replayed'], rows);
}

const WORDS: Readonly<Record<OutageOutcome, string>> = {
  noticed: '-',
  riddenOut: 'ridden out',
  notInUse: 'not in use then',
  alreadyBroken: 'broken already',
  cutShort: 'run ended before it could show',
};

function noticedText({ outcome, noticedAfterMs }: Outage): string {
  return noticedAfterMs === null ? WORDS[outcome] : `+${seconds(noticedAfterMs)}`;
}

function flowedText({ outcome, flowingAfterMs }: Outage): string {
  if (flowingAfterMs !== null) return `+${seconds(flowingAfterMs)}`;
  return outcome === 'noticed' || outcome === 'alreadyBroken' ? 'not again' : '-';
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();

  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)];
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
