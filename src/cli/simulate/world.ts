/** What the command knows of the simulation: the names of what goes wrong, and of mutants. */
import type { HitsOf } from '../../simulation/story/mermaid.ts';
import type { RunOptions, WorldKind } from '../../simulation/simulation.types.ts';

export interface KnownMutant {
  readonly name: string;
  /** One sentence: what it does. */
  readonly says: string;
  /** Equivalent: why no invariant can tell it from what it was made of. */
  readonly expected: 'killed' | { readonly equivalent: string };
}

/** How a process is started that runs with a mutant. */
export interface MutantProcess {
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Simulation {
  /** The kinds of faults of each world, and what must come about in it now and then. */
  readonly nemeses: Readonly<Record<WorldKind, readonly string[]>>;
  readonly sometimes: Readonly<Record<WorldKind, readonly string[]>>;
  /** Kinds that no seed draws, and that can be asked for. Default: none. */
  readonly aimed?: Readonly<Record<WorldKind, readonly string[]>>;
  /** How much of a fault of gateways there can be, at the least and at the most; undefined: no more or less of it. Default: anything. */
  readonly muchOf?: (kind: string) => readonly [least: number, most: number] | undefined;
  /** Which world a seed draws. */
  readonly worldOf: (seed: number) => WorldKind;
  readonly mutants: readonly KnownMutant[];
  readonly mutantArguments: (name: string) => MutantProcess;
  /** The run of a seed in which that mutant can be seen: in its world, with the faults that it needs. */
  readonly mutantRun: (name: string, options: RunOptions) => RunOptions;
  /** Whose lifeline a fault lies over. Default: by the name of its kind. */
  readonly hits?: HitsOf;
  /** The file of the pool's processes. Default: the one of `dist/`. */
  readonly workerPath?: string;
}

export const WORLDS: readonly WorldKind[] = ['gateways', 'services'];

/** All kinds that can be asked for, in one world or in any of them. */
export function kindsOf(
  { nemeses, aimed }: Pick<Simulation, 'nemeses' | 'aimed'>,
  world: WorldKind | undefined,
): ReadonlySet<string> {
  return new Set([
    ...namesOf(nemeses, world),
    ...(aimed === undefined ? [] : namesOf(aimed, world)),
  ]);
}

/** Of one world, or of all of them. */
export function namesOf(
  lists: Readonly<Record<WorldKind, readonly string[]>>,
  world: WorldKind | undefined,
): readonly string[] {
  const worlds = world === undefined ? WORLDS : [world];
  return [...new Set(worlds.flatMap((each) => lists[each]))];
}
