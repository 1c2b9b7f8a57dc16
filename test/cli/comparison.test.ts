import { describe, expect, it } from 'vitest';

import { differencesOf } from '../../src/cli/compare.ts';
import { outagesOf, outageTable } from '../../src/cli/outages.ts';
import type { FaultRecord } from '../../src/simulators/faults/proxy.ts';

describe('the comparison of two transcripts', () => {
  it('finds nothing where every word is the same', () => {
    expect(differencesOf('ask not what', 'ask  not what ')).toEqual([]);
  });

  it('names each stretch that differs, with its place', () => {
    expect(differencesOf('ask not what your country can', 'ask what my own country')).toEqual([
      { at: 2, first: 'not', second: '' },
      { at: 4, first: 'your', second: 'my own' },
      { at: 6, first: 'can', second: '' },
    ]);
  });

  it('tells a doubled word from one that was heard once', () => {
    expect(differencesOf('ten of clubs', 'ten of of clubs')).toHaveLength(1);
  });
});

describe('the table of outages', () => {
  const record = (kind: 'reset' | 'stall', firedAtMs: number): FaultRecord => ({
    fault: { kind, atMs: 0 },
    firedAtMs,
    endedAtMs: null,
    connection: 1,
    effect: '',
  });

  it('tells for each fault when it was noticed, when audio flowed, and what was replayed', () => {
    const outages = outagesOf(
      [record('reset', 1_000), record('stall', 5_000), record('reset', 9_000)],
      [
        { atMs: 0, what: 'flowing', replayed: 0 },
        { atMs: 1_002, what: 'noticed', replayed: 0 },
        { atMs: 1_500, what: 'flowing', replayed: 0 },
        { atMs: 9_010, what: 'noticed', replayed: 7 },
        { atMs: 9_900, what: 'flowing', replayed: 7 },
        { atMs: Infinity, what: 'ended', replayed: 19 },
      ],
    );

    expect(outages).toMatchObject([
      { noticedAfterMs: 2, flowingAfterMs: 500, replayedChunks: 7 },
      { noticedAfterMs: null, flowingAfterMs: null, replayedChunks: 0 },
      { noticedAfterMs: 10, flowingAfterMs: 900, replayedChunks: 12 },
    ]);
    expect(outageTable(outages, 0)[3]).toMatch(/^stall +00:05\.0 +ridden out/);
  });
});
