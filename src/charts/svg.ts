/** A laid-out chart as one self-contained SVG: no script, no font, no address outside itself. */
import { FONT_SIZES, LABEL_LINE_HEIGHT } from './face.ts';
import type { Face } from './face.ts';
import type { Box, Layout, PlacedEdge, PlacedNode, Point } from './layout.ts';
import { escapeXml } from './text.ts';

const CORNER_RADIUS = 7;
const BEND_RADIUS = 5;

const STYLE = `
text { font-family: 'Helvetica Neue', Helvetica, Arial, 'Liberation Sans', sans-serif; fill: #1f2933; }
.paper { fill: #ffffff; }
.state { fill: #f5f8fc; stroke: #52708f; stroke-width: 1.3; }
.compound { fill: #eaf1f9; fill-opacity: 0.55; stroke: #52708f; stroke-width: 1.3; }
.rule { stroke: #b8c7d6; stroke-width: 1; }
.final, .ring { fill: #f3f4f6; stroke: #4b5563; stroke-width: 1.3; }
.ring { fill: none; }
.any { fill: #fffbf0; stroke: #a98a3d; stroke-width: 1.2; stroke-dasharray: 5 3; }
.decision { fill: #fff4d6; stroke: #a98a3d; stroke-width: 1.3; }
.initial { fill: #1f2933; }
.edge { fill: none; stroke: #64748b; stroke-width: 1.25; }
.tip { fill: #64748b; }
.title { font-size: ${FONT_SIZES.title}px; font-weight: 600; }
.invoke { font-size: ${FONT_SIZES.invoke}px; font-style: italic; fill: #1d5c8a; }
.note { font-size: ${FONT_SIZES.note}px; fill: #5b6875; }
.heading text, .label { paint-order: stroke; stroke: #f5f9fd; stroke-width: 4px; stroke-linejoin: round; }
.label { font-size: ${FONT_SIZES.label}px; fill: #26323f; }
`.trim();

export function svgOf(layout: Layout, description: string): string {
  const { width, height } = layout;
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  const compounds = layout.nodes.filter(({ node }) => node.isCompound);
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-labelledby="t d">`,
    `<title id="t">${escapeXml(`Statechart: ${layout.title}`)}</title>`,
    `<desc id="d">${escapeXml(description)}</desc>`,
    `<style>${STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">' +
      '<path class="tip" d="M0 1 L10 5 L0 9 z"/></marker></defs>',
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...compounds.map(({ node, face, box }) => outline(node, face.height, box).join('')),
    ...layout.edges.flatMap(({ paths }) => paths.map(pathSvg)),
    ...compounds.map(headingSvg),
    ...layout.nodes.filter(({ node }) => !node.isCompound).map(nodeSvg),
    ...layout.edges.map(labelSvg).filter((part) => part !== ''),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

function nodeSvg({ node, face, box }: PlacedNode): string {
  const texts = textsSvg(face, box.x + box.width / 2, box.y, 'middle');
  return `<g>${titleSvg(node.tooltip)}${outline(node, face.height, box).join('')}${texts}</g>`;
}

/** Above the arrows, which may have to cross it, and on the left, where they seldom do. */
function headingSvg({ node, face, box }: PlacedNode): string {
  const texts = textsSvg(face, box.x + 12, box.y, 'start');
  return `<g class="heading">${titleSvg(node.tooltip)}${texts}</g>`;
}

function textsSvg(face: Face, x: number, top: number, anchor: 'start' | 'middle'): string {
  return face.lines
    .map(({ text, style, baseline }) => {
      const where = `text-anchor="${anchor}" x="${number(x)}" y="${number(top + baseline)}"`;
      return `<text class="${style}" ${where}>${escapeXml(text)}</text>`;
    })
    .join('');
}

function titleSvg(tooltip: string): string {
  return tooltip === '' ? '' : `<title>${escapeXml(tooltip)}</title>`;
}

function outline(node: PlacedNode['node'], faceHeight: number, box: Box): string[] {
  const middleX = box.x + box.width / 2;
  const middleY = box.y + box.height / 2;
  switch (node.kind) {
    case 'initial':
      return [`<circle class="initial" cx="${number(middleX)}" cy="${number(middleY)}" r="6"/>`];
    case 'decision': {
      const corners = [
        { x: middleX, y: box.y },
        { x: box.x + box.width, y: middleY },
        { x: middleX, y: box.y + box.height },
        { x: box.x, y: middleY },
      ];
      return [`<polygon class="decision" points="${corners.map(pair).join(' ')}"/>`];
    }
    case 'anyState':
      return [rectangle('any', box)];
    case 'state': {
      if (node.isFinal) return [rectangle('final', box), rectangle('ring', inset(box, 3))];
      if (!node.isCompound) return [rectangle('state', box)];
      const y = number(box.y + faceHeight);
      const rule = `<path class="rule" d="M${number(box.x)} ${y}H${number(box.x + box.width)}"/>`;
      return [rectangle('compound', box), rule];
    }
  }
}

function rectangle(style: string, { x, y, width, height }: Box): string {
  const where = `x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}"`;
  return `<rect class="${style}" ${where} rx="${CORNER_RADIUS}"/>`;
}

function inset({ x, y, width, height }: Box, by: number): Box {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}

function pathSvg(points: readonly Point[]): string {
  return `<path class="edge" marker-end="url(#tip)" d="${rounded(points)}"/>`;
}

/** Straight runs with rounded bends. */
function rounded(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${pair(first)}`;
  rest.forEach((corner, index) => {
    const before = index === 0 ? first : rest[index - 1];
    const after = rest[index + 1];
    if (before === undefined || after === undefined) {
      path += `L${pair(corner)}`;
      return;
    }
    path += `L${pair(towards(corner, before))}Q${pair(corner)} ${pair(towards(corner, after))}`;
  });
  return path;
}

/** The point a bend's radius away from `from`, never past the middle of the run. */
function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const ratio = length === 0 ? 0 : Math.min(BEND_RADIUS, length / 2) / length;
  return { x: from.x + (to.x - from.x) * ratio, y: from.y + (to.y - from.y) * ratio };
}

function labelSvg({ edge, labelBox }: PlacedEdge): string {
  if (labelBox === null) return '';
  const { x, y, width } = labelBox;
  const middle = number(x + width / 2);
  const lines = edge.labels.map((label, index) => {
    const baseline = number(y + index * LABEL_LINE_HEIGHT + 11);
    return `<text class="label" text-anchor="middle" x="${middle}" y="${baseline}">${escapeXml(label)}</text>`;
  });
  const told = [...new Set(edge.transitions.map(({ description }) => description))];
  const tooltip = told.filter((text) => text !== '').join(' ');
  return `<g>${titleSvg(tooltip)}${lines.join('')}</g>`;
}

function pair({ x, y }: Point): string {
  return `${number(x)},${number(y)}`;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}
