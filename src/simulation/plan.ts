/** What a run is to be like: drawn from its seed before anything happens. */
import type { Fault } from './simulation.types.ts';
import { CONVERGES_MS } from './times.ts';
import { drawFaults } from './nemeses/draw.ts';
import { OF_SPOOLS } from './nemeses/lives.ts';
import type { SeededRandom } from '../ports/random.ts';

export interface SpoolPlan {
  readonly flushEveryMs: number;
  /** How long a write takes. */
  readonly takesMs: readonly [least: number, most: number];
}

export interface AudioPlan {
  readonly kind: 'audio';
  readonly chunkMs: number;
  readonly sampleRateHz: number;
  readonly retentionMs: number;
  readonly startsAtMs: number;
  /** Talk, silence, talk, and so on, from the beginning again at the end. */
  readonly turnsMs: readonly number[];
  /** Null: when the faults are over. */
  readonly finishAtMs: number | null;
  /** How long its end may take: until all is well again, and what that then needs. */
  readonly endsWithinMs: number;
  /** Null: it has none. Who is hit by what befalls spools has one. */
  readonly spool: SpoolPlan | null;
}

export interface MessagesPlan {
  readonly kind: 'messages';
  /** A message after so long, one after another, from the beginning again at the end. */
  readonly everyMs: readonly number[];
  readonly startsAtMs: number;
  readonly finishAtMs: number | null;
  readonly endsWithinMs: number;
  /** With answers on their way, that nobody waits for. */
  readonly closesAtOnce: boolean;
  /** How long each is, at the most, and how much of them may wait. */
  readonly mostBytes: number;
  readonly maxBufferedBytes: number;
}

export interface Plan {
  readonly clients: readonly (AudioPlan | MessagesPlan)[];
  readonly houses: number;
  readonly graceMs: number;
  /** How long the store takes. */
  readonly storeMs: readonly [least: number, most: number];
  readonly faults: readonly Fault[];
}

const HOUSES = 3;
/** So many worlds have one gateway only, and so many forget who is away soon. */
const RARE_RATIO = 0.15;
const GRACE_MS = 120_000;
const SHORT_GRACE_MS = 30_000;
const TURNS = 12;
/** So many rings are full before an absence is over. */
const SHORT_RING_RATIO = 1 / 3;
/** So many of those with messages wait for no answer when they have said all. */
const CLOSES_AT_ONCE_RATIO = 0.25;
/** So many of them say more than they may buffer while they are away. */
const BULKY_RATIO = 1 / 3;
/** More than short messages fill. */
const ROOM_BYTES = 65_536;

export function planOf(
  random: SeededRandom,
  lengthMs: number,
  faults: readonly Fault[] | undefined,
): Plan {
  const shape = random.fork('shape');
  const count = shape.pick([1, 2, 2, 2, 3, 4]);
  const fastest = shape.pick([1, 2, 5, 20]);
  const rare = random.fork('rare');
  const houses = rare.chance(RARE_RATIO) ? 1 : HOUSES;
  const drawing = { lengthMs, clients: count, houses };
  const all = faults ?? drawFaults(random.fork('faults'), drawing);
  const clients = Array.from({ length: count }, (_, at) => {
    const own = random.fork(`plan of client ${at}`);
    const hasSpool = all.some(({ kind, on = 0 }) => OF_SPOOLS.has(kind) && on === at);
    return own.chance(0.2) ? messagesPlan(own, lengthMs) : audioPlan(own, lengthMs, hasSpool);
  });
  return {
    clients,
    houses,
    graceMs: rare.chance(RARE_RATIO) ? SHORT_GRACE_MS : GRACE_MS,
    storeMs: [fastest, fastest * 4],
    faults: all,
  };
}

function audioPlan(random: SeededRandom, lengthMs: number, hasSpool: boolean): AudioPlan {
  return {
    kind: 'audio',
    chunkMs: random.chance(0.05) ? 20 : 100,
    sampleRateHz: random.pick([8_000, 8_000, 16_000]),
    retentionMs: random.chance(SHORT_RING_RATIO) ? 15_000 + random.integer(25_000) : 120_000,
    startsAtMs: random.integer(3_000),
    turnsMs: Array.from({ length: TURNS }, (_, turn) =>
      turn % 2 === 0 ? 1_000 + random.integer(14_000) : 500 + random.integer(14_000),
    ),
    ...finishOf(random, lengthMs),
    spool: hasSpool ? spoolPlan(random.fork('spool')) : null,
  };
}

function spoolPlan(random: SeededRandom): SpoolPlan {
  const least = random.pick([1, 2, 5, 15]);
  return { flushEveryMs: random.pick([50, 250, 250, 1_000]), takesMs: [least, least * 4] };
}

function messagesPlan(random: SeededRandom, lengthMs: number): MessagesPlan {
  return {
    kind: 'messages',
    everyMs: Array.from({ length: TURNS }, () =>
      random.chance(0.5) ? random.integer(50) : random.integer(4_000),
    ),
    startsAtMs: random.integer(3_000),
    ...finishOf(random, lengthMs),
    closesAtOnce: random.chance(CLOSES_AT_ONCE_RATIO),
    ...bulkOf(random.fork('bulk')),
  };
}

function bulkOf(random: SeededRandom): Pick<MessagesPlan, 'mostBytes' | 'maxBufferedBytes'> {
  if (!random.chance(BULKY_RATIO)) return { mostBytes: 0, maxBufferedBytes: ROOM_BYTES };
  const mostBytes = 100 + random.integer(30_000);
  return { mostBytes, maxBufferedBytes: mostBytes * (1 + random.integer(9)) };
}

type Finish = Pick<AudioPlan, 'finishAtMs' | 'endsWithinMs'>;

function finishOf(random: SeededRandom, lengthMs: number): Finish {
  const finishAtMs = random.chance(0.2) ? lengthMs * (0.3 + 0.6 * random.unit()) : null;
  return { finishAtMs, endsWithinMs: lengthMs - (finishAtMs ?? lengthMs) + CONVERGES_MS };
}
