/** Which faults a seed has: a few kinds of all, so that each run is a weather of its own, and some of each. */
import { NEMESES } from './index.ts';
import { LIVES } from './lives.ts';
import type { Nemesis } from './nemesis.types.ts';
import type { Fault } from '../simulation.types.ts';
import type { SeededRandom } from '../../ports/random.ts';

export interface Drawing {
  readonly lengthMs: number;
  readonly clients: number;
  readonly houses: number;
}

const KINDS_AT_MOST = 9;
const FAULTS: readonly [least: number, most: number] = [3, 16];
/** Nothing strikes while the first sockets open. */
const QUIET_MS = 1_000;
/** What ends a session for good, or its client, is one in a run, and not in all. */
const RARE: ReadonlySet<string> = new Set(['clientKill', 'secondTab']);

/** Drawn beside the others: seeds that were known before have the faults that they had, and perhaps one of these. */
const BESIDE: ReadonlySet<string> = new Set([
  'slowReader',
  'storeDamaged',
  'littleMemory',
  ...Object.keys(LIVES),
]);
const BESIDE_RATIO = 0.06;

export function drawFaults(random: SeededRandom, drawing: Drawing): readonly Fault[] {
  const kinds = kindsOf(random.fork('kinds'));
  const [least, most] = FAULTS;
  const count = least + random.integer(most - least);
  const seen = new Set<string>();
  const known = Array.from({ length: count }, (_, at) => {
    const own = random.fork(`fault ${at}`);
    const kind = own.pick(kinds);
    if (RARE.has(kind) && seen.has(kind)) return [];
    seen.add(kind);
    const nemesis = NEMESES[kind];
    return nemesis === undefined ? [] : [drawn(kind, nemesis, own, drawing)];
  });
  return [...known.flat(), ...besides(random.fork('beside'), drawing)].sort(
    (one, other) => one.atMs - other.atMs,
  );
}

function besides(random: SeededRandom, drawing: Drawing): readonly Fault[] {
  return [...BESIDE].flatMap((kind) => {
    const own = random.fork(kind);
    const nemesis = NEMESES[kind];
    return nemesis === undefined || !own.chance(BESIDE_RATIO)
      ? []
      : [drawn(kind, nemesis, own, drawing)];
  });
}

function kindsOf(random: SeededRandom): readonly string[] {
  const all = Object.keys(NEMESES).filter((kind) => !BESIDE.has(kind));
  const count = 1 + random.integer(KINDS_AT_MOST - 1);
  return Array.from({ length: count }, () => random.pick(all));
}

function drawn(
  kind: string,
  { on, lastsMs, much }: Nemesis,
  random: SeededRandom,
  { lengthMs, clients, houses }: Drawing,
): Fault {
  const atMs = Math.round(QUIET_MS + random.unit() * (lengthMs - QUIET_MS));
  const within = on === 'client' ? clients : houses;
  return {
    kind,
    atMs,
    ...(lastsMs === undefined ? {} : { forMs: Math.min(skewed(lastsMs, random), lengthMs - atMs) }),
    ...(on === 'all' ? {} : { on: random.integer(within - 1) }),
    ...(much === undefined ? {} : { much: skewed(much, random) }),
  };
}

/** Rather short than long. */
function skewed([least, most]: readonly [number, number], random: SeededRandom): number {
  return Math.round(least + (most - least) * random.unit() ** 2);
}
