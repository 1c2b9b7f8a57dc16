/** What can go wrong between a session and the services of others. A fault is data; what it does is in these rows. */
import type { Chance } from './chance.ts';
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
  random: Chance,
  services: readonly ServiceName[],
  clients: number,
  lengthMs: number,
): readonly Fault[] {
  const possible = Object.entries(NEMESES).filter(
    ([, { services: known }]) =>
      known === undefined || known.some((name) => services.includes(name)),
  );
  const [first, ...others] = possible.filter(() => random.is(KINDS_RATIO));
  if (first === undefined) return [];
  const faults = Array.from({ length: random.whole(FAULTS.least, FAULTS.most) }, (): Fault => {
    const [kind, nemesis] = random.pick([first, ...others]);
    const atMs = Math.round(random.between(FIRST_AT_MS, Math.max(FIRST_AT_MS + 1, lengthMs)));
    return { kind, atMs, ...onOf(nemesis, random, services, clients), ...nemesis.draw(random) };
  });
  return faults.sort((one, other) => one.atMs - other.atMs);
}

function onOf(
  { hits, services: known }: Nemesis,
  random: Chance,
  services: readonly ServiceName[],
  clients: number,
): Pick<Fault, 'on'> {
  if (hits === 'all') return {};
  if (hits === 'client') return { on: random.whole(0, clients - 1) };
  const places = services.flatMap((name, at) => (known?.includes(name) === false ? [] : [at]));
  const [first = 0, ...others] = places;
  return { on: random.pick([first, ...others]) };
}
