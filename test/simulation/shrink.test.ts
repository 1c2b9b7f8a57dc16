/** Shrinking, of runs whose cause is known. */
import { describe, expect, it } from 'vitest';

import { shrink } from '../../src/simulation/shrink.ts';
import type { Runner, ShrinkProgress } from '../../src/simulation/shrink.ts';
import type { Fault, InvariantId, RunOptions } from '../../src/simulation/simulation.types.ts';
import { resultOf } from './results.ts';

const LENGTH_MS = 180_000;

function many(count: number): readonly Fault[] {
  return Array.from({ length: count }, (_, at) => ({
    kind: `kind${at}`,
    atMs: 1_000 * (at + 1),
    forMs: 8_000,
  }));
}

/** Fails where all of these faults are there. */
function failingWith(kinds: readonly string[], options: Failing = {}): Watched {
  const { invariant = 'I1', leastMs = 0, leastLengthMs = 0 } = options;
  const asked: RunOptions[] = [];
  const run: Runner = (given) => {
    asked.push(given);
    const { faults = [], lengthMs = LENGTH_MS } = given;
    const isThere = kinds.every((kind) =>
      faults.some((fault) => fault.kind === kind && (fault.forMs ?? 0) >= leastMs),
    );
    const fails = isThere && lengthMs >= leastLengthMs;
    const violations = fails ? [{ invariant, atMs: 5_000, message: 'planted' }] : [];
    return Promise.resolve(resultOf({ seed: given.seed, faults, violations }));
  };
  return { run, asked };
}

interface Failing {
  readonly invariant?: InvariantId;
  readonly leastMs?: number;
  readonly leastLengthMs?: number;
}

interface Watched {
  readonly run: Runner;
  readonly asked: readonly RunOptions[];
}

const found = { seed: 7, world: 'gateways', invariant: 'I1' } as const;

describe('shrinking', () => {
  it.each([
    ['one', ['kind9']],
    ['two that are far apart', ['kind1', 'kind12']],
    ['three', ['kind0', 'kind6', 'kind13']],
  ])('leaves %s of fourteen faults, in their order', async (_what, kinds) => {
    const { run, asked } = failingWith(kinds);

    const shrunk = await shrink({ ...found, run, faults: many(14) });

    expect(shrunk.faults.map(({ kind }) => kind)).toEqual(kinds);
    expect(shrunk.isMinimal).toBe(true);
    expect(shrunk.runs).toBe(asked.length);
  });

  it('leaves no fault where none is needed', async () => {
    const { run } = failingWith([]);

    const shrunk = await shrink({ ...found, run, faults: many(9) });

    expect(shrunk.faults).toEqual([]);
  });

  it('leaves a list of which no single fault can be left out, whatever they do together', async () => {
    // Any two neighbours do it, or the first alone together with the last.
    const fails = (faults: readonly Fault[]): boolean => {
      const numbers = faults.map(({ kind }) => Number(kind.slice(4)));
      const hasNeighbours = numbers.some((number) => numbers.includes(number + 1));
      return hasNeighbours || (numbers.includes(0) && numbers.includes(10));
    };
    const run: Runner = ({ seed, faults = [] }) => {
      const violation = { invariant: 'I1', atMs: 0, message: '' } as const;
      const violations = fails(faults) ? [violation] : [];
      return Promise.resolve(resultOf({ seed, faults, violations }));
    };

    const { faults } = await shrink({ ...found, run, faults: many(11) });

    expect(fails(faults)).toBe(true);
    for (const fault of faults) expect(fails(faults.filter((each) => each !== fault))).toBe(false);
  });

  it('halves how long faults last, and how long the run is, while it still fails', async () => {
    const { run } = failingWith(['kind2'], { leastMs: 900, leastLengthMs: 20_000 });

    const { faults, lengthMs } = await shrink({ ...found, run, faults: many(5) });

    expect(faults).toEqual([{ kind: 'kind2', atMs: 3_000, forMs: 1_000 }]);
    expect(lengthMs).toBe(22_500);
  });

  it('takes no other violation for the one that it looks for', async () => {
    const { run } = failingWith(['kind1'], { invariant: 'I6' });

    const { faults } = await shrink({ ...found, run, faults: many(4) });

    expect(faults).toEqual(many(4));
  });

  it('runs the same seed in the same world, and the same list of runs each time', async () => {
    const one = failingWith(['kind3', 'kind4']);
    const other = failingWith(['kind3', 'kind4']);

    const first = await shrink({ ...found, run: one.run, faults: many(14) });
    const second = await shrink({ ...found, run: other.run, faults: many(14) });

    expect(first).toEqual(second);
    expect(one.asked).toEqual(other.asked);
    for (const asked of one.asked) expect(asked).toMatchObject({ seed: 7, world: 'gateways' });
  });

  it('ends after as many runs as it may make, and says that it is not done', async () => {
    const { run, asked } = failingWith(['kind1', 'kind12']);
    const told: ShrinkProgress[] = [];
    const onProgress = (progress: ShrinkProgress): unknown => told.push(progress);

    const shrunk = await shrink({ ...found, run, faults: many(14), mostRuns: 6, onProgress });

    expect(asked).toHaveLength(6);
    expect(told.map(({ runs }) => runs)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(shrunk.isMinimal).toBe(false);
    expect(told.at(-1)).toMatchObject({ mostRuns: 6, faults: shrunk.faults.length });
  });

  it('begins no further run once it is told to stop', async () => {
    const { run, asked } = failingWith(['kind1', 'kind12']);
    const stop = new AbortController();
    const onProgress = ({ runs }: ShrinkProgress): void => {
      if (runs === 3) stop.abort();
    };
    const { signal } = stop;

    const shrunk = await shrink({ ...found, run, faults: many(14), onProgress, signal });

    expect(asked).toHaveLength(3);
    expect(shrunk.isMinimal).toBe(false);
  });

  it('finds one or two of fourteen faults in tens of runs, and not in hundreds', async () => {
    const { run } = failingWith(['kind5', 'kind6']);

    const { runs } = await shrink({ ...found, run, faults: many(14) });

    expect(runs).toBeLessThan(60);
  });
});
