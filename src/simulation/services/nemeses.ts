/** What can go wrong between a session and the services of others. A fault is data; what it does is in these rows. */
import { between, whole } from './draws.ts';
import type { SeededRandom } from '../../ports/random.ts';
import { NETWORK_NEMESES } from './network-nemeses.ts';
import { SERVICE_NEMESES } from './service-nemeses.ts';
import { CLIENT_NEMESES } from './client-nemeses.ts';
import type { Nemesis } from './nemesis.types.ts';
import type { ServiceName } from './places.ts';
import type { Fault } from '../simulation.types.ts';

export const NEMESES: Readonly<Record<string, Nemesis>> = {
  ...NETWORK_NEMESES,
  ...SERVICE_NEMESES,
  ...CLIENT_NEMESES,
};

/** How many kinds a run takes of those that could hit it. */
const KINDS_RATIO = 0.35;
const FAULTS = { least: 3, most: 14 } as const;
const FIRST_AT_MS = 3_000;

/** A random subset of the kinds, and faults of these, in order of time. */
export function drawFaults(
  random: SeededRandom,
  services: readonly ServiceName[],
  clients: number,
  lengthMs: number,
): readonly Fault[] {
  const possible = Object.entries(NEMESES).filter(
    ([, { services: known }]) =>
      known === undefined || known.some((name) => services.includes(name)),
  );
  const taken = possible.filter(([kind]) => random.fork(kind).chance(KINDS_RATIO));
  if (taken.length === 0) return [];
  const count = whole(random, FAULTS.least, FAULTS.most);
  const faults = Array.from({ length: count }, (_, at): Fault => {
    const own = random.fork(`fault ${at}`);
    const [kind, nemesis] = own.pick(taken);
    const atMs = Math.round(between(own, FIRST_AT_MS, Math.max(FIRST_AT_MS + 1, lengthMs)));
    return { kind, atMs, ...onOf(nemesis, own, services, clients), ...nemesis.draw(own) };
  });
  return faults.sort((one, other) => one.atMs - other.atMs);
}

function onOf(
  { hits, services: known }: Nemesis,
  random: SeededRandom,
  services: readonly ServiceName[],
  clients: number,
): Pick<Fault, 'on'> {
  if (hits === 'all') return {};
  if (hits === 'client') return { on: whole(random, 0, clients - 1) };
  const places = services.flatMap((name, at) => (known?.includes(name) === false ? [] : [at]));
  return { on: random.pick(places) };
}
