import { beforeAll, describe, expect, it } from 'vitest';

import { charts, draw } from '../../src/charts/charts.ts';
import type { Chart } from '../../src/charts/charts.ts';
import { layoutOf } from '../../src/charts/layout.ts';
import type { Box, Layout } from '../../src/charts/layout.ts';
import { chartModel } from '../../src/charts/model.ts';
import { pictureOf } from '../../src/charts/picture.ts';
import { textWidth, wrapped } from '../../src/charts/text.ts';
import { sampleMachine } from './sample.machine.ts';

const README_WIDTH = 900;
const LEGIBLE_PX = 10;
const sample: Chart = { name: 'sample', question: 'Is it open?', machine: sampleMachine };

describe.each([...charts, sample])('$name', (chart) => {
  let layout: Layout;
  beforeAll(async () => {
    layout = await layoutOf(pictureOf(chartModel(chart.machine)));
  });

  it('keeps labels off each other and off the states', () => {
    const labels = layout.edges.flatMap(({ labelBox }) => (labelBox === null ? [] : [labelBox]));
    const leaves = layout.nodes.filter(({ node }) => !node.isCompound).map(({ box }) => box);

    const overlaps = labels.flatMap((label, index) =>
      [...labels.slice(index + 1), ...leaves].filter((other) => overlap(label, other)),
    );

    expect(labels.length).toBeGreaterThan(0);
    expect(overlaps).toEqual([]);
  });

  it('places every state inside its parent and everything inside the picture', () => {
    const paper = { x: 0, y: 0, width: layout.width, height: layout.height };
    const boxes = new Map(layout.nodes.map(({ node, box }) => [node.id, box]));

    for (const { node, box } of layout.nodes) {
      const around = node.parentId === null ? paper : boxes.get(node.parentId)!;
      expect(isInside(box, around)).toBe(true);
    }
    for (const { paths, labelBox } of layout.edges) {
      for (const { x, y } of paths.flat()) {
        expect(isInside({ x, y, width: 0, height: 0 }, paper)).toBe(true);
      }
      if (labelBox !== null) expect(isInside(labelBox, paper)).toBe(true);
    }
  });

  it('gives every state the room that its text needs', () => {
    for (const { face, box } of layout.nodes) {
      expect(box.width).toBeGreaterThanOrEqual(face.width);
      expect(box.height).toBeGreaterThanOrEqual(face.height);
    }
  });

  it('gives every arrow a path', () => {
    expect(layout.edges.filter(({ paths }) => paths.length === 0)).toEqual([]);
  });

  it('is legible at the width of a README', () => {
    const scale = Math.min(1, README_WIDTH / layout.width);

    expect(11.5 * scale).toBeGreaterThanOrEqual(LEGIBLE_PX);
  });

  it('gives the same bytes every time', async () => {
    const [first, second] = [await draw(chart), await draw(chart)];

    expect(second).toEqual(first);
  });

  it('asks for nothing outside itself', async () => {
    const [svg] = await draw(chart);

    expect(svg!.text).not.toMatch(/<script|<image|@import|url\((?!#)|href/);
    expect(svg!.text.match(/https?:[^"]+/g)).toEqual(['http://www.w3.org/2000/svg']);
  });
});

describe('a drawing', () => {
  it('escapes what XML would misread, and tells each state by a tooltip', async () => {
    const [svg] = await draw(sample);

    expect(svg!.text).toContain(
      '<title>There is &lt;no&gt; door &amp; &quot;never&quot; will be.</title>',
    );
    expect(svg!.text).toContain('<title>Nobody gets in.</title>');
  });

  it('gives final states a double border, once each', async () => {
    const [svg] = await draw(sample);

    expect(svg!.text.match(/class="ring"/g)).toHaveLength(2);
  });

  it('has a page with the chart as Mermaid and every state in words', async () => {
    const [, page] = await draw(sample);

    expect(page!.text).toContain('```mermaid\nstateDiagram-v2\n');
    expect(page!.text).toContain('  sample_closed --> sample_open : door.pushed [isUnlocked]\n');
    expect(page!.text).toContain('| `closed` | Nobody gets in. |  |');
    expect(page!.text).toContain('| `open` |  | `draught`, `alarm` |');
    expect(page!.text).toContain('| any state | `bell.rang` |  | `ring` |  |');
  });
});

describe('text', () => {
  it('is measured by its letters', () => {
    expect(textWidth('iiii', 10)).toBeLessThan(textWidth('mmmm', 10) / 3);
    expect(textWidth('', 10)).toBe(0);
  });

  it('is broken between parts only', () => {
    const lines = wrapped(['aaaa', 'bbbb', 'c'.repeat(40)], ', ', 10, 60);

    expect(lines).toEqual(['aaaa, bbbb,', 'c'.repeat(40)]);
  });
});

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function isInside(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
