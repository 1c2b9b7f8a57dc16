/** Parts of a picture that no arrow joins, put where there is room: a note fills what would be empty paper. */
import type { Placement } from './elk.ts';
import { isInside, moved, overlap, runsOf } from './geometry.ts';
import type { Box, Point } from './geometry.ts';

const GAP = 26;

/** The largest part stays; each other one takes the highest free place beside it, the leftmost of those. */
export function packed(parts: readonly Placement[]): Placement {
  const [largest, ...others] = [...parts].sort((a, b) => area(b) - area(a));
  if (largest === undefined) return { width: 0, height: 0, nodes: [], edges: [] };
  return others.reduce((all, part) => joined(all, part, freePlace(all, part)), largest);
}

function area({ width, height }: Placement): number {
  return width * height;
}

/** Inside the picture where it fits, else beside it, at the top. */
function freePlace(all: Placement, part: Placement): Point {
  const taken = obstaclesOf(all);
  const ys = ordered([0, ...taken.map(({ y, height }) => y + height + GAP)]);
  const xs = ordered([
    0,
    all.width - part.width,
    ...taken.map(({ x, width }) => x + width + GAP),
    ...taken.map(({ x }) => x - GAP - part.width),
  ]);
  const paper = { x: 0, y: 0, width: all.width, height: all.height };
  for (const y of ys) {
    for (const x of xs) {
      const box = { x, y, width: part.width, height: part.height };
      const isFree = !taken.some((other) => overlap(box, other, GAP - 1));
      if (isFree && isInside(box, paper)) return { x, y };
    }
  }
  return { x: all.width + GAP, y: 0 };
}

function obstaclesOf({ nodes, edges }: Placement): Box[] {
  const labels = edges.flatMap(({ label }) => (label === null ? [] : [label.box]));
  const lines = edges.flatMap(({ paths }) => paths.flatMap(runsOf));
  return [...nodes.map(({ box }) => box), ...labels, ...lines];
}

function joined(all: Placement, part: Placement, at: Point): Placement {
  return {
    width: Math.max(all.width, at.x + part.width),
    height: Math.max(all.height, at.y + part.height),
    nodes: [...all.nodes, ...part.nodes.map((node) => ({ ...node, box: moved(node.box, at) }))],
    edges: [
      ...all.edges,
      ...part.edges.map(({ edge, paths, label }) => ({
        edge,
        paths: paths.map((path) => path.map((point) => moved(point, at))),
        label: label && { ...label, box: moved(label.box, at) },
      })),
    ],
  };
}

function ordered(numbers: readonly number[]): number[] {
  return [...new Set(numbers)].sort((a, b) => a - b);
}
