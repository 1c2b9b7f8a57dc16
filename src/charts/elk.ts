/** Boxes, arrows and labels placed by the Eclipse Layout Kernel's layered algorithm. */
import type { ELK, ElkExtendedEdge, ElkLabel, ElkNode } from 'elkjs/lib/elk-api.js';

import { faceOf, labelFaceOf } from './face.ts';
import type { Face } from './face.ts';
import type { Box, Point } from './geometry.ts';
import type { PictureEdge, PictureNode } from './picture.ts';

export interface PlacedNode {
  readonly node: PictureNode;
  readonly face: Face;
  readonly box: Box;
  /** How far its words are moved to the right, where an arrow would run through them. */
  readonly textShift: number;
}

export interface PlacedEdge {
  readonly edge: PictureEdge;
  readonly paths: readonly (readonly Point[])[];
  /** What the label says, and where it stands; null for an arrow without any. */
  readonly label: { readonly face: Face; readonly box: Box } | null;
}

export interface Placement {
  readonly width: number;
  readonly height: number;
  /** A state comes before its children. */
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

export interface Drawable {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

/** Where it runs is up to who draws: in this process, or in a worker of a page. */
export type Elk = Pick<ELK, 'layout'>;

const ROOT_ID = '(picture)';
const MARGIN = 14;
const HEADING_GAP = 12;
/** What a heading may take where the states below it are narrower. */
const HEADING_WIDTH = 190;
/** And what it may take where arrows come in from outside, between which it has to stand. */
const SLIM_HEADING_WIDTH = 112;

const OPTIONS: Readonly<Record<string, string>> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.randomSeed': '1',
  'elk.edgeLabels.placement': 'CENTER',
  // Near the state that an arrow leaves, where one asks what leads away.
  'elk.layered.edgeLabels.centerLabelPlacementStrategy': 'TAIL_LAYER',
  'elk.layered.considerModelOrder.strategy': 'PREFER_NODES',
  // Arrows back go up, and whatever the machine names first stands on top.
  'elk.layered.cycleBreaking.strategy': 'MODEL_ORDER',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.thoroughness': '10',
  'elk.spacing.nodeNode': '18',
  'elk.spacing.edgeNode': '11',
  'elk.spacing.edgeEdge': '9',
  'elk.spacing.edgeLabel': '2',
  'elk.spacing.labelNode': '10',
  'elk.layered.spacing.nodeNodeBetweenLayers': '18',
  'elk.layered.spacing.edgeNodeBetweenLayers': '11',
  'elk.layered.spacing.edgeEdgeBetweenLayers': '10',
};

/** A label stands on its arrow: none can be taken for another's. */
const LABEL_OPTIONS = { 'elk.edgeLabels.inline': 'true' };

/** A compound state is as wide as its children; where its heading is wider, how much, on either side. */
type Widening = ReadonlyMap<string, number>;

export async function placed(part: Drawable, elk: Elk): Promise<Placement> {
  const faces = facesOf(part);
  const labels = new Map(part.edges.map((edge) => [edge.id, labelFaceOf(edge)]));
  const layOut = async (widening: Widening): Promise<ElkNode> =>
    elk.layout({
      id: ROOT_ID,
      layoutOptions: { ...OPTIONS, 'elk.padding': padding(0) },
      children: childrenOf(topmostOf(part), part, faces, widening),
      edges: [...part.edges.map((edge) => elkEdge(edge, labels.get(edge.id))), ...stacksOf(part)],
    });
  const firstTry = await layOut(new Map());
  const widening = wideningOf(boxesOf(firstTry), faces);
  const laidOut = widening.size === 0 ? firstTry : await layOut(widening);
  const boxes = boxesOf(laidOut);
  const edges = new Map((laidOut.edges ?? []).map((edge) => [edge.id, edge]));
  return {
    width: Math.ceil(laidOut.width ?? 0),
    height: Math.ceil(laidOut.height ?? 0),
    nodes: part.nodes.map((node) => ({
      node,
      face: faces.get(node.id) ?? faceOf(node),
      box: boxes.get(node.id) ?? { x: 0, y: 0, width: 0, height: 0 },
      textShift: 0,
    })),
    edges: part.edges.map((edge) => placedEdge(edge, edges.get(edge.id), labels.get(edge.id))),
  };
}

/** A compound state has at least the room of its widest child, and its heading takes it. */
function facesOf(part: Drawable): Map<string, Face> {
  const faces = new Map<string, Face>();
  for (const node of [...part.nodes].reverse()) {
    const inside = part.nodes.filter(({ parentId }) => parentId === node.id);
    const room = Math.max(HEADING_WIDTH, ...inside.map(({ id }) => faces.get(id)?.width ?? 0));
    const width = isCrossed(node, part) ? SLIM_HEADING_WIDTH : room;
    faces.set(node.id, node.isCompound ? faceOf(node, width) : faceOf(node));
  }
  return faces;
}

/** Whether an arrow from outside leads to a state inside. */
function isCrossed({ id }: PictureNode, { nodes, edges }: Drawable): boolean {
  const parents = new Map(nodes.map((node) => [node.id, node.parentId]));
  const isIn = (nodeId: string | null): boolean => {
    for (let at = nodeId; at !== null; at = parents.get(at) ?? null) if (at === id) return true;
    return false;
  };
  return edges.some(
    ({ sourceId, targetId }) => targetId !== id && isIn(targetId) && !isIn(sourceId),
  );
}

function topmostOf({ nodes }: Drawable): PictureNode[] {
  return nodes.filter(({ parentId }) => parentId === null);
}

function childrenOf(
  siblings: readonly PictureNode[],
  part: Drawable,
  faces: ReadonlyMap<string, Face>,
  widening: Widening,
): ElkNode[] {
  return siblings.map((node) => {
    const { width = 0, height = 0 } = faces.get(node.id) ?? {};
    if (!node.isCompound) return { id: node.id, width, height };
    const inside = part.nodes.filter(({ parentId }) => parentId === node.id);
    const side = MARGIN + (widening.get(node.id) ?? 0);
    return {
      id: node.id,
      children: childrenOf(inside, part, faces, widening),
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

function elkEdge(edge: PictureEdge, face: Face | undefined): ElkExtendedEdge {
  const { width = 0, height = 0 } = face ?? {};
  const label = { text: edge.id, width, height, layoutOptions: LABEL_OPTIONS };
  const [from, to] = edge.isUpward
    ? [edge.targetId, edge.sourceId]
    : [edge.sourceId, edge.targetId];
  return {
    id: edge.id,
    sources: [from],
    targets: [to],
    labels: edge.phrases.length === 0 ? [] : [label],
  };
}

/** States that hold at once stand one below the other, as if an arrow led from each to the next: side by side they are too wide. */
function stacksOf({ nodes }: Drawable): ElkExtendedEdge[] {
  return nodes.flatMap(({ id, isCompound }) => {
    const inside = nodes.filter(({ parentId }) => parentId === id);
    if (!isCompound || inside.some(({ kind }) => kind === 'initial')) return [];
    return inside.slice(1).map((below, at) => {
      const above = inside[at]?.id ?? below.id;
      return { id: `${above} above ${below.id}`, sources: [above], targets: [below.id] };
    });
  });
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

function placedEdge(
  edge: PictureEdge,
  laidOut: ElkExtendedEdge | undefined,
  face: Face | undefined,
): PlacedEdge {
  const label = laidOut?.labels?.[0];
  const paths = (laidOut?.sections ?? []).map(({ startPoint, bendPoints = [], endPoint }) =>
    straightened([startPoint, ...bendPoints, endPoint]),
  );
  // It was laid out the other way round.
  if (edge.isUpward) for (const path of paths) path.reverse();
  const isLabelled = label !== undefined && face !== undefined;
  return { edge, paths, label: isLabelled ? { face, box: boxOf(label) } : null };
}

/** ELK leaves some runs a fraction of a pixel aslant. */
function straightened(points: readonly Point[]): Point[] {
  const straight: Point[] = [];
  for (const { x, y } of points) {
    const last = straight.at(-1) ?? { x, y };
    straight.push({
      x: Math.abs(x - last.x) < 1 ? last.x : x,
      y: Math.abs(y - last.y) < 1 ? last.y : y,
    });
  }
  return straight;
}

function boxOf(shape: ElkLabel | ElkNode): Box {
  const { x = 0, y = 0, width = 0, height = 0 } = shape;
  return { x, y, width, height };
}
