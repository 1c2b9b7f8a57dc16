/** What each fault did: when it was noticed, when audio flowed again, how much was sent again. */
import type { StoryEntry } from './recording.ts';
import { clockText } from './io.ts';
import type { FaultRecord } from '../simulators/faults/proxy.ts';

export interface Outage {
  readonly fault: string;
  /** On the story's clock. */
  readonly firedAtMs: number;
  /** From the fault on; null where nobody had to notice. */
  readonly noticedAfterMs: number | null;
  readonly flowingAfterMs: number | null;
  readonly replayedChunks: number;
}

export function outagesOf(
  faults: readonly FaultRecord[],
  story: readonly StoryEntry[],
): readonly Outage[] {
  return faults.map((record, index) => {
    const untilMs = faults[index + 1]?.firedAtMs ?? Infinity;
    const own = story.filter(({ atMs }) => atMs >= record.firedAtMs && atMs < untilMs);
    const noticed = own.find(({ what }) => what === 'noticed');
    const flowing = noticed ? own.filter(({ what }) => what === 'flowing').at(-1) : undefined;
    const next = story.find(({ atMs, what }) => atMs >= untilMs && what === 'noticed');
    const replayedUntil = (next ?? story.at(-1))?.replayed ?? 0;

    return {
      fault: nameOf(record),
      firedAtMs: record.firedAtMs,
      noticedAfterMs: noticed ? noticed.atMs - record.firedAtMs : null,
      flowingAfterMs: flowing ? flowing.atMs - record.firedAtMs : null,
      replayedChunks: noticed ? replayedUntil - noticed.replayed : 0,
    };
  });
}

function nameOf({ fault: { target, kind } }: FaultRecord): string {
  return target === undefined ? kind : `${target}: ${kind}`;
}

export function outageTable(outages: readonly Outage[], startedAtMs: number): readonly string[] {
  const rows = outages.map((outage) => [
    outage.fault,
    clockText(outage.firedAtMs - startedAtMs),
    outage.noticedAfterMs === null ? 'ridden out' : `+${seconds(outage.noticedAfterMs)}`,
    flowedText(outage),
    String(outage.replayedChunks),
  ]);

  return table(['what broke', 'after start', 'noticed', 'audio flowed', 'chunks replayed'], rows);
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

function flowedText({ noticedAfterMs, flowingAfterMs }: Outage): string {
  if (flowingAfterMs !== null) return `+${seconds(flowingAfterMs)}`;
  return noticedAfterMs === null ? '-' : 'not again';
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}
