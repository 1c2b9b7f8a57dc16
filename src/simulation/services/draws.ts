/** Numbers within bounds, drawn from a stream. */
import type { Random } from '../../ports/random.ts';

/** From `least`, up to but not `most`. */
export function between(random: Random, least: number, most: number): number {
  return least + random.unit() * (most - least);
}

/** A whole number, both ends included. */
export function whole(random: Random, least: number, most: number): number {
  return least + Math.floor(random.unit() * (most - least + 1));
}
