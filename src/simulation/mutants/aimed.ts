/** Faults without which nothing of a mutant would show: beside those that a seed draws. */
import { EVERY_NEMESIS } from '../nemeses/index.ts';
import { planOf } from '../plan.ts';
import { RUN_MS } from '../times.ts';
import { drawFaults } from '../services/nemeses.ts';
import { planOf as planOfServices } from '../services/plan.ts';
import type { Fault, WorldKind } from '../simulation.types.ts';
import { seededRandom } from '../../ports/random.ts';
import type { SeededRandom } from '../../ports/random.ts';

/** Of each kind that the seed's own faults lack. */
const TIMES = 3;

/** The seed's own, these, and, of gateways, of these kinds a few where there are none. */
export function aimedFaults(
  faultsOrKinds: readonly (string | Fault)[],
  seed: number,
  world: WorldKind = 'gateways',
): readonly Fault[] {
  const given = faultsOrKinds.filter((each) => typeof each !== 'string');
  const kinds = faultsOrKinds.filter((each) => typeof each === 'string');
  if (world === 'services') return inOrder([...ofServices(seed), ...given]);
  const { faults, clients, houses } = planOf(seededRandom(seed), RUN_MS, undefined);
  const random = seededRandom(seed).fork('aimed');
  const missing = kinds.filter((kind) => !faults.some((fault) => fault.kind === kind));
  const aimed = missing.flatMap((kind) =>
    Array.from({ length: TIMES }, (_, at) =>
      drawn(kind, random.fork(`${kind} ${at}`), { client: clients.length, gateway: houses }),
    ),
  );
  return inOrder([...faults, ...given, ...aimed]);
}

function inOrder(faults: readonly Fault[]): readonly Fault[] {
  return [...faults].sort((one, other) => one.atMs - other.atMs);
}

function ofServices(seed: number): readonly Fault[] {
  const random = seededRandom(seed);
  const { services, clients } = planOfServices(random.fork('plan'), RUN_MS);
  return drawFaults(random.fork('faults'), services, clients.length, RUN_MS);
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
