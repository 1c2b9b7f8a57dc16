/** A picture laid out: every part by itself, then all on one paper. */
import { placed } from './elk.ts';
import type { Drawable, Elk, Placement } from './elk.ts';
import { moved } from './geometry.ts';
import { withClearHeadings } from './headings.ts';
import { packed } from './pack.ts';
import type { Picture } from './picture.ts';

export interface Layout extends Placement {
  readonly title: string;
}

const MARGIN = 14;

export async function layoutOf(picture: Picture, elk: Elk): Promise<Layout> {
  const parts: Placement[] = [];
  for (const part of partsOf(picture)) parts.push(await placed(part, elk));
  const { width, height, nodes, edges } = withClearHeadings(packed(parts));
  const by = { x: MARGIN, y: MARGIN };
  return {
    title: picture.title,
    width: Math.ceil(width) + 2 * MARGIN,
    height: Math.ceil(height) + 2 * MARGIN,
    nodes: nodes.map((node) => ({ ...node, box: moved(node.box, by) })),
    edges: edges.map(({ edge, paths, label }) => ({
      edge,
      paths: paths.map((path) => path.map((point) => moved(point, by))),
      label: label && { ...label, box: moved(label.box, by) },
    })),
  };
}

/** What arrows join, directly or not, is one part. */
function partsOf({ nodes, edges }: Picture): Drawable[] {
  const partOf = new Map(nodes.map(({ id }) => [id, id]));
  const join = (one: string, other: string): void => {
    const [from, to] = [partOf.get(one), partOf.get(other)];
    for (const [id, part] of partOf) if (part === from && to !== undefined) partOf.set(id, to);
  };
  for (const { id, parentId } of nodes) if (parentId !== null) join(id, parentId);
  for (const { sourceId, targetId } of edges) join(sourceId, targetId);
  return [...new Set(partOf.values())].map((part) => ({
    nodes: nodes.filter(({ id }) => partOf.get(id) === part),
    edges: edges.filter(({ sourceId }) => partOf.get(sourceId) === part),
  }));
}
