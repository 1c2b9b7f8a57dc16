/** A trace as a sequence diagram. */
import { describe, expect, it } from 'vitest';

import { storyMermaid } from '../../../src/simulation/story/mermaid.ts';
import { storySvg } from '../../../src/simulation/story/svg.ts';
import type { Told } from '../../../src/simulation/story/moments.ts';
import { aRun } from './a-run.ts';

const hostile: Told = {
  seed: 1,
  world: 'gateways',
  faults: [{ kind: '<script>', atMs: 1, forMs: 5, on: 0 }],
  violations: [{ invariant: 'I1', atMs: 9, message: '</text><script>alert(1)</script>; end' }],
  trace: [
    { atMs: 1, who: '<b>"who"</b>', what: 'a; b #1 %% {c}\u0000\uD800', to: '&lt;' },
    { atMs: 2, who: 'fault', what: ']]>', to: '<b>"who"</b>' },
    { atMs: 3, who: '&lt;', what: '<x', state: '"y"' },
  ],
};

function longRun(): Told {
  const trace = Array.from({ length: 20_000 }, (_, at) => ({
    atMs: at,
    who: `client ${at % 3}`,
    what: 'moved',
    state: `state${at}`,
  }));
  return aRun({ trace });
}

describe('a story as a Mermaid diagram', () => {
  it('has who takes part, what they say to whom, their states, faults and the violation', () => {
    const lines = storyMermaid(aRun()).split('\n');

    expect(lines.slice(0, 6)).toEqual([
      'sequenceDiagram',
      '  participant p0 as client 1',
      '  participant p1 as gateway 1',
      '  participant p2 as gateway 2',
      '  participant p3 as store',
      '  Note over p0: 0.000 s connecting [connecting]',
    ]);
    expect(lines).toContain('  p2->>p0: 0.041 s WELCOME up 0');
    expect(lines).toContain('  Note over p0,p3: fault: 11.000 s storeSlow for 0.5 s');
    expect(lines).toContain('  Note over p2: fault: 10.000 s gatewayCrash for 2.5 s');
    expect(lines.some((line) => /VIOLATION I3/.test(line))).toBe(true);
  });

  it('writes what Mermaid would take for its own by its code', () => {
    const text = storyMermaid(hostile);

    expect(text).toContain('a#59; b #35;1 #37;#37; #123;c#125;');
    expect(text.replaceAll(/#\d+;|->>/g, '')).not.toMatch(/[<>";#]/);
    expect(text.split('\n')).toHaveLength(1 + 2 + 4 + 1);
  });

  it('is short, however long the run was', () => {
    expect(storyMermaid(longRun(), { mostRows: 50 }).split('\n').length).toBeLessThan(65);
  });
});

describe('a story as SVG', () => {
  it('is whole XML, and nothing in it is of elsewhere', () => {
    for (const told of [aRun(), hostile, aRun({ trace: [], violations: [] })]) {
      const svg = storySvg(told);

      expect(unclosed(svg)).toEqual([]);
      expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(
        /https?:|<script|href|url\((?!#)/,
      );
      // eslint-disable-next-line no-control-regex -- what no XML may hold
      expect(svg).not.toMatch(/[\u0000-\u0008\uFFFE]|\p{Cs}/u);
    }
  });

  it('has a lifeline for each who takes part, an arrow for each message, and a note for each state', () => {
    const svg = storySvg(aRun());

    expect(svg.match(/class="lifeline"/g)).toHaveLength(4);
    expect(svg.match(/class="arrow"/g)).toHaveLength(11);
    expect(svg.match(/class="note"/g)).toHaveLength(4);
    expect(svg).toContain('Seed 41: I3 at 13.100 s');
  });

  it('shades the lifeline that a fault hits while it strikes, and all where it hits nobody in particular', () => {
    const svg = storySvg(aRun());

    const bands = [
      ...svg.matchAll(/class="band" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"/g),
    ];
    const [slow, crash] = bands.map((band) => band.slice(1).map(Number));
    const lane = /M([\d.]+) \d+V\d+"\/><text[^>]*>gateway 2</.exec(svg);
    expect(crash![0]! + crash![2]! / 2).toBe(Number(lane?.[1]));
    expect(crash![3]).toBeGreaterThan(slow![3]!);
    expect(slow![2]).toBeGreaterThan(4 * 150);
  });

  it('takes the word of who knows for whom a fault hits', () => {
    const hits = (): readonly string[] => ['client 1', 'store'];

    const svg = storySvg(aRun({ faults: aRun().faults.slice(0, 1) }), { hits });

    expect(svg.match(/class="band"/g)).toHaveLength(2);
  });

  it('begins a band at the row of its fault, below the lines that are left out before it', () => {
    const [crash] = aRun().faults;
    const trace = aRun().trace.map((entry) => ({ ...entry, state: `${entry.atMs}` }));

    const svg = storySvg(aRun({ trace, faults: [crash!] }), { mostRows: 8 });

    expect(svg).toContain('lines are left out');
    const band = /class="band" x="[\d.]+" y="(\d+)"/.exec(svg);
    const row = /<rect class="blow" x="[\d.]+" y="(\d+)"/.exec(svg);
    expect(Number(row?.[1]) - Number(band?.[1])).toBe(4);
  });

  it('has no band of what hits nothing', () => {
    const faults = [{ kind: 'freeze', atMs: 10_500, forMs: 2_000, on: 0 }];
    const missed = { atMs: 10_500, who: 'fault', to: 'gateway 1', what: 'freeze hits nothing' };
    const trace = [...aRun().trace, missed].sort((one, other) => one.atMs - other.atMs);

    expect(storySvg(aRun({ faults, trace }))).not.toContain('class="band"');
  });

  it('has room for what the last one says', () => {
    const trace = [{ atMs: 1, who: 'client 1', what: 'm'.repeat(80) }];
    const svg = storySvg(aRun({ trace, faults: [], violations: [] }));

    const width = Number(/width="(\d+)"/.exec(svg)?.[1]);
    expect(width - Number(/class="said" x="(\d+)"/.exec(svg)?.[1])).toBeGreaterThan(202);
  });

  it('is small, however long the run was', () => {
    const svg = storySvg(longRun());

    expect(svg.length).toBeLessThan(60_000);
    expect(Number(/height="(\d+)"/.exec(svg)?.[1])).toBeLessThan(2_600);
  });
});

/** The elements that do not nest. */
function unclosed(svg: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = [];
  for (const [, slash, name = '', rest = ''] of svg.matchAll(
    /<(\/?)([\w]+)((?:"[^"]*"|[^>"])*)>/g,
  )) {
    if (slash === '/') {
      if (open.pop() !== name) wrong.push(name);
    } else if (!rest.endsWith('/')) open.push(name);
  }
  const stray = svg.match(/&(?!amp;|lt;|gt;|quot;)/g) ?? [];
  return [...wrong, ...open, ...stray];
}
