/** What many runs come to. */
import { describe, expect, it } from 'vitest';

import { seedsPerSecond, Tally } from '../../src/simulation/summary.ts';
import { SIMULATION } from '../../src/cli/simulate/real.ts';
import { kindsOf, namesOf } from '../../src/cli/simulate/world.ts';
import { simulate } from '../../src/simulation/simulate.ts';
import { seconds, speaker } from './an-application.ts';
import { resultOf } from './results.ts';

const all = { nemeses: ['crash', 'slow', 'flap'], sometimes: ['resumed', 'gap'] };
const lost = { invariant: 'I3', atMs: 1, message: '' } as const;
const hole = { invariant: 'I1', atMs: 1, message: '' } as const;

describe('a summary', () => {
  it('adds up what the runs did', () => {
    const tally = new Tally(all);
    tally.add(resultOf({ fired: { crash: 2 }, sometimes: { gap: 1 }, chunks: 10, gapChunks: 2 }));
    tally.add(
      resultOf({ fired: { crash: 1, other: 1 }, violations: [lost, hole], simulatedMs: 900_000 }),
    );

    expect(tally.totals()).toEqual({
      seeds: 2,
      violations: 2,
      simulatedHours: 0.3,
      chunks: 110,
      gapChunks: 2,
      faults: { crash: 3, slow: 0, flap: 0, other: 1 },
      sometimes: { resumed: 0, gap: 1 },
      neverFired: ['slow', 'flap', 'resumed'],
    });
  });

  it('names everything where nothing was run', () => {
    const { seeds, simulatedHours, neverFired } = new Tally(all).totals();

    expect({ seeds, simulatedHours }).toEqual({ seeds: 0, simulatedHours: 0 });
    expect(neverFired).toEqual([...all.nemeses, ...all.sometimes]);
  });

  it('says of a mutant whether it was killed, in what share of the seeds, and by which invariants', () => {
    const tally = new Tally(all);
    for (const violations of [[lost], [lost, hole], []]) tally.add(resultOf({ violations }));

    expect(tally.mutantRow()).toEqual({
      killed: true,
      share: 0.6667,
      by: { I3: 2, I1: 1 },
      seeds: 3,
    });
    expect(new Tally(all).mutantRow()).toEqual({ killed: false, share: 0, by: {}, seeds: 0 });
  });

  it('has one name for what goes wrong and another for what comes about', async () => {
    const kinds = kindsOf(SIMULATION, undefined);
    const both = namesOf(SIMULATION.sometimes, undefined).filter((name) => kinds.has(name));
    const faults = [0, 1, 2].map((on) => ({ kind: 'drain', atMs: 5_000, forMs: 1_000, on }));
    const clients = [speaker];

    const run = await simulate({ seed: 1, lengthMs: 20_000, apps: seconds, clients, faults });

    expect(both).toEqual([]);
    expect(run.fired).toEqual({ drain: 3 });
    expect(run.sometimes['told to go']).toBeGreaterThan(0);
    expect(run.sometimes).not.toHaveProperty('goAway');
  });

  it('counts seeds in a second, also before the first has ended', () => {
    expect(seedsPerSecond(50, 2_400)).toBe(20.8);
    expect(seedsPerSecond(0, 0)).toBe(0);
  });
});
