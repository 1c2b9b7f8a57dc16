/** What each fault did: when it was noticed, when audio flowed again, how much was sent again. */
import { clockText } from './io.ts';
import { breaksOf, carrierAt, endingOf, storyOf } from './story.ts';
import type { Break, StoryEntry } from './story.ts';
import { VOICE_PARTS } from './voice-parts.ts';
import type { Provider } from '../providers/contract.ts';
import { isHalfOpenKind } from '../simulators/faults/kinds.ts';
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
  /** Of the whole outage, also where several faults share it; null of what carries no audio of the recording. */
  readonly replayedChunks: number | null;
}

/** Faults so close to one another that nothing could show between them. */
const SAME_MOMENT_MS = 1_000;
/** The longest that a link may be silent before it counts as dead: machines/liveness.rules.ts. */
const DEAD_AT_MOST_MS = 15_000;

/** The same for these services, some of which are given more. */
export function deadAtMostMs(providers: readonly Pick<Provider, 'traits'>[]): number {
  const isAlone = providers.length === 1;
  const own = providers.map(({ traits: { liveness } }) =>
    Math.max(liveness?.deadAtLeastMs ?? 0, (isAlone && liveness?.deadAloneAtLeastMs) || 0),
  );
  return Math.max(DEAD_AT_MOST_MS, ...own);
}

/** @param deadMs after how long without a sign of life a link is let go of at the latest. */
export function outagesOf(
  faults: readonly FaultRecord[],
  story: readonly StoryEntry[],
  deadMs = DEAD_AT_MOST_MS,
): readonly Outage[] {
  const isInUse = ({ fault: { target }, firedAtMs }: FaultRecord): boolean =>
    isSame(target, carrierAt(story, firedAtMs));
  const used = faults.filter(isInUse);
  const outages = new Map<FaultRecord, Outage>();
  let next: Outage | null = null;
  for (const record of [...used].reverse()) {
    next = outageOf(record, next, story, deadMs);
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
  return VOICE_PARTS.flatMap((part) => {
    const own = faults.filter(({ fault: { target } }) => target === part);
    const outages = outagesOf(own, storyOf(story, part));
    return part === 'stt'
      ? outages
      : outages.map((outage) => ({ ...outage, replayedChunks: null }));
  }).sort((one, other) => one.firedAtMs - other.firedAtMs);
}

/** @param next what became of the next fault that hit whoever carried. */
function outageOf(
  record: FaultRecord,
  next: Outage | null,
  story: readonly StoryEntry[],
  deadMs: number,
): Outage {
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
  if (next !== null && sharesOutage(record, next, deadMs)) return sharedBy(record, next);

  const { atMs, isComplete } = endingOf(story);
  const couldShow = isComplete || atMs - firedAtMs > deadMs;
  return toldOf(record, [], couldShow ? 'riddenOut' : 'cutShort');
}

/** Whether what nobody had noticed when the next fault fired came to light with it. */
function sharesOutage({ fault, firedAtMs }: FaultRecord, next: Outage, deadMs: number): boolean {
  if (next.noticedAfterMs === null) return false;
  if (isSameMoment({ firedAtMs }, next)) return true;
  const noticedAfterMs = next.firedAtMs + next.noticedAfterMs - firedAtMs;
  return isHalfOpenKind(fault.kind) && noticedAfterMs <= deadMs;
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

/** To those that carry none of the recording's audio, none flows: they work again. */
export function outageTable(outages: readonly Outage[], startedAtMs: number): readonly string[] {
  const isOfParts = outages.some(({ replayedChunks }) => replayedChunks === null);
  const hasAudio = outages.some(({ replayedChunks }) => replayedChunks !== null);
  const rows = outages.map((outage) => [
    outage.fault,
    clockText(outage.firedAtMs - startedAtMs),
    noticedText(outage),
    flowedText(outage),
    ...(hasAudio ? [String(outage.replayedChunks ?? '')] : []),
  ]);
  const worked = isOfParts ? 'works again' : 'audio flowed';
  const head = ['what broke', 'after start', 'noticed', worked];

  return table(hasAudio ? [...head, 'chunks replayed'] : head, rows);
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
