/** Which runs, one after another. */
import type { Regression } from './fault-json.ts';
import { LAST_SEED } from './settings.ts';
import type { SeedRange } from './settings.ts';
import type { Simulation } from './world.ts';
import type { RunOptions, WorldKind } from '../../simulation/simulation.types.ts';

/** @param seeds null: none. */
export function* rangeOfRuns(
  seeds: SeedRange | null,
  world: WorldKind | undefined,
  isOver: () => boolean = () => false,
): Generator<RunOptions, void> {
  if (seeds === null) return;
  for (let seed = seeds.from; seed <= seeds.to && !isOver(); seed += 1) yield runOf(seed, world);
}

/** From any seed on, and from 0 on after the last. */
export function* endlessRuns(
  from: number,
  world: WorldKind | undefined,
  isOver: () => boolean,
): Generator<RunOptions, void> {
  for (let seed = from; !isOver(); seed = seed === LAST_SEED ? 0 : seed + 1)
    yield runOf(seed, world);
}

/** @param drawnBy the world that a seed draws, where a regression names none. */
export function regressionRuns(
  regressions: readonly Regression[],
  world: WorldKind | undefined,
  drawnBy: Simulation['worldOf'],
): readonly RunOptions[] {
  return regressions
    .filter(({ seed, world: own }) => world === undefined || (own ?? drawnBy(seed)) === world)
    .map(({ seed, faults, lengthMs, world: own }) => ({
      ...runOf(seed, own),
      ...(faults === undefined ? {} : { faults }),
      ...(lengthMs === undefined ? {} : { lengthMs }),
    }));
}

function runOf(seed: number, world: WorldKind | undefined): RunOptions {
  return world === undefined ? { seed } : { seed, world };
}
