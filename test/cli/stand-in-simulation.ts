/** A simulation of a few kinds and mutants, whose runs are as their seeds say: test/simulation/stand-in-worker.mjs. */
import { fileURLToPath } from 'node:url';

import type { Simulation } from '../../src/cli/simulate/world.ts';

export const simulation: Simulation = {
  worldOf: (seed) => (seed === 2 ? 'services' : 'gateways'),
  aimed: { gateways: ['lostAcks'], services: [] },
  muchOf: (kind) => (kind === 'slow' ? [50, 3_000] : undefined),
  nemeses: { gateways: ['crash', 'slow', 'offline', 'flap'], services: ['rateLimit'] },
  sometimes: { gateways: ['resumed', 'gap'], services: [] },
  mutants: [
    { name: 'loses', says: 'It loses every second one.', expected: 'killed' },
    { name: 'harmless', says: 'It does nothing.', expected: { equivalent: 'it does nothing' } },
    { name: 'missed', says: 'It does what nobody sees.', expected: 'killed' },
  ],
  mutantRun: (_name, options) => options,
  mutantArguments: (name) => ({ execArgv: [], env: { TENUTO_STAND_IN_MUTANT: name } }),
  workerPath: fileURLToPath(new URL('../simulation/stand-in-worker.mjs', import.meta.url)),
};
