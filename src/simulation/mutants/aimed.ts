/** Faults without which nothing of a mutant would show: beside those that a seed draws. */
import { EVERY_NEMESIS } from '../nemeses/index.ts';
import { planOf } from '../plan.ts';
import { RUN_MS } from '../times.ts';
import type { Fault } from '../simulation.types.ts';
import { seededRandom } from '../../ports/random.ts';
import type { SeededRandom } from '../../ports/random.ts';

/** Of each kind that the seed's own faults lack. */
const TIMES = 3;

/** The seed's own, these, and of these kinds a few where there are none. */
export function aimedFaults(
  faultsOrKinds: readonly (string | Fault)[],
  seed: number,
): readonly Fault[] {
  const { faults, clients, houses } = planOf(seededRandom(seed), RUN_MS, undefined);
  const random = seededRandom(seed).fork('aimed');
  const given = faultsOrKinds.filter((each) => typeof each !== 'string');
  const kinds = faultsOrKinds.filter((each) => typeof each === 'string');
  const missing = kinds.filter((kind) => !faults.some((fault) => fault.kind === kind));
  const aimed = missing.flatMap((kind) =>
    Array.from({ length: TIMES }, (_, at) =>
      drawn(kind, random.fork(`${kind} ${at}`), { client: clients.length, gateway: houses }),
    ),
  );
  return [...faults, ...given, ...aimed].sort((one, other) => one.atMs - other.atMs);
}

/** @throws Error for a kind that there is not. */
function drawn(
  kind: string,
  random: SeededRandom,
  counts: Readonly<Record<'client' | 'gateway', number>>,
): Fault {
  const nemesis = EVERY_NEMESIS[kind];
  if (nemesis === undefined) throw new Error(`There is no fault "${kind}".`);
  const { on, lastsMs, much } = nemesis;
  const between = ([least, most]: readonly [number, number]): number =>
    Math.round(least + (most - least) * random.unit());
  return {
    kind,
    atMs: between([RUN_MS * 0.1, RUN_MS * 0.9]),
    ...(lastsMs === undefined ? {} : { forMs: between(lastsMs) }),
    ...(on === 'all' ? {} : { on: random.integer(counts[on] - 1) }),
    ...(much === undefined ? {} : { much: between(much) }),
  };
}
