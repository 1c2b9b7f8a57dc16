/** What a run draws from its seed: a stream for each thing by its name, so that one drawn more disturbs no other. */
import { seededRandom } from '../../ports/random.ts';
import type { Random } from '../../ports/random.ts';

export interface Chance extends Random {
  fork(label: string): Chance;
  /** From `least`, up to but not `most`. */
  between(least: number, most: number): number;
  /** A whole number, both ends included. */
  whole(least: number, most: number): number;
  pick<T>(of: readonly [T, ...T[]]): T;
  is(ratio: number): boolean;
}

export function chanceOf(seed: number): Chance {
  const stream = seededRandom(seed);
  const unit = (): number => stream.unit();
  const chance: Chance = {
    unit,
    fork: (label) => chanceOf(mixed(seed, label)),
    between: (least, most) => least + unit() * (most - least),
    whole: (least, most) => least + Math.floor(unit() * (most - least + 1)),
    pick: (of) => of[Math.floor(unit() * of.length)] ?? of[0],
    is: (ratio) => unit() < ratio,
  };
  return chance;
}

/** FNV-1a over the label, begun at the seed. */
function mixed(seed: number, label: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < label.length; at += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash;
}
