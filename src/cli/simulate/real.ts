/** The simulation as it is. */
import type { Simulation } from './world.ts';
import { aimedFaults } from '../../simulation/mutants/aimed.ts';
import { mutantArguments } from '../../simulation/mutants/arguments.node.ts';
import { MUTANTS } from '../../simulation/mutants/catalogue.ts';
import { NEMESES } from '../../simulation/nemeses/index.ts';
import { SOMETIMES } from '../../simulation/sometimes.ts';

export const SIMULATION: Simulation = {
  nemeses: { gateways: Object.keys(NEMESES), services: [] },
  sometimes: SOMETIMES,
  mutants: MUTANTS,
  mutantArguments,
  aimedFaults,
  hits: ({ kind, on = 0 }) => {
    const whom = NEMESES[kind]?.on ?? 'all';
    return whom === 'all' ? [] : [`${whom} ${on + 1}`];
  },
};
