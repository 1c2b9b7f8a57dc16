/** The simulation as it is. */
import type { Simulation } from './world.ts';
import { aimedFaults } from '../../simulation/mutants/aimed.ts';
import { mutantArguments } from '../../simulation/mutants/arguments.node.ts';
import { MUTANTS, mutantNamed } from '../../simulation/mutants/catalogue.ts';
import { AIMED } from '../../simulation/nemeses/aimed.ts';
import { EVERY_NEMESIS, NEMESES } from '../../simulation/nemeses/index.ts';
import { NEMESES as SERVICE_NEMESES } from '../../simulation/services/nemeses.ts';
import { worldOf } from '../../simulation/run.ts';
import { SOMETIMES } from '../../simulation/sometimes.ts';

export const SIMULATION: Simulation = {
  nemeses: { gateways: Object.keys(NEMESES), services: Object.keys(SERVICE_NEMESES) },
  sometimes: SOMETIMES,
  aimed: { gateways: Object.keys(AIMED), services: [] },
  muchOf: (kind) => EVERY_NEMESIS[kind]?.much,
  worldOf,
  mutants: MUTANTS,
  mutantArguments,
  mutantRun: (name, options) => {
    const { world = 'gateways', faults: kinds } = mutantNamed(name);
    const run = { ...options, world: options.world ?? world };
    if (run.world !== world || run.faults !== undefined || kinds === undefined) return run;
    return { ...run, faults: aimedFaults(kinds, run.seed, world) };
  },
  hits: ({ kind, on = 0 }, world) => {
    const isGateways = world === 'gateways';
    const whom = (isGateways ? EVERY_NEMESIS[kind]?.on : SERVICE_NEMESES[kind]?.hits) ?? 'all';
    return whom === 'all' ? [] : [`${whom} ${on + 1}`];
  },
};
