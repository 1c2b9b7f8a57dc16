/** What a seed has planned: the same each time, everything sooner or later, and all of it within the run. */
import { describe, expect, it } from 'vitest';

import { seededRandom } from '../../src/ports/random.ts';
import { NEMESES } from '../../src/simulation/nemeses/index.ts';
import { planOf } from '../../src/simulation/plan.ts';

const LENGTH_MS = 180_000;
const SEEDS = 2_000;

function planned(seed: number, lengthMs = LENGTH_MS) {
  return planOf(seededRandom(seed), lengthMs, undefined);
}

describe('the plan of a seed', () => {
  it('is the same each time, and not that of another', () => {
    expect(planned(7)).toEqual(planned(7));
    expect(planned(7)).not.toEqual(planned(8));
  });

  it('has the faults that it is given instead of its own, and all else as it was', () => {
    const faults = [{ kind: 'reset', atMs: 1, on: 0 }];

    expect(planOf(seededRandom(7), LENGTH_MS, faults)).toEqual({ ...planned(7), faults });
  });

  it('has every kind of fault within 2,000 seeds', () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      for (const { kind } of planned(seed).faults) kinds.add(kind);
    }

    expect([...kinds].sort()).toEqual(Object.keys(NEMESES).sort());
  });

  it.each([LENGTH_MS, 5_000])('has faults within %i ms, in order, on whom there is', (lengthMs) => {
    for (let seed = 1; seed <= 200; seed += 1) {
      const { faults, clients, houses } = planned(seed, lengthMs);
      const wrong = faults.filter(({ kind, atMs, forMs = 0, on = 0 }, at) => {
        const among = NEMESES[kind]?.on === 'client' ? clients.length : houses;
        const isWithin = atMs >= 1_000 && forMs >= 0 && atMs + forMs <= lengthMs;
        return !isWithin || on >= among || atMs < (faults[at - 1]?.atMs ?? 0);
      });

      expect(wrong).toEqual([]);
    }
  });
});
