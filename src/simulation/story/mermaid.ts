/** A story as a Mermaid sequence diagram. */
import { byName, lanesOf } from './lanes.ts';
import type { Hits, Lanes } from './lanes.ts';
import { momentsOf, windowOf } from './moments.ts';
import type { Moment, Told } from './moments.ts';
import { plain, secondsText } from './text.ts';
import type { Fault, TraceEntry, WorldKind } from '../simulation.types.ts';

export interface DiagramOptions {
  /** How many rows at most: around the faults and the first violation. Default: 80. */
  readonly mostRows?: number;
  /** Whom a fault hits, as the trace names them. Default: by `on`, where the kind names what it hits. */
  readonly hits?: HitsOf;
}

/** Whom a fault hits in that world. */
export type HitsOf = (fault: Fault, world: WorldKind) => readonly string[];

export const MOST_ROWS = 80;

export function hitsIn({ world }: Told, { hits = byName }: DiagramOptions): Hits {
  return (fault) => hits(fault, world);
}

export function storyMermaid(told: Told, options: DiagramOptions = {}): string {
  const moments = windowOf(momentsOf(told), options.mostRows ?? MOST_ROWS);
  const lanes = lanesOf(moments, told.faults, hitsIn(told, options));
  const lines = [
    'sequenceDiagram',
    ...lanes.names.map((name, at) => `  participant p${at} as ${escapeMermaid(name)}`),
    ...moments.map((moment) => `  ${momentLine(moment, lanes)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function momentLine(moment: Moment, lanes: Lanes): string {
  const time = secondsText(moment.atMs);
  switch (moment.kind) {
    case 'entry':
      return entryLine(moment.entry, time, lanes);
    case 'folded':
      return noteOver(everywhere(lanes), moment.text);
    case 'violation': {
      const { invariant, message } = moment.violation;
      return noteOver(everywhere(lanes), `${time} VIOLATION ${invariant}: ${message}`);
    }
  }
}

function entryLine({ who, to, what, state }: TraceEntry, time: string, lanes: Lanes): string {
  const from = lanes.at(who);
  const text = `${time} ${what}${state === undefined ? '' : ` [${state}]`}`;
  const target = to === undefined ? null : lanes.at(to);
  if (from === null) {
    return noteOver(target === null ? everywhere(lanes) : `p${target}`, `${who}: ${text}`);
  }
  if (target === null) return noteOver(`p${from}`, text);
  return `p${from}->>p${target}: ${escapeMermaid(text)}`;
}

function noteOver(whom: string, text: string): string {
  return `Note over ${whom}: ${escapeMermaid(text)}`;
}

function everywhere({ names }: Lanes): string {
  return names.length < 2 ? 'p0' : `p0,p${names.length - 1}`;
}

/** By the codes that Mermaid knows; a semicolon would end the line, and a hash begin a code. */
function escapeMermaid(text: string): string {
  return plain(text).replaceAll(/[#;<>&%"{}]/g, (sign) => `#${sign.charCodeAt(0)};`);
}
