/** Chance, as the only dice that tenuto throws. */
export interface Random {
  /** A number in [0, 1). */
  unit(): number;
}

export const systemRandom: Random = { unit: () => Math.random() };

/** A repeatable stream of chance, and others of its seed. */
export interface SeededRandom extends Random {
  /** A whole number from 0 through `most`. */
  integer(most: number): number;
  /** One of a list that has some. */
  pick<T>(list: readonly T[]): T;
  /** True so often: 0 is never, 1 is always. */
  chance(ratio: number): boolean;
  /**
   * A stream of its own: it depends on the seed and the label, and not on what was drawn. So a part that draws once more
   * changes nothing for the others.
   */
  fork(label: string): SeededRandom;
}

/**
 * The same seed gives the same numbers on every machine.
 * The generator is mulberry32 (public domain, Tommy Ettinger): 32 bits of state, ample for plans and jitter.
 */
export function seededRandom(seed: number): SeededRandom {
  let state = seed >>> 0;
  const unit = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const integer = (most: number): number => Math.floor(unit() * (most + 1));
  return {
    unit,
    integer,
    pick: <T>(list: readonly T[]) => {
      if (list.length === 0) throw new RangeError('there is nothing to pick from');
      return list[integer(list.length - 1)] as T;
    },
    chance: (ratio) => unit() < ratio,
    fork: (label) => seededRandom(seedOf(seed >>> 0, label)),
  };
}

/** FNV-1a over the label from the seed on, and the end of murmur3, so that labels that are alike have nothing in common. */
function seedOf(seed: number, label: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let at = 0; at < label.length; at += 1) {
    hash = Math.imul(hash ^ label.charCodeAt(at), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
