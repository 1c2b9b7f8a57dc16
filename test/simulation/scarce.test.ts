/** Gateways that cannot read what stands in a log, or have no room for it, for a while. */
import { describe, expect, it } from 'vitest';

import { runSeed } from '../../src/simulation/run.ts';
import type { Fault } from '../../src/simulation/simulation.types.ts';

const LENGTH_MS = 60_000;
const SEEDS = [1, 2, 4];

function run(seed: number, faults: readonly Fault[]) {
  return runSeed({ seed, world: 'gateways', lengthMs: LENGTH_MS, faults });
}

describe('a session', () => {
  it.each(SEEDS)(
    'of which a record is damaged is taken up once it can be read (%i)',
    async (seed) => {
      const { violations, sometimes, gapChunks } = await run(seed, [
        { kind: 'storeDamaged', atMs: 10_000, forMs: 30_000 },
        { kind: 'crashAll', atMs: 15_000, forMs: 2_000 },
      ]);

      expect(violations).toEqual([]);
      expect(sometimes['a damaged record was read']).toBeGreaterThan(1);
      expect(sometimes['refused: 4440']).toBeGreaterThan(1);
      expect(gapChunks).toBe(0);
    },
  );

  it.each(SEEDS)('goes on where its gateway has next to no memory (%i)', async (seed) => {
    const { violations, sometimes, gapChunks } = await run(seed, [
      ...[0, 1, 2].map((on) => ({
        kind: 'littleMemory',
        atMs: 10_000 + on,
        forMs: 1_000,
        on,
        much: 4_000,
      })),
      { kind: 'storeSlow', atMs: 20_000, forMs: 20_000, much: 1_000 },
    ]);

    expect(violations).toEqual([]);
    expect(sometimes['a gateway had no memory left']).toBeGreaterThan(1);
    expect(gapChunks).toBe(0);
  });

  it('is hit by as little of a fault as there can be where nobody says how much', async () => {
    const { violations, fired } = await run(1, [{ kind: 'littleMemory', atMs: 10_000, on: 0 }]);

    expect(violations).toEqual([]);
    expect(fired).toEqual({ littleMemory: 1 });
  });
});
