/** Who has a lifeline in a diagram, and whose lifeline a fault lies over. */
import { FAULT } from './moments.ts';
import type { Moment } from './moments.ts';
import type { Fault } from '../simulation.types.ts';

/** The names of those whom a fault hits, as the trace has them; empty: all. */
export type Hits = (fault: Fault) => readonly string[];

export interface Lanes {
  readonly names: readonly string[];
  /** Null for who has none: who breaks things, and who was never heard of. */
  at(name: string): number | null;
}

/** Whom a fault hits that hits everybody. */
const ALL = 'all';
const KINDS = ['client', 'gateway', 'store', 'service', 'network'];

/** Applications first, then gateways, and what is behind them; each kind by its number. */
export function lanesOf(moments: readonly Moment[], faults: readonly Fault[], hits: Hits): Lanes {
  const found = new Set<string>();
  for (const moment of moments) {
    if (moment.kind !== 'entry') continue;
    const { who, to } = moment.entry;
    if (who !== FAULT) found.add(who);
    if (to !== undefined && to !== ALL) found.add(to);
  }
  for (const fault of faults) for (const name of hits(fault)) found.add(name);
  if (found.size === 0) found.add('world');
  const names = [...found].sort((a, b) => rankOf(a) - rankOf(b) || compare(a, b));
  return {
    names,
    at: (name) => {
      const at = names.indexOf(name);
      return at === -1 ? null : at;
    },
  };
}

/** `gatewayCrash` hits a gateway; faults count them from 0, and names from 1. */
export function byName({ kind, on }: Fault): readonly string[] {
  const whom = KINDS.find((each) => kind.toLowerCase().startsWith(each));
  if (whom === undefined || on === undefined) return [];
  return [`${whom} ${on + 1}`];
}

function rankOf(name: string): number {
  const rank = KINDS.findIndex((kind) => name.startsWith(kind));
  return rank === -1 ? KINDS.length : rank;
}

function compare(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
