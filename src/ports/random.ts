/** Chance, as the only dice that tenuto throws. */
export interface Random {
  /** A number in [0, 1). */
  unit(): number;
}

export const systemRandom: Random = { unit: () => Math.random() };

/**
 * A repeatable stream of chance: the same seed gives the same numbers on every machine.
 * The generator is mulberry32 (public domain, Tommy Ettinger): 32 bits of state, ample for plans and jitter.
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return {
    unit() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    },
  };
}
