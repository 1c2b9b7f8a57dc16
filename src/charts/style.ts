/** How a picture looks: the same rules for every chart, by day and by night. */
import { FONT_SIZES } from './face.ts';
import { PALETTES } from './palette.ts';
import type { Palette } from './palette.ts';

/** No CSS variable: not every viewer of pictures knows them. */
export function styleSheet(): string {
  return [
    SHAPES,
    coloursOf(PALETTES.light),
    '@media (prefers-color-scheme: dark) {',
    coloursOf(PALETTES.dark),
    '}',
  ].join('\n');
}

const SHAPES = `
text { font-family: 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif; font-size: ${FONT_SIZES.small}px; }
.title { font-size: ${FONT_SIZES.title}px; font-weight: 600; }
.actor { font-style: italic; }
.state, .compound, .nested { stroke-width: 1.3; }
.final, .ring, .decision { stroke-width: 1.3; }
.ring, .edge { fill: none; }
.anywhere { stroke-width: 1.2; stroke-dasharray: 5 3; }
.edge { stroke-width: 1.3; }
.rule { stroke-width: 1; }
`.trim();

function coloursOf(palette: Palette): string {
  const { text, muted, actor, line, border, note, noteBorder } = palette;
  return [
    `.paper { fill: ${palette.paper}; }`,
    `.label { fill: ${palette.paper}; stroke: ${palette.rule}; }`,
    `.title, .event { fill: ${text}; }`,
    `.guard, .note { fill: ${muted}; }`,
    `.actor { fill: ${actor}; }`,
    `.state { fill: ${palette.state}; stroke: ${border}; }`,
    `.compound { fill: ${palette.compound}; stroke: ${border}; }`,
    `.nested { fill: ${palette.nested}; stroke: ${border}; }`,
    `.rule { stroke: ${palette.rule}; }`,
    `.final { fill: ${palette.final}; }`,
    `.final, .ring { stroke: ${palette.finalBorder}; }`,
    `.anywhere, .decision { fill: ${note}; stroke: ${noteBorder}; }`,
    `.initial { fill: ${text}; }`,
    `.edge { stroke: ${line}; }`,
    `.tip { fill: ${line}; }`,
  ].join('\n');
}
