import { beforeAll, describe, expect, it } from 'vitest';

import { charts, draw } from '../../src/charts/charts.ts';
import type { Chart } from '../../src/charts/charts.ts';
import { loadElk } from '../../src/charts/elk-here.ts';
import { FONT_SIZES } from '../../src/charts/face.ts';
import { inset, isInside, overlap, runsOf } from '../../src/charts/geometry.ts';
import type { Box } from '../../src/charts/geometry.ts';
import { layoutOf } from '../../src/charts/layout.ts';
import type { Layout } from '../../src/charts/layout.ts';
import { chartModel } from '../../src/charts/model.ts';
import { pictureOf } from '../../src/charts/picture.ts';
import { svgOf } from '../../src/charts/svg.ts';
import { sampleMachine } from './sample.machine.ts';

const README_WIDTH = 900;
const LEGIBLE_PX = 9.5;
const LAYOUT_LIMIT_MS = 60_000;
const sample: Chart = { name: 'sample', question: 'Is it open?', machine: sampleMachine };

describe.each([...charts, sample])('$name', (chart) => {
  let layout: Layout;
  beforeAll(async () => {
    layout = await layoutOf(pictureOf(chartModel(chart.machine)), await loadElk());
  }, LAYOUT_LIMIT_MS);

  it('keeps labels off each other', () => {
    const labels = labelsOf(layout);

    const overlaps = labels.flatMap((one, index) =>
      labels
        .slice(index + 1)
        .filter((other) => overlap(one.box, other.box))
        .map((other) => `${one.id} | ${other.id}`),
    );

    expect(labels.length).toBeGreaterThan(0);
    expect(overlaps).toEqual([]);
  });

  it('keeps every label off every state that is not around it', () => {
    const overlaps = labelsOf(layout).flatMap(({ id, box, around }) =>
      layout.nodes
        .filter((placed) => overlap(box, placed.box))
        .filter((placed) => !around.has(placed.node.id) || !isInside(box, placed.box))
        .map(({ node }) => `${id} | ${node.id}`),
    );

    expect(overlaps).toEqual([]);
  });

  it('runs no arrow through a state that is not around its ends', () => {
    const crossings = linesOf(layout).flatMap(({ id, run, around }) =>
      layout.nodes
        .filter(({ node, box }) => !around.has(node.id) && overlap(run, inset(box, 1)))
        .map(({ node }) => `${id} | ${node.id}`),
    );

    expect(crossings).toEqual([]);
  });

  it("runs no arrow through words, but for an arrow's own label", () => {
    const words = [...labelsOf(layout), ...headingsOf(layout)];

    const crossings = linesOf(layout).flatMap(({ id, run }) =>
      words
        .filter((other) => other.id !== id && overlap(run, other.box))
        .map((other) => `${id} | ${other.id}`),
    );

    expect(crossings).toEqual([]);
  });

  it('keeps states apart that do not stand in each other', () => {
    const { nodes } = layout;

    const overlaps = nodes.flatMap((one, index) =>
      nodes
        .slice(index + 1)
        .filter(({ node }) => !ancestorsOf(node.id, layout).has(one.node.id))
        .filter(({ box }) => overlap(one.box, box, 4))
        .map(({ node }) => `${one.node.id} | ${node.id}`),
    );

    expect(overlaps).toEqual([]);
  });

  it('places every state inside its parent and everything inside the picture', () => {
    const paper = { x: 0, y: 0, width: layout.width, height: layout.height };
    const boxes = new Map(layout.nodes.map(({ node, box }) => [node.id, box]));

    for (const { node, box } of layout.nodes) {
      const around = node.parentId === null ? paper : boxes.get(node.parentId)!;
      expect(isInside(box, around)).toBe(true);
    }
    for (const { run } of linesOf(layout)) expect(isInside(run, paper)).toBe(true);
    for (const { box } of labelsOf(layout)) expect(isInside(box, paper)).toBe(true);
  });

  it('gives every box the room that its words need', () => {
    for (const { face, box, textShift } of layout.nodes) {
      expect(box.width - textShift).toBeGreaterThanOrEqual(face.width);
      expect(box.height).toBeGreaterThanOrEqual(face.height);
    }
    for (const { label } of layout.edges) {
      for (const { x, width } of label?.face.rows ?? []) {
        expect(x + width).toBeLessThanOrEqual(label!.box.width);
      }
    }
  });

  it('gives every arrow a path of straight runs, from its source to its target', () => {
    const boxes = new Map(layout.nodes.map(({ node, box }) => [node.id, box]));

    for (const { edge, paths } of layout.edges) {
      const points = paths.flat();
      const [first, last] = [points[0]!, points.at(-1)!];
      const at = ({ x, y }: { x: number; y: number }): Box => ({ x, y, width: 0, height: 0 });

      expect(paths).toHaveLength(1);
      expect(isInside(at(first), inset(boxes.get(edge.sourceId)!, -1))).toBe(true);
      expect(isInside(at(last), inset(boxes.get(edge.targetId)!, -1))).toBe(true);
      for (const { width, height } of runsOf(points)) {
        expect(Math.min(width, height)).toBeLessThan(0.01);
      }
    }
  });

  it('tells every state its title and its description', () => {
    const { states } = chartModel(chart.machine);

    for (const state of states.slice(1)) {
      const { face } = layout.nodes.find(({ node }) => node.id === state.id)!;
      const words = face.rows.flatMap(({ spans }) => spans.map(({ text }) => text)).join(' ');
      expect(words).toContain(state.key);
      expect(words).toContain(state.description.replaceAll('`', ''));
    }
  });

  it('is legible at the width of a README', () => {
    const scale = Math.min(1, README_WIDTH / layout.width);

    const smallest = Math.min(...Object.values(FONT_SIZES)) * scale;

    expect(smallest).toBeGreaterThanOrEqual(LEGIBLE_PX);
  });

  it(
    'gives the same bytes every time, and asks for nothing outside itself',
    async () => {
      const [svg] = await draw(chart);

      expect(svg!.text).toBe(svgOf(layout, chart.question));
      expect(svg!.text).not.toMatch(/<script|<image|@import|url\((?!#)|href/);
      expect(svg!.text.match(/https?:[^"]+/g)).toEqual(['http://www.w3.org/2000/svg']);
    },
    LAYOUT_LIMIT_MS,
  );
});

interface Words {
  readonly id: string;
  readonly box: Box;
}

interface Ends {
  /** The compound states in which one of its ends stands. */
  readonly around: ReadonlySet<string>;
}

function labelsOf(layout: Layout): (Words & Ends)[] {
  return layout.edges.flatMap(({ edge, label }) => {
    if (label === null) return [];
    return [{ id: edge.id, box: label.box, around: aroundOf(edge, layout) }];
  });
}

function linesOf(layout: Layout): ({ readonly id: string; readonly run: Box } & Ends)[] {
  return layout.edges.flatMap(({ edge, paths }) => {
    const around = aroundOf(edge, layout);
    return paths.flatMap(runsOf).map((run) => ({ id: edge.id, run, around }));
  });
}

/** Each row of a compound state's heading. */
function headingsOf(layout: Layout): Words[] {
  return layout.nodes
    .filter(({ node }) => node.isCompound)
    .flatMap(({ node, face, box, textShift }) =>
      face.rows.map(({ x, baseline, width }) => ({
        id: node.id,
        box: { x: box.x + textShift + x, y: box.y + baseline - 9, width, height: 11 },
      })),
    );
}

function aroundOf(edge: { sourceId: string; targetId: string }, layout: Layout): Set<string> {
  const { sourceId, targetId } = edge;
  return new Set([...ancestorsOf(sourceId, layout), ...ancestorsOf(targetId, layout)]);
}

function ancestorsOf(id: string, layout: Layout): Set<string> {
  const parents = new Map(layout.nodes.map(({ node }) => [node.id, node.parentId]));
  const ancestors = new Set<string>();
  for (let at = parents.get(id) ?? null; at !== null; at = parents.get(at) ?? null) {
    ancestors.add(at);
  }
  return ancestors;
}
