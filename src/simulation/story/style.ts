/** How a sequence diagram looks: as the charts do, by day and by night. */
import { FONT_SIZE } from './shapes.ts';
import { PALETTES } from '../../charts/palette.ts';
import type { Palette } from '../../charts/palette.ts';

/** What goes wrong, and what must never be. */
interface Alarms {
  readonly band: string;
  readonly bandBorder: string;
  readonly struck: string;
  readonly alarm: string;
  readonly alarmed: string;
}

const ALARMS: Readonly<Record<'light' | 'dark', Alarms>> = {
  light: {
    band: '#fde7e4',
    bandBorder: '#d9a49c',
    struck: '#8a2a1b',
    alarm: '#b3261e',
    alarmed: '#ffffff',
  },
  dark: {
    band: '#341d1b',
    bandBorder: '#7a443d',
    struck: '#ffb4a8',
    alarm: '#8c1d18',
    alarmed: '#ffffff',
  },
};

export function storyStyle(): string {
  return [
    SHAPES,
    coloursOf(PALETTES.light, ALARMS.light),
    '@media (prefers-color-scheme: dark) {',
    coloursOf(PALETTES.dark, ALARMS.dark),
    '}',
  ].join('\n');
}

const SHAPES = `
text { font-family: 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif; font-size: ${FONT_SIZE}px; }
.title { font-size: 14px; font-weight: 600; }
.name { font-weight: 600; }
.folded { font-style: italic; }
.alarmed, .struck { font-weight: 600; }
.lifeline { stroke-dasharray: 3 4; }
.arrow { fill: none; stroke-width: 1.2; }
.said { paint-order: stroke; stroke-width: 3px; stroke-linejoin: round; }
`.trim();

function coloursOf(palette: Palette, alarms: Alarms): string {
  return [
    `.paper { fill: ${palette.paper}; }`,
    `.title, .name, .noted { fill: ${palette.text}; }`,
    `.said { fill: ${palette.text}; stroke: ${palette.paper}; }`,
    `.time, .folded { fill: ${palette.muted}; }`,
    `.lifeline { stroke: ${palette.rule}; }`,
    `.arrow { stroke: ${palette.line}; }`,
    `.tip, .dot { fill: ${palette.line}; }`,
    `.note { fill: ${palette.note}; stroke: ${palette.noteBorder}; }`,
    `.band, .blow { fill: ${alarms.band}; stroke: ${alarms.bandBorder}; }`,
    `.struck { fill: ${alarms.struck}; }`,
    `.alarm { fill: ${alarms.alarm}; }`,
    `.alarmed { fill: ${alarms.alarmed}; }`,
  ].join('\n');
}
