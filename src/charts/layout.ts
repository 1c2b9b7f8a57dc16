/** Where everything goes: states, arrows and labels, placed by the Eclipse Layout Kernel's layered algorithm. */
import type { ELK, ElkExtendedEdge, ElkLabel, ElkNode } from 'elkjs/lib/elk.bundled.js';

import { TenutoError } from '../ports/errors.ts';
import { faceOf, FONT_SIZES, LABEL_LINE_HEIGHT } from './face.ts';
import type { Face } from './face.ts';
import type { Picture, PictureEdge, PictureNode } from './picture.ts';
import { textWidth } from './text.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedNode {
  readonly node: PictureNode;
  readonly face: Face;
  readonly box: Box;
}

export interface PlacedEdge {
  readonly edge: PictureEdge;
  readonly paths: readonly (readonly Point[])[];
  /** Where the stacked labels stand; null for an arrow without any. */
  readonly labelBox: Box | null;
}

export interface Layout {
  readonly title: string;
  readonly width: number;
  readonly height: number;
  /** A state comes before its children. */
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

const ROOT_ID = '(picture)';
const MARGIN = 14;
const HEADING_GAP = 12;

const OPTIONS: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.randomSeed': '1',
  'elk.edgeLabels.placement': 'CENTER',
  'elk.layered.considerModelOrder.strategy': 'PREFER_NODES',
  'elk.layered.edgeLabels.sideSelection': 'DIRECTION_DOWN',
  // Arrows back go up, and whatever the machine names first stands on top.
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.thoroughness': '40',
  'elk.spacing.nodeNode': '28',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '12',
  'elk.spacing.edgeLabel': '4',
  'elk.layered.spacing.nodeNodeBetweenLayers': '24',
  'elk.layered.spacing.edgeNodeBetweenLayers': '12',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '11',
};

/** A compound state is as wide as its children; where its heading is wider, how much, on either side. */
type Widening = ReadonlyMap<string, number>;

export async function layoutOf(picture: Picture): Promise<Layout> {
  const faces = new Map(picture.nodes.map((node) => [node.id, faceOf(node)]));
  const elk = await loadElk();
  const place = async (widening: Widening): Promise<ElkNode> => {
    const graph: ElkNode = {
      id: ROOT_ID,
      layoutOptions: { ...OPTIONS, 'elk.padding': padding(MARGIN) },
      children: childrenOf(null, picture, faces, widening),
      edges: picture.edges.map(elkEdge),
    };
    return elk.layout(graph);
  };
  const firstTry = await place(new Map());
  const widening = wideningOf(boxesOf(firstTry), faces);
  const laidOut = widening.size === 0 ? firstTry : await place(widening);
  const boxes = boxesOf(laidOut);
  const edges = new Map((laidOut.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    title: picture.title,
    width: Math.ceil(laidOut.width ?? 0),
    height: Math.ceil(laidOut.height ?? 0),
    nodes: picture.nodes.map((node) => ({
      node,
      face: faces.get(node.id) ?? faceOf(node),
      box: boxes.get(node.id) ?? { x: 0, y: 0, width: 0, height: 0 },
    })),
    edges: picture.edges.map((edge) => placedEdge(edge, edges.get(edge.id))),
  };
}

/** Only drawing needs elkjs, so only drawing loads it. */
async function loadElk(): Promise<ELK> {
  try {
    const { default: bundle } = await import('elkjs/lib/elk.bundled.js');
    return new bundle.default();
  } catch (cause) {
    throw new TenutoError({
      code: 'PACKAGE_MISSING',
      message: 'The package elkjs, which places the boxes of a chart, could not be loaded.',
      remediation: 'Run `npm install --save-dev elkjs@0.12` in this project.',
      cause,
    });
  }
}

function childrenOf(
  parentId: string | null,
  picture: Picture,
  faces: ReadonlyMap<string, Face>,
  widening: Widening,
): ElkNode[] {
  return picture.nodes
    .filter((node) => node.parentId === parentId)
    .map((node) => {
      const { width, height } = faces.get(node.id) ?? faceOf(node);
      if (!node.isCompound) return { id: node.id, width, height };
      const side = MARGIN + (widening.get(node.id) ?? 0);
      return {
        id: node.id,
        children: childrenOf(node.id, picture, faces, widening),
        layoutOptions: { 'elk.padding': padding(side, height + HEADING_GAP, MARGIN) },
      };
    });
}

function wideningOf(boxes: ReadonlyMap<string, Box>, faces: ReadonlyMap<string, Face>): Widening {
  const widening = new Map<string, number>();
  for (const [id, face] of faces) {
    const missing = face.width - (boxes.get(id)?.width ?? face.width);
    if (missing > 0) widening.set(id, Math.ceil(missing / 2));
  }
  return widening;
}

function padding(side: number, top = side, bottom = side): string {
  return `[top=${top},left=${side},bottom=${bottom},right=${side}]`;
}

function elkEdge(edge: PictureEdge): ElkExtendedEdge {
  const widest = Math.max(0, ...edge.labels.map((label) => textWidth(label, FONT_SIZES.label)));
  const label: ElkLabel = {
    text: edge.labels.join('\n'),
    width: widest + 6,
    height: edge.labels.length * LABEL_LINE_HEIGHT,
  };
  return {
    id: edge.id,
    sources: [edge.sourceId],
    targets: [edge.targetId],
    labels: edge.labels.length === 0 ? [] : [label],
  };
}

function boxesOf(laidOut: ElkNode): Map<string, Box> {
  const boxes = new Map<string, Box>();
  const visit = (parent: ElkNode): void => {
    for (const child of parent.children ?? []) {
      boxes.set(child.id, boxOf(child));
      visit(child);
    }
  };
  visit(laidOut);
  return boxes;
}

function placedEdge(edge: PictureEdge, laidOut: ElkExtendedEdge | undefined): PlacedEdge {
  const label = laidOut?.labels?.[0];
  const paths = (laidOut?.sections ?? []).map((section) => [
    section.startPoint,
    ...(section.bendPoints ?? []),
    section.endPoint,
  ]);
  return { edge, paths, labelBox: label === undefined ? null : boxOf(label) };
}

function boxOf(shape: ElkLabel | ElkNode): Box {
  const { x = 0, y = 0, width = 0, height = 0 } = shape;
  return { x, y, width, height };
}
