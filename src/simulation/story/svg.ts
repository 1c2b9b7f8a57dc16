/** A story as a sequence diagram in one self-contained SVG: no script, no font, no address outside itself. */
import { lanesOf } from './lanes.ts';
import { hitsIn, MOST_ROWS } from './mermaid.ts';
import type { DiagramOptions } from './mermaid.ts';
import { momentsOf, windowOf } from './moments.ts';
import type { Told } from './moments.ts';
import { bandSvg, headSvg, LANE_WIDTH, placed, ROW_HEIGHT, rowSvg } from './shapes.ts';
import type { Sheet } from './shapes.ts';
import { storyStyle } from './style.ts';
import { plain, secondsText } from './text.ts';
import { escapeXml } from '../../charts/text.ts';
import { INVARIANTS } from '../simulation.types.ts';

const TIMES_WIDTH = 92;
const HEAD_HEIGHT = 72;
const MARGIN = 16;

export function storySvg(told: Told, options: DiagramOptions = {}): string {
  const moments = windowOf(momentsOf(told), options.mostRows ?? MOST_ROWS);
  const hits = hitsIn(told, options);
  const lanes = lanesOf(moments, told.faults, hits);
  const sheet: Sheet = {
    moments,
    lanes,
    left: TIMES_WIDTH,
    top: HEAD_HEIGHT,
    width: TIMES_WIDTH + lanes.names.length * LANE_WIDTH + LANE_WIDTH / 2 + MARGIN,
    height: HEAD_HEIGHT + moments.length * ROW_HEIGHT + MARGIN,
  };
  const { width, height } = sheet;
  const title = titleOf(told);
  const bands = placed(sheet, told, hits);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      'xml:space="preserve" role="img" aria-labelledby="t">',
    `<title id="t">${escapeXml(title)}</title>`,
    `<style>\n${storyStyle()}\n</style>`,
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">' +
      '<path class="tip" d="M0 1 L10 5 L0 9 z"/></marker></defs>',
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...[...bands].sort((a, b) => b.width - a.width).map((band) => bandSvg(band)),
    headSvg(sheet, title),
    ...moments.map((moment, row) => rowSvg(sheet, moment, row)),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function titleOf({ seed, violations }: Told): string {
  const [first] = violations;
  if (first === undefined) return `Seed ${seed}`;
  const { invariant, atMs } = first;
  return plain(`Seed ${seed}: ${invariant} at ${secondsText(atMs)}: ${INVARIANTS[invariant]}`);
}
