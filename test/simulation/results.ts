/** Results of runs that never were. */
import type { RunResult } from '../../src/simulation/simulation.types.ts';

export function resultOf(given: Partial<RunResult>): RunResult {
  return {
    seed: 1,
    world: 'gateways',
    faults: [],
    violations: [],
    hash: 'a',
    steps: 10,
    simulatedMs: 180_000,
    chunks: 100,
    gapChunks: 0,
    fired: {},
    sometimes: {},
    trace: [],
    ...given,
  };
}
