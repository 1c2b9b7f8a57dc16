/** Which world a seed has, and its run there. */
import { runSeed } from './run.ts';
import { runServicesSeed } from './services/run.ts';
import type { RunOptions, RunResult, WorldKind } from './simulation.types.ts';

/** One seed of so many is of services, where nothing else is said. */
const SERVICES_EACH = 4;

function worldOf({ seed, world }: RunOptions): WorldKind {
  return world ?? (seed % SERVICES_EACH === 0 ? 'services' : 'gateways');
}

export function runAnywhere(options: RunOptions): Promise<RunResult> {
  return worldOf(options) === 'services' ? runServicesSeed(options) : runSeed(options);
}
