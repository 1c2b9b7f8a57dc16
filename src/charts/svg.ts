/**
 * A laid-out chart as SVG. A picture stands for itself: no script, no font, no address outside itself. A live chart is the
 * same drawing as part of a page, whose style it takes, with numbers by which the page finds what to light.
 */
import type { Face } from './face.ts';
import type { PlacedEdge, PlacedNode } from './elk.ts';
import { inset } from './geometry.ts';
import type { Box, Point } from './geometry.ts';
import type { Layout } from './layout.ts';
import { styleSheet } from './style.ts';
import { escapeXml } from './text.ts';

const CORNER_RADIUS = 7;
const LABEL_RADIUS = 4;
const BEND_RADIUS = 5;

/** What is added to the drawing so that parts of it can be found. */
interface Marks {
  readonly tip: string;
  /** Whether nodes and edges bear their numbers in the layout. */
  readonly isLive: boolean;
}

export function svgOf(layout: Layout, description: string): string {
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" ${sizeOf(layout)} xml:space="preserve" role="img" aria-labelledby="t d">`,
    `<title id="t">${escapeXml(titleOf(layout))}</title>`,
    `<desc id="d">${escapeXml(description)}</desc>`,
    `<style>\n${styleSheet()}\n</style>`,
    ...drawing(layout, { tip: 'tip', isLive: false }),
    '</svg>',
  ];
  return `${parts.join('\n')}\n`;
}

/**
 * For a page: `data-node` and `data-edge` hold the places in the layout's lists.
 *
 * @param key tells it apart from the other charts of the page; letters and digits.
 */
export function liveSvgOf(layout: Layout, key: string): string {
  const label = `role="img" aria-label="${escapeXml(titleOf(layout))}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${sizeOf(layout)} xml:space="preserve" ${label}>`,
    ...drawing(layout, { tip: `tip-${key}`, isLive: true }),
    '</svg>',
  ].join('');
}

function titleOf({ title }: Layout): string {
  return `Statechart: ${title}`;
}

function sizeOf({ width, height }: Layout): string {
  return `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
}

function drawing({ width, height, nodes, edges }: Layout, { tip, isLive }: Marks): string[] {
  const mark = (kind: 'node' | 'edge', index: number): string =>
    isLive ? ` data-${kind}="${index}"` : '';
  const numbered = nodes.map((placed, index) => ({ placed, mark: mark('node', index) }));
  const draw = ({ placed, mark: own }: { placed: PlacedNode; mark: string }): string =>
    nodeSvg(placed, own);
  return [
    `<defs><marker id="${tip}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">` +
      '<path class="tip" d="M0 1 L10 5 L0 9 z"/></marker></defs>',
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...numbered.filter(({ placed }) => placed.node.isCompound).map(draw),
    ...edges.flatMap(({ paths }, index) =>
      paths.map((path) => pathSvg(path, tip, mark('edge', index))),
    ),
    ...numbered.filter(({ placed }) => !placed.node.isCompound).map(draw),
    ...edges
      .map((edge, index) => labelSvg(edge, mark('edge', index)))
      .filter((part) => part !== ''),
  ];
}

function nodeSvg({ node, face, box, textShift }: PlacedNode, mark: string): string {
  const rules = face.rules.map((y) => ruleSvg(box, y));
  if (node.isCompound) rules.push(ruleSvg(box, face.height));
  const words = rowsSvg(face, { ...box, x: box.x + textShift });
  const parts = [titleSvg(node.description), ...outline(node, box), ...rules, words];
  return `<g${mark}>${parts.join('')}</g>`;
}

function ruleSvg({ x, y, width }: Box, down: number): string {
  return `<path class="rule" d="M${number(x)} ${number(y + down)}H${number(x + width)}"/>`;
}

function rowsSvg(face: Face, box: Box): string {
  return face.rows
    .map(({ spans, isCentred, x, baseline }) => {
      const left = number(box.x + (isCentred ? box.width / 2 : x));
      const anchor = isCentred ? ' text-anchor="middle"' : '';
      const y = number(box.y + baseline);
      const [first = { text: '', style: 'note' }, ...rest] = spans;
      const others = rest.map(
        ({ text, style }) => `<tspan class="${style}"> ${escapeXml(text)}</tspan>`,
      );
      return `<text class="${first.style}"${anchor} x="${left}" y="${y}">${escapeXml(first.text)}${others.join('')}</text>`;
    })
    .join('');
}

function titleSvg(tooltip: string): string {
  return tooltip === '' ? '' : `<title>${escapeXml(tooltip)}</title>`;
}

function outline(node: PlacedNode['node'], box: Box): string[] {
  switch (node.kind) {
    case 'initial': {
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      return [`<circle class="initial" cx="${number(x)}" cy="${number(y)}" r="6"/>`];
    }
    case 'decision':
      return [rectangle('decision', box, box.height / 2)];
    case 'anywhere':
      return [rectangle('anywhere', box)];
    case 'state':
      if (node.isFinal) return [rectangle('final', box), rectangle('ring', inset(box, 3))];
      if (!node.isCompound) return [rectangle('state', box)];
      return [rectangle(node.parentId === null ? 'compound' : 'nested', box)];
  }
}

function rectangle(
  style: string,
  { x, y, width, height }: Box,
  radius: number = CORNER_RADIUS,
): string {
  const where = `x="${number(x)}" y="${number(y)}" width="${number(width)}" height="${number(height)}"`;
  return `<rect class="${style}" ${where} rx="${number(radius)}"/>`;
}

function pathSvg(points: readonly Point[], tip: string, mark: string): string {
  return `<path class="edge"${mark} marker-end="url(#${tip})" d="${rounded(points)}"/>`;
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

function labelSvg({ edge, label }: PlacedEdge, mark: string): string {
  if (label === null) return '';
  const told = [...new Set(edge.transitions.map(({ description }) => description))];
  const tooltip = told.filter((text) => text !== '').join(' ');
  const paper = rectangle('label', label.box, LABEL_RADIUS);
  return `<g${mark}>${titleSvg(tooltip)}${paper}${rowsSvg(label.face, label.box)}</g>`;
}

function pair({ x, y }: Point): string {
  return `${number(x)},${number(y)}`;
}

function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}
