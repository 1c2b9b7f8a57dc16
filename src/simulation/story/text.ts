/** A story as lines in columns: when, who, what, and what state it is in from then on. */
import { momentsOf, windowOf } from './moments.ts';
import type { Moment, Told } from './moments.ts';
import { INVARIANTS } from '../simulation.types.ts';
import type { TraceEntry } from '../simulation.types.ts';

export interface TextOptions {
  /** How many lines at most: around the first violation, or at the end. Default: 60. */
  readonly mostLines?: number;
}

const MOST_LINES = 60;
/** What is longer does not push the last column away. */
const WIDEST_WHAT = 72;
const WIDEST_WHO = 24;

export function storyText(told: Told, { mostLines = MOST_LINES }: TextOptions = {}): string[] {
  const moments = windowOf(momentsOf(told), mostLines);
  const rows = moments.map(rowOf);
  const width = (column: 'time' | 'who' | 'what', most: number): number =>
    rows.reduce((widest, row) => Math.max(widest, Math.min(most, row[column].length)), 0);
  const [time, who, what] = [
    width('time', 20),
    width('who', WIDEST_WHO),
    width('what', WIDEST_WHAT),
  ];
  return rows.map((row) =>
    [row.time.padStart(time), row.who.padEnd(who), row.what.padEnd(what), row.state]
      .join('  ')
      .trimEnd(),
  );
}

interface Row {
  readonly time: string;
  readonly who: string;
  readonly what: string;
  readonly state: string;
}

function rowOf(moment: Moment): Row {
  const time = secondsText(moment.atMs);
  switch (moment.kind) {
    case 'entry':
      return { time, ...entryRow(moment.entry) };
    case 'folded':
      return { time: '', who: '', what: plain(moment.text), state: '' };
    case 'violation': {
      const { invariant, message } = moment.violation;
      const what = `${invariant}: ${INVARIANTS[invariant]}: ${plain(message)}`;
      return { time, who: 'VIOLATION', what, state: '' };
    }
  }
}

function entryRow({ who, to, what, state }: TraceEntry): Omit<Row, 'time'> {
  const whom = to === undefined ? '' : `-> ${plain(to)}: `;
  return {
    who: plain(who),
    what: `${whom}${plain(what)}`,
    state: state === undefined ? '' : `[${plain(state)}]`,
  };
}

/** A millisecond may matter; what is smaller is not told. */
export function secondsText(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}

/** What applications say is in traces too: one line, nothing that speaks to the terminal, and nothing that XML cannot hold. */
export function plain(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cs}\uFFFE\uFFFF]+/gu, ' ');
}
