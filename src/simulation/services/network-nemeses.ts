/** What befalls the network between clients and a service. */
import { whole } from './draws.ts';
import type { Nemesis, Target } from './nemesis.types.ts';
import type { Fault } from '../simulation.types.ts';
import type { MemoryTransport } from '../../testing/memory-transport.ts';

const SLOWEST = 6_000;

/** A row whose fault is done to the network of one service. */
function onNetwork(
  says: string,
  draw: Nemesis['draw'],
  strike: (
    memory: MemoryTransport,
    fault: Required<Pick<Fault, 'forMs' | 'much'>>,
    target: Target,
  ) => void,
): Nemesis {
  return {
    says,
    hits: 'service',
    draw,
    begin: (target, { on = 0, forMs = 0, much = 0 }) => {
      const place = target.places[on];
      if (place === undefined) return false;
      const { memory } = place.network;
      const isHit = memory.live.length > 0;
      strike(memory, { forMs, much }, target);
      return isHit;
    },
  };
}

const FLAPS_EVERY_MS = 900;

export const NETWORK_NEMESES: Readonly<Record<string, Nemesis>> = {
  reset: onNetwork(
    'every connection of a service breaks',
    () => ({}),
    (memory) => memory.reset(),
  ),
  stall: onNetwork(
    'nothing moves for a while, then everything comes at once',
    (random) => ({ forMs: whole(random, 500, 30_000) }),
    (memory, { forMs }) => memory.stall(forMs),
  ),
  halfOpen: onNetwork(
    'connections are up here and dead there',
    (random) => ({ forMs: whole(random, 2_000, 90_000) }),
    (memory, { forMs }) => memory.halfOpen(forMs),
  ),
  halfOpenOut: onNetwork(
    'what clients say gets lost on the way, what they are told comes',
    (random) => ({ forMs: whole(random, 2_000, 60_000) }),
    (memory, { forMs }, target) => oneWay(memory, 'out', forMs, target),
  ),
  halfOpenIn: onNetwork(
    'what clients say comes, what they are told gets lost on the way',
    (random) => ({ forMs: whole(random, 2_000, 60_000) }),
    (memory, { forMs }, target) => oneWay(memory, 'in', forMs, target),
  ),
  refuses: onNetwork(
    'connections break, and nobody listens for a while',
    (random) => ({ forMs: whole(random, 1_000, 60_000) }),
    (memory, { forMs }) => {
      memory.refuse(forMs);
      memory.reset();
    },
  ),
  hangsUp: onNetwork(
    'connections break, and the next dials hang',
    (random) => ({ much: whole(random, 1, 3) }),
    (memory, { much }) => {
      memory.refuseNext('hangs', much);
      memory.reset();
    },
  ),
  slow: onNetwork(
    'what clients say goes out slowly, perhaps slower than they speak',
    (random) => ({ forMs: whole(random, 4_000, 40_000), much: whole(random, SLOWEST, 60_000) }),
    (memory, { forMs, much }) => memory.slow(forMs, much),
  ),
  flap: onNetwork(
    'connections break again and again',
    (random) => ({ much: whole(random, 2, 8) }),
    (memory, { much }, { clock }) => {
      for (let time = 0; time < much; time += 1) {
        clock.setTimeout(() => memory.reset(), time * FLAPS_EVERY_MS);
      }
    },
  ),
  neverFinal: {
    says: 'nothing is told for good any more on a connection, until it breaks',
    hits: 'service',
    services: ['listen', 'openai'], // Flux numbers its messages: a lost one is known
    draw: (random) => ({ forMs: whole(random, 5_000, 60_000) }),
    begin: ({ places }, { on = 0 }) => {
      const place = places[on];
      if (place !== undefined) place.losingFinals += 1;
      return place !== undefined;
    },
    end: ({ places }, { on = 0 }) => {
      const place = places[on];
      if (place === undefined) return;
      place.losingFinals -= 1;
      place.network.memory.reset();
    },
  },
  far: {
    says: 'a service is far away for a while',
    hits: 'service',
    draw: (random) => ({ forMs: whole(random, 5_000, 60_000), much: whole(random, 100, 1_500) }),
    begin: (target, { on = 0, much = 0 }) => moveBy(target, on, much),
    end: (target, { on = 0, much = 0 }) => void moveBy(target, on, -much),
  },
};

function oneWay(
  memory: MemoryTransport,
  direction: 'in' | 'out',
  forMs: number,
  { clock }: Target,
): void {
  const ends = memory.live.map((socket) => socket.halfOpen(direction));
  clock.setTimeout(() => {
    for (const end of ends) end();
  }, forMs);
}

function moveBy({ places }: Target, on: number, ms: number): boolean {
  const place = places[on];
  if (place === undefined) return false;
  place.network.memory.latencyMs += ms;
  return place.network.memory.live.length > 0;
}
