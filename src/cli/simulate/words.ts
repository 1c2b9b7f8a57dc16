/** What a person is told of many seeds. */
import { colors } from '../colors.ts';
import { counted } from '../counted.ts';
import type { KnownMutant } from './world.ts';
import type { MutantRow, Totals } from '../../simulation/summary.ts';

export interface Progress {
  readonly seeds: number;
  /** Of 1; null where there is no end. */
  readonly doneRatio: number | null;
  readonly perSecond: number;
  readonly simulatedHours: number;
  readonly faults: number;
  readonly failed: number;
  readonly mutant?: string;
}

const BAR_WIDTH = 24;
const LINE_WIDTH = 120;

export function progressLine(progress: Progress): string {
  const { seeds, doneRatio, perSecond, simulatedHours, faults, failed, mutant } = progress;
  return [
    ...(mutant === undefined ? [] : [mutant]),
    ...(doneRatio === null ? [] : [barOf(doneRatio)]),
    `${whole(seeds)} seeds`,
    `${perSecond.toFixed(1)}/s`,
    `${simulatedHours.toFixed(1)} h simulated`,
    `${whole(faults)} faults`,
    mutant === undefined ? `${failed} failed` : `${failed} kill it`,
  ].join('  ');
}

function barOf(ratio: number): string {
  const full = Math.round(Math.min(1, Math.max(0, ratio)) * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}

export function totalsLines(
  totals: Totals,
  elapsedMs: number,
  perSecond: number,
): readonly string[] {
  const { seeds, violations, simulatedHours, chunks, gapChunks } = totals;
  const verdict =
    violations === 0 ? colors.green('no violation') : colors.red(counted(violations, 'violation'));
  const seconds = (elapsedMs / 1_000).toFixed(1);
  return [
    `${whole(seeds)} ${seeds === 1 ? 'seed' : 'seeds'}, ${simulatedHours.toFixed(2)} simulated hours in ` +
      `${seconds} s (${perSecond.toFixed(1)} seeds/s): ${verdict}`,
    `${whole(chunks)} chunks and messages, ${whole(gapChunks)} of them reported as gaps`,
    ...countsLines('faults fired', totals.faults),
    ...countsLines('came about', totals.sometimes),
    ...(totals.neverFired.length === 0
      ? []
      : wrapped('never fired', totals.neverFired).map((line) => colors.yellow(line))),
  ];
}

function countsLines(title: string, counts: Readonly<Record<string, number>>): readonly string[] {
  const fired = Object.entries(counts).filter(([, count]) => count > 0);
  if (fired.length === 0) return [];
  return wrapped(
    title,
    fired.map(([name, count]) => `${name} ${whole(count)}`),
  );
}

function wrapped(title: string, words: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = `${title}:`;
  words.forEach((word, at) => {
    const next = at === words.length - 1 ? word : `${word},`;
    if (line.length + next.length + 1 > LINE_WIDTH) {
      lines.push(line);
      line = ' ';
    }
    line += ` ${next}`;
  });
  return [...lines, line];
}

export interface MutantResult extends MutantRow {
  readonly mutant: KnownMutant;
  /** Seeds without a result: the process died, hung or threw. */
  readonly lost: number;
}

/** Killed where it must be, and not where it cannot. */
export function isAsExpected({ mutant, killed }: MutantResult): boolean {
  return killed === (mutant.expected === 'killed');
}

export function mutantLine(result: MutantResult, width: number): string {
  const { mutant, killed, share, by, seeds, lost } = result;
  const invariants = Object.entries(by).map(([id, count]) => `${id} (${count})`);
  const verdict = killed
    ? `killed    ${percent(share)} of ${counted(seeds, 'seed')}  by ${invariants.join(', ')}`
    : `survived  ${counted(seeds, 'seed')}`;
  const equivalent =
    mutant.expected === 'killed' ? '' : `  equivalent: ${mutant.expected.equivalent}`;
  const without = lost === 0 ? '' : `  ${counted(lost, 'seed')} without a result`;
  const line = `${mutant.name.padEnd(width)}  ${verdict}${equivalent}${without}`;
  return isAsExpected(result) ? line : colors.red(line);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`.padStart(7);
}

export function whole(count: number): string {
  return count.toLocaleString('en-US');
}
