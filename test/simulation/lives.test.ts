/** Clients that are killed and come back, with their spool or with nothing. */
import { describe, expect, it } from 'vitest';

import { planOf } from '../../src/simulation/plan.ts';
import { seededRandom } from '../../src/ports/random.ts';
import { runSeed } from '../../src/simulation/run.ts';
import type { Fault } from '../../src/simulation/simulation.types.ts';

const LENGTH_MS = 60_000;
/** Of which each client has a microphone. */
const SEEDS = Array.from({ length: 60 }, (_, at) => at + 1).filter((seed) =>
  planOf(seededRandom(seed), LENGTH_MS, []).clients.every(({ kind }) => kind === 'audio'),
);

function run(seed: number, faults: readonly Fault[]) {
  return runSeed({ seed, world: 'gateways', lengthMs: LENGTH_MS, faults });
}

const killed = { kind: 'clientRestart', atMs: 12_000, forMs: 9_000, on: 0, much: 1 } as const;

describe('a client that is killed and started again', () => {
  it.each(SEEDS.slice(0, 3))(
    'goes on in its session with what it had stored (%i)',
    async (seed) => {
      const { violations, sometimes, fired } = await run(seed, [killed]);

      expect(violations).toEqual([]);
      expect(fired).toEqual({ clientRestart: 1 });
      expect(sometimes['a life went on in its session']).toBe(1);
    },
  );

  it.each(SEEDS.slice(0, 3))('has what it captured without a network (%i)', async (seed) => {
    const { violations, sometimes, gapChunks } = await run(seed, [
      { kind: 'offlineCut', atMs: 5_000, forMs: 20_000, on: 0 },
      { ...killed, much: 3 },
    ]);

    expect(violations).toEqual([]);
    expect(sometimes['a life went on in its session']).toBeGreaterThan(0);
    expect(gapChunks).toBe(0);
  });

  it.each(SEEDS.slice(0, 3))('goes on with what its storage took (%i)', async (seed) => {
    const { violations, sometimes } = await run(seed, [
      { kind: 'spoolFails', atMs: 5_000, forMs: 9_000, on: 0 },
      killed,
    ]);

    expect(violations).toEqual([]);
    expect(sometimes['spool.failed']).toBeGreaterThan(0);
  });

  it.each(SEEDS.slice(0, 3))('begins anew where it has nothing (%i)', async (seed) => {
    const { violations, sometimes } = await run(seed, [{ ...killed, kind: 'clientRestartBare' }]);

    expect(violations).toEqual([]);
    expect(sometimes['a life began a session']).toBe(1);
  });

  it('may lose its session where it dies before what it was told there is stored, whoever comes next', async () => {
    const back = { kind: 'clientRestart', on: 0, much: 1 } as const;
    const runs = [1_060, 1_080, 1_100].map((afterMs) => {
      const faults = [
        { ...back, atMs: 12_000, forMs: 500 },
        { ...back, atMs: 12_500 + afterMs, forMs: 3_000 },
        { ...back, atMs: 15_550 + afterMs, forMs: 2_000 }, // it was not let in
      ];
      return runSeed({ seed: 1, world: 'gateways', lengthMs: 30_000, faults });
    });

    for (const { violations } of await Promise.all(runs)) expect(violations).toEqual([]);
  });

  it('is the same each time', async () => {
    const [seed = 1] = SEEDS;
    const faults = [
      { ...killed, much: 3 },
      { kind: 'spoolFails', atMs: 5_000, forMs: 9_000, on: 0 },
    ];

    const [one, other] = [await run(seed, faults), await run(seed, faults)];

    expect(one.hash).toBe(other.hash);
  });
});
