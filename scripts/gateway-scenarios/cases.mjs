// Which cases there are: a part of them for CI, all of them with --all.
import { killedCase, returningCase, tabsCase } from './clients.mjs';
import { frozenCase, zombieCase } from './frozen.mjs';
import { killCase } from './kills.mjs';
import { cutCase, flappingCase } from './network.mjs';
import { seedCase } from './seeds.mjs';

const KILLS_IN_A_STREAM = 10;

const MAKERS = {
  kills: ({ seed, kills, isAll }) => {
    const wanted = kills ?? (isAll ? 50 : 10);
    const streams = Math.ceil(wanted / KILLS_IN_A_STREAM);
    const tones = Array.from({ length: streams }, (_, at) =>
      killCase({ seed: seed + at, kills: Math.min(KILLS_IN_A_STREAM, wanted) }),
    );
    return isAll ? [...tones, killCase({ seed, kills: KILLS_IN_A_STREAM, isSpeech: true })] : tones;
  },
  frozen: ({ seed, isAll }) => [
    frozenCase({ seed, rounds: isAll ? 6 : 2 }),
    zombieCase({ seed, rounds: isAll ? 8 : 3 }),
  ],
  clients: ({ seed, isAll }) => [
    killedCase({ seed, clients: isAll ? 12 : 4 }),
    ...(isAll ? [0, 1, 2, 3] : [0]).map((at) => returningCase({ seed: seed + at })),
  ],
  tabs: ({ seed, isAll }) =>
    (isAll ? [0, 1, 2, 3] : [0]).map((at) => tabsCase({ seed: seed + at })),
  cuts: ({ seed, isAll }) =>
    (isAll ? [0, 1, 2] : [0]).map((at) => cutCase({ seed: seed + at, lengthMs: 55_000 })),
  flapping: ({ seed, isAll }) => [flappingCase({ seed, lengthMs: isAll ? 300_000 : 45_000 })],
  seeds: ({ seed, seeds, isAll }) =>
    Array.from({ length: seeds ?? (isAll ? 100 : 4) }, (_, at) => seedCase({ seed: seed + at })),
};

export const GROUPS = Object.keys(MAKERS);

/** A seed that is given is that of one case of each group; `--seeds N` alone is of the hundred seeds. */
export function casesOf({ all, only, seed, kills, seeds }) {
  const groups = only?.split(',') ?? (seeds !== undefined && !all ? ['seeds'] : GROUPS);
  const unknown = groups.find((group) => !GROUPS.includes(group));
  if (unknown !== undefined) throw new Error(`no group ${unknown}: ${GROUPS.join(', ')}`);
  const given = {
    seed: seed === undefined ? 1 : Number(seed),
    kills: kills === undefined ? undefined : Number(kills),
    seeds: seeds === undefined ? undefined : Number(seeds),
    isAll: all,
  };
  return groups.flatMap((group) => {
    const made = MAKERS[group](given).map((one) => ({ ...one, group }));
    return seed === undefined || seeds !== undefined
      ? made
      : made.filter((one) => one.seed === given.seed);
  });
}
