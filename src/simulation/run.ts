/** One run of a seed, in the world that it draws. */
import type { RunOptions, RunResult, WorldKind } from './simulation.types.ts';
import { runServicesSeed } from './services/run.ts';
import { runGateways } from './world/run.ts';
import { seededRandom } from '../ports/random.ts';

/** The others are of gateways: what tenuto promises most of is there. */
const SERVICES_RATIO = 0.15;

/** Runs a seed. The same options give the same result, on every machine. */
export function runSeed(options: RunOptions): Promise<RunResult> {
  const world = options.world ?? worldOf(options.seed);
  return world === 'services' ? runServicesSeed(options) : runGateways(options);
}

export function worldOf(seed: number): WorldKind {
  return seededRandom(seed).fork('world').chance(SERVICES_RATIO) ? 'services' : 'gateways';
}
