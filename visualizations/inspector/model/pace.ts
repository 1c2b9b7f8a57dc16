/** How long things took, by the moments that the wire tells: in whole milliseconds, on the clock of whoever sent them. */
import type { Timeline } from './timeline.ts';

export interface PaceColumn {
  readonly fromSeq: number;
  readonly toSeq: number;
  /** The longest time from one event to the next in this column. */
  readonly gapMs: number;
  /** The longest time from an event to the snapshot that it led to. */
  readonly settleMs: number;
  /** The newest round-trip time that a context told; null where none did. */
  readonly rttMs: number | null;
  /** A connection was not up at some moment of it: its chart was in `reconnecting`. */
  readonly isBroken: boolean;
}

/** The events of one actor, or of all, in as many columns of equal count. */
export function paceOf(
  timeline: Timeline,
  actorId: string | null,
  columnCount: number,
): readonly PaceColumn[] {
  const { firstSeq, endSeq } = timeline;
  const total = endSeq - firstSeq;
  if (total <= 0) return [];
  const count = Math.min(columnCount, total);
  const columns: PaceColumn[] = [];
  let previousMs: number | null = null;
  for (let index = 0; index < count; index += 1) {
    const fromSeq = firstSeq + Math.floor((index * total) / count);
    const toSeq = firstSeq + Math.floor(((index + 1) * total) / count) - 1;
    let [gapMs, settleMs, isBroken] = [0, 0, false];
    let rttMs: number | null = null;
    for (let seq = fromSeq; seq <= toSeq; seq += 1) {
      const row = timeline.row(seq);
      if (row === undefined || (actorId !== null && row.actorId !== actorId)) continue;
      if (row.event.type !== '@xstate.event') {
        isBroken ||= isReconnecting(row.event.snapshot.value);
        rttMs = rttIn(row.event.snapshot.context) ?? rttMs;
        continue;
      }
      if (previousMs !== null) gapMs = Math.max(gapMs, row.atMs - previousMs);
      previousMs = row.atMs;
      const settled = row.settledSeq === null ? undefined : timeline.row(row.settledSeq);
      if (settled !== undefined) settleMs = Math.max(settleMs, settled.atMs - row.atMs);
    }
    columns.push({ fromSeq, toSeq, gapMs, settleMs, rttMs, isBroken });
  }
  return columns;
}

function isReconnecting(value: unknown): boolean {
  if (value === 'reconnecting') return true;
  return typeof value === 'object' && value !== null && 'reconnecting' in value;
}

/** As the connection chart and the liveness chart of tenuto keep it. */
function rttIn(context: unknown): number | null {
  const rtt = field(context, 'rtt');
  const newest = field(rtt, 'newestMs') ?? field(rtt, 'srttMs');
  return typeof newest === 'number' ? newest : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** `0 ms`, `340 ms`, `1.2 s`, `3 min`. */
export function shortDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 120_000) return `${(ms / 1_000).toFixed(1)} s`;
  return `${Math.round(ms / 60_000)} min`;
}
