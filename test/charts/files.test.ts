import { describe, expect, it } from 'vitest';

import { draw } from '../../src/charts/charts.ts';
import type { Chart } from '../../src/charts/charts.ts';
import { durationInWords } from '../../src/charts/delays.ts';
import { contrastRatio, PALETTES } from '../../src/charts/palette.ts';
import { rowsOf } from '../../src/charts/phrases.ts';
import type { Phrase } from '../../src/charts/phrases.ts';
import { balanced, textWidth, wrapped } from '../../src/charts/text.ts';
import { sampleMachine } from './sample.machine.ts';

const READABLE_RATIO = 4.5;
const VISIBLE_RATIO = 3;
const sample: Chart = { name: 'sample', question: 'Is it open?', machine: sampleMachine };

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

  it('has both colour schemes, every colour of them', async () => {
    const [svg] = await draw(sample);

    const [light, dark] = svg!.text.split('@media (prefers-color-scheme: dark)');

    for (const colour of Object.values(PALETTES.light)) expect(light).toContain(colour);
    for (const colour of Object.values(PALETTES.dark)) expect(dark).toContain(colour);
  });

  it('has a page with the chart as Mermaid and every state in words', async () => {
    const [, page] = await draw(sample);

    expect(page!.text).toContain('```mermaid\nstateDiagram-v2\n');
    expect(page!.text).toContain('  sample_closed --> sample_open : door.pushed [isUnlocked]\n');
    expect(page!.text).toContain('| `closed` | Nobody gets in. | starts `bolt` |');
    expect(page!.text).toContain('| `open` |  | `draught`, `alarm` |');
    expect(page!.text).toContain('| any state | `bell.rang` |  | `ring` | Starts `bell`. |');
  });

  it('says in Mermaid what a state means and runs, in characters that Mermaid can read', async () => {
    const [, page] = await draw(sample);

    expect(page!.text).toContain('  sample_closed : Nobody gets in.\n');
    expect(page!.text).toContain('  sample_closed : starts bolt\n');
    expect(page!.text).toContain('  state "open, runs draught, alarm" as sample_open\n');
    expect(page!.text).toContain("  sample_gone : There is ‹no› door & 'never' will be.");
  });
});

describe.each(Object.entries(PALETTES))('the %s colours', (_name, palette) => {
  const papers = ['paper', 'state', 'compound', 'nested', 'final', 'note'] as const;

  it('keep all words readable on all papers', () => {
    for (const paper of papers) {
      for (const ink of ['text', 'muted', 'actor'] as const) {
        expect(contrastRatio(palette[ink], palette[paper])).toBeGreaterThanOrEqual(READABLE_RATIO);
      }
    }
  });

  it('keep lines and borders visible', () => {
    const pairs = [
      ...papers.map((paper) => [palette.line, palette[paper]] as const),
      [palette.border, palette.paper],
      [palette.border, palette.compound],
      [palette.finalBorder, palette.paper],
      [palette.noteBorder, palette.paper],
    ] as const;

    for (const [line, paper] of pairs) {
      expect(contrastRatio(line, paper)).toBeGreaterThanOrEqual(VISIBLE_RATIO);
    }
  });
});

describe('contrast', () => {
  it('is 21 between black and white, and 1 between likes', () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21);
    expect(contrastRatio('#4c5967', '#4c5967')).toBe(1);
  });
});

describe('words beside an arrow', () => {
  const phrase = { event: 'door.pushed', guard: null, spawns: [], note: '' };
  const textsOf = (phrases: readonly Phrase[], maxWidth = 400): string[] =>
    rowsOf(phrases, 10, maxWidth).map(({ spans }) => spans.map(({ text }) => text).join(' '));

  it('say an event once, with all its guards', () => {
    const phrases = [
      { ...phrase, guard: '[isOpen]' },
      { ...phrase, event: 'door.pulled' },
      { ...phrase, guard: '[otherwise]', spawns: ['bell'] },
    ];

    expect(textsOf(phrases)).toEqual(['door.pushed [isOpen] [otherwise] +bell', 'door.pulled']);
  });

  it('say once what each of several starts, and not where they differ', () => {
    const alike = [
      { ...phrase, spawns: ['bell'] },
      { ...phrase, event: 'door.pulled', spawns: ['bell'] },
    ];
    const different = [
      { ...phrase, spawns: ['bell'] },
      { ...phrase, event: 'door.pulled' },
    ];

    expect(textsOf(alike)).toEqual(['door.pushed', 'door.pulled', 'each +bell']);
    expect(textsOf(different)).toEqual(['door.pushed +bell', 'door.pulled']);
    expect(textsOf(alike.slice(1))).toEqual(['door.pulled +bell']);
  });

  it('are broken behind the event, and inside a guard only where it has to be', () => {
    const phrases = [{ ...phrase, guard: '[leadsTo somewhereFarAway]' }];

    expect(textsOf(phrases, 160)).toEqual(['door.pushed', '[leadsTo somewhereFarAway]']);
    expect(textsOf(phrases, 110)).toEqual(['door.pushed [leadsTo', 'somewhereFarAway]']);
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

  it('is broken into lines of about the same length', () => {
    expect(balanced('aaaa bbbb cccc dddd', 10, 95)).toEqual(['aaaa bbbb', 'cccc dddd']);
    expect(balanced('', 10, 95)).toEqual([]);
  });

  it.each([
    [250, '250 ms'],
    [1_000, '1 s'],
    [1_500, '1.5 s'],
    [60_000, '60 s'],
    [119_000, '119 s'],
    [120_000, '2 min'],
  ])('says a delay of %i ms as a person does', (durationMs, words) => {
    expect(durationInWords(durationMs)).toBe(words);
  });
});
