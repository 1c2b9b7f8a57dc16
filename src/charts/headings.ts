/** Where the words of a compound state stand, so that no arrow into it runs through them. */
import type { Placement, PlacedNode } from './elk.ts';
import { overlap, runsOf } from './geometry.ts';
import type { Box } from './geometry.ts';

const CLEARANCE = 4;

/** As far left as arrows allow; where none leaves enough room, where there is most. */
export function withClearHeadings(placement: Placement): Placement {
  const runs = placement.edges.flatMap(({ paths }) => paths.flatMap(runsOf));
  const nodes = placement.nodes.map((placed) =>
    placed.node.isCompound ? { ...placed, textShift: shiftOf(placed, runs) } : placed,
  );
  return { ...placement, nodes };
}

function shiftOf({ face, box }: PlacedNode, runs: readonly Box[]): number {
  const heading = { ...box, height: face.height };
  const crossing = runs
    .filter((run) => overlap(run, heading))
    .map(({ x, width }) => ({ from: x - CLEARANCE, to: x + width + CLEARANCE }))
    .sort((a, b) => a.from - b.from);
  const right = box.x + box.width;
  let [from, widest] = [box.x, { from: box.x, width: 0 }];
  for (const next of [...crossing, { from: right, to: right }]) {
    const width = next.from - from;
    if (width >= face.width) return from - box.x;
    if (width > widest.width) widest = { from, width };
    from = Math.max(from, next.to);
  }
  return widest.from - box.x;
}
